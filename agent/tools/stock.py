"""What there is of a product, and where."""

from datetime import UTC
from decimal import Decimal
from typing import Any

from pydantic import Field

from agent.domain.quantity import Quantity
from agent.domain.stock import PickingKind, Product
from agent.guardrails.permissions import Permission
from agent.risk import Snapshot, take_product_snapshot
from agent.tools.base import Effect, Tool, ToolArguments, cited, failure
from agent.tools.context import ToolContext

MOST_PRODUCTS = 3


class StockOfProduct(ToolArguments):
    product: str = Field(min_length=1, max_length=128, description="Code of the product, or its name or a part of it")


def stock_of_product(context: ToolContext, arguments: StockOfProduct) -> dict[str, Any]:
    found = _matches(arguments.product, context)
    if not found:
        return failure("No product has that code or name.", _similar(arguments.product, context))
    shown = found[:MOST_PRODUCTS]
    snapshot = take_product_snapshot(context.reader, context.now(), [product.id for product in shown])
    return {
        "as_of": snapshot.now.isoformat(),
        "products": [_product(product, snapshot) for product in shown],
        "also_matching": [_label(product) for product in found[MOST_PRODUCTS:]],
        "records": [cited(product.record, context.reader) for product in shown],
    }


def _matches(text: str, context: ToolContext) -> list[Product]:
    """One product when the code or name says exactly which; the plural of a name finds it too."""
    found = context.reader.search_products(text) or context.reader.search_products(text.removesuffix("s"))
    exact = [product for product in found if text.casefold() in (product.name.casefold(), (product.code or "").casefold())]
    return exact or found


def _similar(text: str, context: ToolContext) -> list[str]:
    """Products that share a word, the longest first."""
    words = sorted((word for word in text.split() if len(word) > 2), key=len, reverse=True)
    found = next((some for word in words[:3] if (some := context.reader.search_products(word.rstrip("s"), 3))), [])
    return [_label(product) for product in found]


def _label(product: Product) -> str:
    return f"[{product.code}] {product.name}" if product.code else product.name


def _product(product: Product, snapshot: Snapshot) -> dict[str, Any]:
    zero = Quantity(Decimal(0), product.unit)
    levels = snapshot.levels_by_product.get(product.id, ())
    return {
        "product": product.name,
        "code": product.code,
        "counted": product.storable,
        "on_hand": str(sum((level.on_hand for level in levels), zero)),
        "reserved": str(sum((level.reserved for level in levels), zero)),
        "free": str(sum((level.free for level in levels), zero)),
        "warehouses": [
            {
                "warehouse": snapshot.warehouse_name(level.warehouse_id),
                "on_hand": str(level.on_hand),
                "reserved": str(level.reserved),
                "free": str(level.free),
            }
            for level in sorted(levels, key=lambda level: -level.free.amount)
        ],
        "incoming": _incoming(product, snapshot),
    }


def _incoming(product: Product, snapshot: Snapshot) -> list[dict[str, Any]]:
    moves = [move for move in snapshot.moves_by_product.get(product.id, ()) if move.kind is not PickingKind.DELIVERY]
    return [
        {
            "quantity": str(move.demand),
            "expected": move.expected_at.astimezone(UTC).date().isoformat(),
            "into": snapshot.warehouse_name(move.to_warehouse_id),
            "kind": move.kind.value,
        }
        for move in sorted(moves, key=lambda move: move.expected_at)[:10]
    ]


TOOLS = (
    Tool(
        "stock_of_product",
        "What each warehouse holds of a product: on hand, reserved, free, totals, and what is on its way.",
        StockOfProduct,
        Effect.READ,
        Permission.READ,
        stock_of_product,
    ),
)
