"""Give a customer a price or a discount outside of the rules, on a line that is not invoiced."""

from decimal import Decimal
from typing import Any, Self

from pydantic import Field, model_validator

from agent.actions.base import AnyTime, Effect
from agent.actions.on_order import CENT, OnOrder, confirmed
from agent.actions.order_line import OrderLine, find_line, line_before, line_now, same, write_line
from agent.actions.wording import number
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.domain.money import Money
from agent.domain.order_terms import LineTerms
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter


class PriceException(OrderLine):
    discount_percent: Decimal | None = Field(
        default=None, ge=0, le=100, decimal_places=2, description="The new discount in percent; left out, it stays"
    )
    unit_price: Decimal | None = Field(
        default=None,
        ge=0,
        max_digits=12,
        decimal_places=4,
        description="The new price of a sold unit before discount; left out, it stays",
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.discount_percent is None and self.unit_price is None:
            raise ValueError("give a discount_percent, a unit_price or both")
        return self


class PriceExceptionAction(AnyTime):
    """`discount` and `price_unit` of a line, absolute."""

    name = "price_exception"
    description = "Give a customer another price or discount on a line of a confirmed order that is not invoiced yet."
    undo = "the old price and discount are set again, as long as the line is not invoiced"
    arguments = PriceException
    lost_answer = "absolute values: the line's price and discount are read; they are the old, the new, or somebody else's"
    repeatable = True
    editable = ("discount_percent", "unit_price")

    def prepare(self, arguments: PriceException, reader: ErpReader) -> ProposalContent:
        on = confirmed(arguments.order, reader)
        line = find_line(reader.line_terms(on.order.id), arguments.product, on.order.name)
        price = line.unit_price if arguments.unit_price is None else arguments.unit_price
        discount = line.discount_percent if arguments.discount_percent is None else arguments.discount_percent
        _check(line, price, discount)
        value = _value(line, price, discount)
        given_away = (line.value - value).amount
        facts = on.facts(
            discount_percent=number(discount),
            margin_percent=_margin(value, line.cost),
            amount_given_away=f"{given_away:f}",
            over_limit=on.over_limit(value - line.value),
        )
        given = {"product": line.label, "discount_percent": number(discount), "unit_price": number(price)}
        before = on.before(**line_before(line), cost=str(line.cost) if line.cost else None)
        return on.content(self.name, given, before, facts, _preview(on, line, price, discount, value))

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        write_line(content, writer, {key: content.arguments[key] for key in ("discount_percent", "unit_price")})

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        line = line_now(content, reader)
        if line is None:
            return Effect.OTHER
        for terms, effect in ((content.arguments, Effect.DONE), (content.before, Effect.BEFORE)):
            if same(line.unit_price, terms["unit_price"]) and same(line.discount_percent, terms["discount_percent"]):
                return effect
        return Effect.OTHER

    def verified(self, content: ProposalContent) -> str:
        given = content.arguments
        price = f"{given['unit_price']} less {given['discount_percent']} %"
        return f"Read back: {given['product']} on {content.subject.name} costs {price}."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        old = {key: content.before[key] for key in ("discount_percent", "unit_price")}
        return self.name, {**content.arguments, **old}


def _check(line: LineTerms, price: Decimal, discount: Decimal) -> None:
    if line.invoiced:
        raise PreconditionFailed(f"{line.invoiced} of {line.label} are on an invoice; a credit note can still correct the price.")
    if price == line.unit_price and discount == line.discount_percent:
        raise PreconditionFailed(f"{line.label} has that price and that discount already.")


def _value(line: LineTerms, price: Decimal, discount: Decimal) -> Money:
    """As the ERP will compute it, untaxed; taxes that are within the price are taken out in the same proportion as now."""
    old = line.quantity.amount * line.unit_price * (100 - line.discount_percent)
    new = line.quantity.amount * price * (100 - discount)
    amount = line.value.amount * new / old if old else new / 100
    return Money(amount.quantize(CENT), line.value.currency)


def _margin(value: Money, cost: Money | None) -> str | None:
    """Percent of the value; None where the cost is not told, or there is no value left."""
    if cost is None or cost.currency != value.currency or value.amount <= 0:
        return None
    return f"{((value.amount - cost.amount) / value.amount * 100).quantize(CENT):f}"


def _preview(on: OnOrder, line: LineTerms, price: Decimal, discount: Decimal, value: Money) -> Preview:
    given_away, currency = line.value - value, value.currency
    before, after = _margin(line.value, line.cost), _margin(value, line.cost)
    margin = (Change(label="Margin", before=_percent(before), after=_percent(after)),) if before or after else ()
    less = given_away.amount >= 0
    what = f"{line.product} on {on.order.name}"
    worth = given_away if less else value - line.value
    return Preview(
        title=f"{'Give' if less else 'Charge'} {on.customer.name} {worth} {'off' if less else 'more for'} {what}",
        changes=(
            Change(label="Unit price", before=f"{number(line.unit_price)} {currency}", after=f"{number(price)} {currency}"),
            Change(label="Discount", before=_percent(number(line.discount_percent)), after=_percent(number(discount))),
            Change(label="Value of the line, untaxed", before=str(line.value), after=str(value)),
            *margin,
        ),
        consequence=f"{on.who} pays {value} instead of {line.value} for {line.quantity} of {line.product}.",
        undo="The old price and discount are set again, as long as the line is not invoiced.",
    )


def _percent(value: str | None) -> str:
    return "unknown" if value is None else f"{value} %"
