"""Ways in which Odoo's forecast and ours differ on purpose: how the records of a product show it, and look without it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from agent.domain.purchasing import PurchaseLine
from agent.domain.sales import SaleOrder, SaleOrderLine
from agent.domain.stock import Move
from agent.risk.pools import ZERO
from agent.risk.snapshot import Snapshot
from agent.risk.steps import inside

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Trap:
    """A way in which Odoo's forecast and ours differ on purpose."""

    name: str
    sign: Callable[[Snapshot], bool]
    """Whether the records of one product show it."""
    cure: Callable[[Snapshot], Snapshot]
    """The same records as if it were none."""


def leaves(move: Move) -> bool:
    """For a customer, or for another of our warehouses."""
    return move.from_warehouse_id is not None and move.from_warehouse_id != move.to_warehouse_id


def _receipts(goods: Snapshot) -> Iterator[tuple[Move, PurchaseLine]]:
    for move in goods.moves:
        purchase = goods.purchase_lines_by_id.get(move.purchase_line_id) if move.purchase_line_id is not None else None
        if purchase is not None and not leaves(move):
            yield move, purchase


def _vendor_is_later(goods: Snapshot) -> bool:
    return any(purchase.vendor_promise_date > move.expected_at for move, purchase in _receipts(goods))


def _vendor_says_nothing(goods: Snapshot) -> Snapshot:
    return replace(goods, purchase_lines=[replace(line, vendor_promise_date=LONG_AGO) for line in goods.purchase_lines])


def _supply_is_overdue(goods: Snapshot) -> bool:
    arriving = (move for move in goods.moves if move.to_warehouse_id is not None)
    vendors = (purchase.vendor_promise_date for _, purchase in _receipts(goods))
    return any(moment < goods.now for moment in (*(move.expected_at for move in arriving), *vendors))


def _nothing_is_overdue(goods: Snapshot) -> Snapshot:
    """Nothing is, long ago."""
    return replace(goods, now=LONG_AGO)


def _own_purchase_is_a_draft(goods: Snapshot) -> bool:
    lines = goods.lines_by_id
    return any(key in lines for line in goods.purchase_lines if not line.confirmed for key in line.for_sale_line_ids)


def _without_drafts(goods: Snapshot) -> Snapshot:
    return replace(goods, purchase_lines=[line for line in goods.purchase_lines if line.confirmed])


def _planned(goods: Snapshot, line: SaleOrderLine) -> list[Move]:
    return [move for move in goods.moves_by_sale_line.get(line.id, ()) if leaves(move)]


def _owed_is_not_planned(goods: Snapshot) -> bool:
    return any(_owed(line) != sum((move.demand.amount for move in _planned(goods, line)), ZERO) for line in _own(goods))


def _only_what_is_planned(goods: Snapshot) -> Snapshot:
    own = {line.id: replace(line, ordered=line.delivered) for line in _own(goods)}
    for key, line in own.items():
        for move in _planned(goods, line):
            own[key] = replace(own[key], ordered=own[key].ordered + move.demand)
    return replace(goods, lines=[own.get(line.id, line) for line in goods.lines])


def _own(goods: Snapshot) -> list[SaleOrderLine]:
    """Lines of the product itself: what is owed of a kit's part is what is planned."""
    return [line for line in goods.lines if line.id not in goods.parts_by_line]


def _owed(line: SaleOrderLine) -> Decimal:
    return (line.ordered - line.delivered).at_least_zero().amount


def _promised_otherwise(goods: Snapshot) -> bool:
    """Whether some order is promised for another moment than its delivery is planned for."""
    return any(order.promise_date is not None and order.promise_date != move.expected_at for order, move in _deliveries(goods))


def _in_order_of_plan(goods: Snapshot) -> Snapshot:
    """As if nobody had been promised anything; equals in the order of their moves, as Odoo takes them."""
    first: dict[int, int] = {}
    for order, move in _deliveries(goods):
        first[order.id] = min(move.id, first.get(order.id, move.id))
    orders = {
        key: replace(order, promise_date=None, ordered_at=LONG_AGO + timedelta(seconds=first.get(key, 0)))
        for key, order in goods.orders.items()
    }
    return replace(goods, orders=orders)


def _deliveries(goods: Snapshot) -> Iterator[tuple[SaleOrder, Move]]:
    for line in goods.lines:
        for move in _planned(goods, line):
            yield goods.orders[line.order_id], move


def _comes_by_transfer(goods: Snapshot) -> bool:
    return any(_is_transfer(goods, move) for move in goods.moves)


def _is_transfer(goods: Snapshot, move: Move) -> bool:
    """Whether it arrives from another of our warehouses, straight or by way of a place between them."""
    if move.to_warehouse_id is None or move.purchase_line_id is not None:
        return False
    earlier = (goods.moves_by_id.get(move_id) for move_id in move.waits_for)
    return leaves(move) or any(each is not None and leaves(each) for each in earlier)


def _transfers_bring_all(goods: Snapshot) -> Snapshot:
    """As if each were two movements that know nothing of each other, and what arrives came from outside."""
    moves: list[Move] = []
    for move in goods.moves:
        if not _is_transfer(goods, move):
            moves.append(move)
        elif not leaves(move):
            moves.append(replace(move, waits_for=()))
        else:
            moves += [replace(move, to_warehouse_id=None), replace(move, id=-move.id, from_warehouse_id=None, waits_for=())]
    return replace(goods, moves=moves)


def _put_aways(goods: Snapshot) -> list[Move]:
    return [move for move in goods.moves if move.sale_line_id is None and inside(move) and move.reserved]


def _nothing_is_being_put_away(goods: Snapshot) -> Snapshot:
    """As if it lay where it is picked from: in stock and free."""
    levels = dict(goods.levels)
    for step in _put_aways(goods):
        key = (step.product_id, step.from_warehouse_id or 0)
        if key in levels:
            levels[key] = replace(levels[key], reserved=levels[key].reserved - step.reserved)
    taken = {step.id for step in _put_aways(goods)}
    return replace(goods, levels=levels, moves=[move for move in goods.moves if move.id not in taken])


TRAPS = (
    Trap("the vendor's date is later than the receipt", _vendor_is_later, _vendor_says_nothing),
    Trap("overdue supply is expected in the past", _supply_is_overdue, _nothing_is_overdue),
    Trap("made to order, and its purchase is not confirmed", _own_purchase_is_a_draft, _without_drafts),
    Trap("promised for another day than planned", _promised_otherwise, _in_order_of_plan),
    Trap("owed, and no delivery is planned", _owed_is_not_planned, _only_what_is_planned),
    Trap("goods being put away are there for Odoo", lambda goods: bool(_put_aways(goods)), _nothing_is_being_put_away),
    Trap("a transfer brings only what the sending warehouse has", _comes_by_transfer, _transfers_bring_all),
)
