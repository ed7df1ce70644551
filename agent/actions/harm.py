"""Whose goods come later, or not at all, when stock or supply of a product goes elsewhere.

Deterministic and without a clock, so that a proposal and its execution agree: what is free and what planned receipts bring by the
day of each move, given out in the order in which Odoo serves, before the change and after it. The options of `risk options`
decide with the same function.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from agent.actions.goods import listed, money_of, total
from agent.actions.touched import Stock
from agent.domain.money import Money
from agent.domain.purchasing import PurchaseLine
from agent.domain.quantity import ROUNDING
from agent.domain.sales import Customer, SaleOrder, SaleOrderLine, Segment
from agent.domain.stock import Move
from agent.errors import PreconditionFailed
from agent.guardrails.vocabulary.base import NOBODY

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Shift:
    """What a change does to one product in one warehouse, in the stocking unit."""

    taken: Decimal = ZERO
    """Of what is free."""
    reserved: Mapping[int, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    """Move → by how much its reservation grows; negative when it shrinks."""
    arrivals: Mapping[int, datetime] = field(default_factory=lambda: MappingProxyType({}))
    """Purchase line → when it comes."""
    cancelled: frozenset[int] = frozenset()
    """Purchase lines of which nothing comes."""
    gone: frozenset[int] = frozenset()
    """Moves that no longer happen."""
    urgent: Mapping[int, bool] = field(default_factory=lambda: MappingProxyType({}))
    """Move → whether it is served before all others from now on."""


@dataclass(frozen=True, slots=True)
class Wait:
    """So much of an order line comes later, or not at all."""

    sale_line_id: int | None
    """None: of no customer's order."""
    amount: Decimal
    reference: str
    """What is named where no order is known."""


@dataclass(frozen=True, slots=True)
class Harm:
    """The sale orders that get something later, and what that is worth."""

    orders: tuple[str, ...]
    customers: tuple[str, ...]
    value: Money | None
    """None when it is in several currencies, or when nobody is harmed."""
    segment: str
    """Of the most important customer; `nobody` without any."""
    stock: frozenset[Stock] = field(default=frozenset(), compare=False)
    """What was judged: a change of it meanwhile would harm others than these."""

    def facts(self, currency: str | None = None) -> dict[str, Any]:
        """With the `currency` of the action's other amounts, where it has any: a value in another is not told."""
        told = self.value if self.value and currency in (None, self.value.currency) else None
        return {
            "orders_harmed": len(self.orders),
            "value_harmed": "0.00" if not self.orders else money_of(told),
            "segment_harmed": self.segment,
            "currency": currency or (told.currency if told else None),
        }

    def sentence(self) -> str:
        """For a preview."""
        if not self.orders:
            return "No other customer's order waits longer for it."
        worth = f" (worth {self.value})" if self.value else ""
        named = zip(self.orders, self.customers, strict=True)
        who = listed([f"{order} of {customer}" if customer else order for order, customer in named])
        return f"{who} then {'wait' if len(self.orders) > 1 else 'waits'} for goods{worth} that nothing planned brings in time."


NO_HARM = Harm((), (), None, NOBODY)


def unmet(moves: Sequence[Move], warehouse_id: int, free: Decimal, shift: Shift) -> dict[int, Decimal]:
    """Move out of the warehouse → what of it neither stock nor a receipt planned by its day covers."""
    supplies: list[list[Any]] = [[date.min, free - shift.taken]]
    for move in moves:
        if move.to_warehouse_id == warehouse_id and move.from_warehouse_id != warehouse_id and not _ends(move, shift):
            comes = shift.arrivals.get(move.purchase_line_id or 0, move.expected_at)
            supplies.append([comes.date(), move.demand.amount])
    supplies.sort(key=lambda supply: supply[0])
    wanting = [
        move
        for move in moves
        if move.from_warehouse_id == warehouse_id and move.to_warehouse_id != warehouse_id and not _ends(move, shift)
    ]
    found: dict[int, Decimal] = {}
    for move in sorted(wanting, key=lambda move: (not shift.urgent.get(move.id, move.urgent), move.expected_at, move.id)):
        lacking = move.demand.amount - move.reserved.amount - shift.reserved.get(move.id, ZERO)
        for supply in supplies:
            if supply[0] <= move.expected_at.date():
                given = max(min(lacking, supply[1]), ZERO)
                supply[1] -= given
                lacking -= given
        found[move.id] = max(lacking, ZERO)
    return found


def _ends(move: Move, shift: Shift) -> bool:
    return move.id in shift.gone or move.purchase_line_id in shift.cancelled


def waits_longer(
    moves: Sequence[Move],
    warehouse_id: int,
    free: Decimal,
    after: Shift,
    before: Shift = Shift(),
    bought: Sequence[PurchaseLine] = (),
) -> list[tuple[Move, Decimal]]:
    """The moves of others that lack more than before, and how much more. Those whose reservation grows are not harmed.

    `bought`: what a vendor promised for a later day than its receipt is planned for comes on that day. Odoo's receipts do not
    follow a vendor's new date.
    """
    promised = {line.id: max(line.vendor_promise_date, line.receipt_expected_at or line.vendor_promise_date) for line in bought}
    then = unmet(moves, warehouse_id, free, replace(after, arrivals={**promised, **after.arrivals}))
    now = unmet(moves, warehouse_id, free, replace(before, arrivals={**promised, **before.arrivals}))
    return [
        (move, then[move.id] - now[move.id])
        for move in moves
        if move.id in then and then[move.id] - now[move.id] > ROUNDING and after.reserved.get(move.id, ZERO) <= 0
    ]


def harm_of(
    waits: Sequence[tuple[Move, Decimal]],
    orders: Mapping[int, SaleOrder],
    lines: Mapping[int, SaleOrderLine],
    customers: Mapping[int, Customer],
) -> Harm:
    """`orders` by sale order line. Customers who cannot be read count as the most important ones.

    Raises PreconditionFailed when something waits that is no customer's order: nobody could tell what that costs.
    """
    for move, _ in waits:
        if move.sale_line_id not in lines.keys() & orders.keys():
            raise PreconditionFailed(f"{move.reference} waits for these goods, and nobody can tell what that costs; take less.")
    return harm_known([Wait(move.sale_line_id, amount, move.reference) for move, amount in waits], orders, lines, customers)


def harm_known(
    waits: Sequence[Wait],
    orders: Mapping[int, SaleOrder],
    lines: Mapping[int, SaleOrderLine],
    customers: Mapping[int, Customer],
) -> Harm:
    """As far as it can be told: what is no customer's order counts as one of the most important, of unknown value."""
    shares: dict[str, list[Money | None]] = {}
    owners: dict[str, tuple[str, Segment]] = {}
    for wait in waits:
        line, order = lines.get(wait.sale_line_id or 0), orders.get(wait.sale_line_id or 0)
        name = order.name if order else wait.reference
        customer = customers.get(order.customer_id) if order else None
        owners[name] = (order.customer_name if order else "", customer.segment if customer else Segment.STRATEGIC)
        worth = line.value.share(min(wait.amount, line.ordered.amount), line.ordered.amount) if line and line.ordered else None
        shares.setdefault(name, []).append(worth)
    if not owners:
        return NO_HARM
    names = sorted(owners)
    segment = min((owners[name][1] for name in names), key=list(Segment).index)
    value = total([share for name in names for share in shares[name]])
    return Harm(tuple(names), tuple(owners[name][0] for name in names), value, segment.value)


def together(harms: Sequence[Harm]) -> Harm:
    """Of several products."""
    real = [each for each in harms if each.orders]
    stock = frozenset[Stock]().union(*(each.stock for each in harms))
    if not real:
        return replace(NO_HARM, stock=stock)
    owners = {name: customer for each in real for name, customer in zip(each.orders, each.customers, strict=True)}
    names = sorted(owners)
    segment = min((Segment(each.segment) for each in real), key=list(Segment).index)
    return Harm(tuple(names), tuple(owners[name] for name in names), total([each.value for each in real]), segment.value, stock)
