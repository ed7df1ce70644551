"""Change how much of a product an order is for."""

from decimal import Decimal
from typing import Any

from pydantic import Field

from agent.actions.base import AnyTime, Effect
from agent.actions.on_order import CENT, OnOrder, confirmed
from agent.actions.order_line import OrderLine, find_line, line_before, line_now, same, write_line
from agent.actions.wording import number
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.domain.money import Money
from agent.domain.order_terms import LineTerms
from agent.domain.quantity import Quantity
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter


class ChangeQuantity(OrderLine):
    quantity: Decimal = Field(
        gt=0, max_digits=12, decimal_places=3, description="The whole new quantity, in the unit that the line was sold in"
    )


class ChangeQuantityAction(AnyTime):
    """`product_uom_qty` of a line, absolute; price and discount stay as they are."""

    name = "change_quantity"
    description = "Change how much of a product a confirmed order is for, never below what was delivered."
    undo = (
        "the old quantity is set again, as long as no more was delivered; what was planned for delivery meanwhile stays planned"
    )
    arguments = ChangeQuantity
    lost_answer = "absolute value: the line's quantity is read; it is the old one, the new one, or somebody else's"
    repeatable = True
    editable = ("quantity",)

    def prepare(self, arguments: ChangeQuantity, reader: ErpReader) -> ProposalContent:
        on = confirmed(arguments.order, reader)
        line = find_line(reader.line_terms(on.order.id), arguments.product, on.order.name)
        wanted = Quantity(arguments.quantity, line.quantity.unit)
        _check(line, wanted)
        more = line.value.share(wanted.amount - line.quantity.amount, line.quantity.amount)
        change = Money(more.amount.quantize(CENT), more.currency)
        percent = (wanted.amount / line.quantity.amount - 1) * 100
        facts = on.facts(
            value_change=f"{change.amount:f}", change_percent=f"{percent.quantize(CENT):f}", over_limit=on.over_limit(change)
        )
        given = {"product": line.label, "quantity": number(wanted.amount)}
        return on.content(self.name, given, on.before(**line_before(line)), facts, _preview(on, line, wanted, change))

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        write_line(content, writer, {"quantity": content.arguments["quantity"]})

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        line = line_now(content, reader)
        if line is None:
            return Effect.OTHER
        if same(line.quantity.amount, content.arguments["quantity"]):
            return Effect.DONE
        return Effect.BEFORE if same(line.quantity.amount, content.before["quantity"]) else Effect.OTHER

    def verified(self, content: ProposalContent) -> str:
        given, unit = content.arguments, content.before["unit"]
        return f"Read back: {content.subject.name} is for {given['quantity']} {unit} of {given['product']}."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return self.name, {**content.arguments, "quantity": content.before["quantity"]}


def _check(line: LineTerms, wanted: Quantity) -> None:
    if not line.quantity or not wanted - line.quantity:
        raise PreconditionFailed(f"The line is for {line.quantity} of {line.label} already.")
    if wanted < line.delivered:
        raise PreconditionFailed(f"{line.delivered} of {line.label} were delivered; the order cannot be for less than that.")
    if wanted < line.invoiced:
        raise PreconditionFailed(f"{line.invoiced} of {line.label} are on an invoice; the order cannot be for less than that.")


def _preview(on: OnOrder, line: LineTerms, wanted: Quantity, change: Money) -> Preview:
    value = line.value + change
    less = change.amount < 0 or wanted < line.quantity
    return Preview(
        title=f"{'Less' if less else 'More'} of {line.product} on {on.order.name}: {wanted} instead of {line.quantity}",
        changes=(
            Change(label=f"Quantity of {line.label}", before=str(line.quantity), after=str(wanted)),
            Change(label="Value of the line, untaxed", before=str(line.value), after=str(value)),
        ),
        consequence=f"{on.who} is to get {wanted}; "
        + (
            "the ERP lowers the delivery that is planned, or before version 17, asks the warehouse to."
            if less
            else "the ERP plans the difference for delivery at once."
        ),
        undo=f"{line.quantity} again, as long as no more than that was delivered; what was planned meanwhile stays planned.",
    )
