"""Bills and invoices that ask for something else than was ordered and received, or delivered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from agent.domain.history import InvoicedLine, InvoiceKind
from agent.domain.money import Money
from agent.domain.quantity import ROUNDING
from agent.domain.sales import Segment
from agent.guardrails.policy import Thresholds
from agent.risk.operations import Operations
from agent.risk.snapshot import grouped
from agent.risk.terms import scope_of

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One line of a document that differs."""

    line: InvoicedLine
    overcharge: Decimal = ZERO
    """By the price, in the document's currency; negative when it is too little; 0 when the price is right."""
    excess: Decimal = ZERO
    """How much more the line asks for than came or was delivered, in the stocking unit."""
    to_come: Decimal = ZERO
    """How much of the order line is still expected."""

    @property
    def worth(self) -> Decimal:
        return self.overcharge + self.excess * self.line.price.amount

    @property
    def money(self) -> Money:
        """What is in dispute; never negative."""
        return Money(abs(self.overcharge) + self.excess * self.line.price.amount, self.line.price.currency)


def limits_of(operations: Operations, kind: InvoiceKind, partner_id: int) -> Thresholds:
    """Those of the vendor's class or the customer's segment."""
    if kind is InvoiceKind.BILL:
        return operations.thresholds(vendor_id=partner_id)
    customer = operations.snapshot.customers.get(partner_id)
    segment = customer.segment if customer else Segment.STANDARD
    return operations.limits.at(scope_of(operations.snapshot, None, segment=segment))


def mismatches(operations: Operations, lines: Sequence[InvoicedLine]) -> list[Mismatch]:
    """The lines whose price, or whose quantity on all documents together, differs beyond the policy's tolerance.

    Too much in quantity is the fault of the last document that asked for it. Less than came is no mismatch: the rest may be on
    the next one. Nor is what is invoiced ahead, as long as the goods are expected; but a vendor who sent a part and bills the
    whole differs all the same.
    """
    dear = (line for line in lines if line.price.amount != line.ordered_price.amount and _dear(operations, line))
    charges = {line.id: line.overcharge for line in dear}
    excesses = dict(_excesses(operations, [line for line in lines if line.invoiced.amount > line.fulfilled.amount]))
    return [
        Mismatch(line, charges.get(line.id, ZERO), *excesses.get(line.id, (ZERO, ZERO)))
        for line in lines
        if line.id in charges or line.id in excesses
    ]


def _dear(operations: Operations, line: InvoicedLine) -> bool:
    limits, overcharge = limits_of(operations, line.kind, line.partner_id), abs(line.overcharge)
    usual = line.ordered_price.amount * abs(line.quantity.amount)
    return overcharge > limits.bill_variance_value and overcharge * 100 > limits.bill_variance_percent * usual


def _excesses(operations: Operations, lines: Sequence[InvoicedLine]) -> Iterator[tuple[int, tuple[Decimal, Decimal]]]:
    """Line id → how much of it is too much, and how much is still expected."""
    for same in grouped(lines, _order_line).values():
        first = same[0]
        to_come = _to_come(operations, first)
        excess = first.invoiced.amount - first.fulfilled.amount
        if first.kind is InvoiceKind.INVOICE or first.fulfilled.amount <= ROUNDING:
            excess -= to_come
        limits = limits_of(operations, first.kind, first.partner_id)
        tolerated = limits.bill_variance_percent * first.fulfilled.amount
        if excess * first.price.amount <= limits.bill_variance_value or excess * 100 <= tolerated:
            continue
        for line in sorted(same, key=lambda line: (line.at, line.id), reverse=True):
            share = min(excess, line.quantity.amount)
            if share > ROUNDING:
                excess -= share
                yield line.id, (share, to_come)


def _order_line(line: InvoicedLine) -> tuple[InvoiceKind, int, int, Decimal, Decimal]:
    """What stands for one order line: its documents agree in all of these."""
    return line.kind, line.order.id, line.product_id, line.invoiced.amount, line.fulfilled.amount


def _to_come(operations: Operations, line: InvoicedLine) -> Decimal:
    """Of the product on that order."""
    snapshot = operations.snapshot
    if line.kind is InvoiceKind.BILL:
        bought = snapshot.purchase_lines_by_order.get(line.order.id, ())
        mine = (each for each in bought if each.product_id == line.product_id and each.confirmed and each.receipt_expected_at)
        return sum((each.outstanding.amount for each in mine), ZERO)
    sold = snapshot.lines_by_order.get(line.order.id, ())
    return sum((each.outstanding.amount for each in sold if each.product_id == line.product_id), ZERO)
