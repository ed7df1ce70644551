"""Goods as arguments name them, and as contents hold them."""

import shlex
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from agent.actions.wording import number
from agent.domain.money import Money
from agent.domain.quantity import Quantity

Amount = Annotated[
    Decimal, Field(gt=0, max_digits=14, decimal_places=3, description="How much, in the stocking unit of the product")
]
ProductName = Annotated[
    str, Field(min_length=1, max_length=200, description="Code of the product, or its whole name where it has no code")
]
Warehouse = Annotated[str, Field(min_length=1, max_length=64, description="Short code or name of the warehouse")]
TransferNumber = Annotated[str, Field(min_length=1, max_length=64, description="Number of the transfer, like WH/OUT/00012")]
PurchaseNumber = Annotated[str, Field(min_length=1, max_length=64, description="Number of the purchase, like P00012")]


class GoodsLine(BaseModel):
    """So much of one product, in its stocking unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    product: ProductName
    quantity: Amount


class PriceLine(BaseModel):
    """What one stocking unit of a product costs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    product: ProductName
    price: Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=6)]


def _typed(value: str) -> list[list[str]]:
    return [part.rsplit(":", 1) for part in value.split(";") if part.strip()]


def goods_typed(value: Any) -> Any:
    """`HAR-4: 14; GLV-1: 3` as people type it; anything else as it is."""
    if not isinstance(value, str):
        return value
    return [dict(zip(("product", "quantity"), map(str.strip, part), strict=False)) for part in _typed(value)]


def prices_typed(value: Any) -> Any:
    """`HAR-4: 52.50; GLV-1: 0.80` as people type it; anything else as it is."""
    if not isinstance(value, str):
        return value
    return [dict(zip(("product", "price"), map(str.strip, part), strict=False)) for part in _typed(value)]


def _once_each(lines: tuple[GoodsLine, ...]) -> tuple[GoodsLine, ...]:
    if len({line.product.strip().casefold() for line in lines}) < len(lines):
        raise ValueError("a product is named twice; add its quantities up")
    return lines


Goods = Annotated[
    tuple[GoodsLine, ...],
    BeforeValidator(goods_typed),
    AfterValidator(_once_each),
    Field(
        min_length=1, max_length=50, description="Products and quantities in the stocking unit; typed as `HAR-4: 14; GLV-1: 3`"
    ),
]
Prices = Annotated[
    tuple[PriceLine, ...],
    BeforeValidator(prices_typed),
    Field(max_length=50, description="Price of one stocking unit by product; typed as `HAR-4: 52.50`"),
]


def as_typed(arguments: Mapping[str, Any]) -> list[str]:
    """Arguments as `expediter propose` takes them: `from_warehouse=LYN`, `goods='HAR-4: 14; GLV-1: 3'`."""
    return [shlex.join([f"{name}={_one_typed(value)}"]) for name, value in arguments.items() if value is not None]


def _one_typed(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(": ".join(map(str, line.values())) for line in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def stored_goods(goods: Sequence[tuple[str, Decimal]]) -> list[dict[str, str]]:
    """As an argument again."""
    return [{"product": product, "quantity": number(quantity)} for product, quantity in goods]


def of(amount: Quantity, product: str) -> str:
    """`14 Units of Safety harness`."""
    return f"{amount} of {product}"


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    *others, last = parts
    return f"{', '.join(others)} and {last}" if others else last


def total(values: Sequence[Money | None]) -> Money | None:
    """None when one is not told, or when they are in several currencies."""
    known = [value for value in values if value is not None]
    if not known or len(known) != len(values) or len({value.currency for value in known}) > 1:
        return None
    return sum(known[1:], known[0])


def money_of(value: Money | None) -> str | None:
    """As a fact: to the cent."""
    return f"{value.amount:.2f}" if value is not None else None
