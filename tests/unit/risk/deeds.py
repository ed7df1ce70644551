"""Everything that happens in a distributor's day, drawn at random: each deed picks its record by a number."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from agent.domain.changes import Noun
from agent.domain.sales import Segment
from tests.unit.risk.builders import CHAIR, DESK, FILM, MAIN, NORTH, euros, in_days, units
from tests.unit.risk.changing_world import ChangingWorld
from tests.unit.risk.events import rule

KIT = 104
GOODS = (CHAIR, DESK, FILM)
WAREHOUSES = (MAIN, NORTH)

Deed = tuple[str, int, int, int]
"""What, which record, how many, and which day."""


def deeds() -> st.SearchStrategy[list[Deed]]:
    return st.lists(
        st.tuples(st.sampled_from(sorted(DOING)), st.integers(0, 20), st.integers(1, 12), st.integers(-6, 15)), max_size=6
    )


def crowds() -> st.SearchStrategy[list[Deed]]:
    """Many who want the same few goods, with some of them set aside, some free and some on their way."""
    crowding = ("_order", "_order", "_order", "_kit", "_reserve", "_reserve", "_buy", "_count", "_transfer", "_price")
    each = st.tuples(st.sampled_from(crowding), st.integers(0, 40), st.integers(1, 12), st.integers(-6, 15))
    return st.lists(each, min_size=8, max_size=30)


def do(erp: ChangingWorld, deed: Deed) -> None:
    """Nothing, when there is no such record."""
    name, which, many, day = deed
    DOING[name](erp, which, many, day)


def _one(rows: Any, which: int) -> Any:
    rows = list(rows)
    return rows[which % len(rows)] if rows else None


def _order(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    world = erp.world
    customer = _one(world.customers.values(), which) if which % 3 else world.customer(f"Customer {which}")
    order = world.order(in_days(day), customer=customer, warehouse_id=WAREHOUSES[which % 2])
    erp.write(Noun.ORDER, order.id)
    _line_of(erp, order, which, many)
    if which % 2:
        _line_of(erp, order, which + 1, many + 3)


def _line_of(erp: ChangingWorld, order: Any, which: int, many: int) -> None:
    line = erp.world.line(order, many, product=GOODS[which % 3])
    erp.write(Noun.ORDER_LINE, line.id, order.id)
    erp.write(Noun.MOVE, erp.world.moves[-1].id, line.product_id)


def _kit(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    order = erp.world.order(in_days(day), warehouse_id=MAIN)
    line = erp.world.line(order, many, product=KIT, move=False)
    erp.write(Noun.ORDER, order.id)
    erp.write(Noun.ORDER_LINE, line.id, order.id)
    for part, each in ((CHAIR, 2), (DESK, 1)):
        move = erp.world.move(part, many * each, at=in_days(day), origin=MAIN, sale_line_id=line.id)
        erp.write(Noun.MOVE, move.id, part)


def _promise(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    if order := _one(erp.world.orders, which):
        erp.change_order(order, promise_date=None if many == 1 else in_days(day))


def _elsewhere(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    if order := _one(erp.world.orders, which):
        erp.change_order(order, warehouse_id=WAREHOUSES[many % 2])


def _complete(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    """The order is delivered, or open again."""
    if order := _one(erp.world.orders, which):
        erp.change_order(order, complete=not order.complete)


def _more(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    if line := _one(erp.world.lines, which):
        erp.change_line(line, ordered=units(many), value=euros(many * 100))


def _deliver(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    if line := _one(erp.world.lines, which):
        erp.change_line(line, delivered=units(min(many, int(line.ordered.amount))))


def _reserve(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    if move := _one([move for move in erp.world.moves if move.from_warehouse_id], which):
        erp.change_move(move, reserved=units(min(many, int(move.demand.amount))))


def _postpone(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    if move := _one(erp.world.moves, which):
        erp.change_move(move, expected_at=in_days(day))


def _finish(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    if move := _one(erp.world.moves, which):
        erp.finish_move(move)


def _transfer(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    move = erp.world.move(GOODS[which % 2], many, at=in_days(day), origin=WAREHOUSES[many % 2], target=WAREHOUSES[(many + 1) % 2])
    erp.write(Noun.MOVE, move.id, move.product_id)


def _buy(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    lines = [line.id for line in erp.world.lines if line.product_id == GOODS[which % 2]]
    line = erp.world.purchase(
        many, at=in_days(day), product=GOODS[which % 2], warehouse=WAREHOUSES[many % 2],
        state="purchase" if which % 3 else "draft", for_lines=tuple(lines[:1]) if which % 5 == 0 else (),
        vendor=(901, erp.world.vendor_names.get(901, "Nordholz")),
    )  # fmt: skip
    erp.write(Noun.PURCHASE, line.order_id)
    erp.write(Noun.PURCHASE_LINE, line.id, line.order_id)
    for move in [move for move in erp.world.moves if move.purchase_line_id == line.id]:
        erp.write(Noun.MOVE, move.id, move.product_id)


def _delay(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    if line := _one(erp.world.purchases, which):
        erp.change_purchase(line, vendor_promise_date=in_days(day))


def _cancel(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    if line := _one(erp.world.purchases, which):
        erp.cancel_purchase(line)


def _count(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    erp.count(GOODS[which % 2], WAREHOUSES[many % 2], many + day)


def _customer(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    if customer := _one(erp.world.customers.values(), which):
        segment = list(Segment)[many % 3]
        erp.change_customer(customer, name=f"Renamed {day}", segment=segment, credit_limit=euros(many * 300) if day > 0 else None)


def _invoice(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    """One is sent, or one is paid."""
    world = erp.world
    if which % 2 and world.invoices:
        paid = world.invoices.pop(which % len(world.invoices))
        erp.write(Noun.INVOICE, paid.id, paid.customer_id)
    elif customer := _one(world.customers.values(), which):
        sent = world.invoice(customer, in_days(day - 20))
        erp.write(Noun.INVOICE, sent.id, customer.id)


def _product(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    erp.rename_product(GOODS[which % 3], f"Product {many}")


def _picking(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    """One is planned, or one is done."""
    world = erp.world
    if which % 2 and world.pickings:
        done = world.pickings.pop(which % len(world.pickings))
        erp.write(Noun.PICKING, done.id)
    elif order := _one(world.orders, which):
        picking = world.picking(order, in_days(day), state=("assigned", "confirmed", "waiting")[many % 3])
        erp.write(Noun.PICKING, picking.id)


def _offer(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    """A quotation is sent, or the customer takes one."""
    world = erp.world
    sent = [order for order in world.orders if order.state == "sent"]
    if which % 2 and sent:
        erp.change_order(sent[which % len(sent)], state="sale")
    elif customer := _one(world.customers.values(), which):
        order = world.order(None, customer, state="sent", ordered_at=in_days(day - 16))
        erp.write(Noun.ORDER, order.id)


def _price(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    """A vendor's price list gets a line, or loses one."""
    world = erp.world
    if which % 3 == 0 and world.prices:
        gone = world.prices.pop(which % len(world.prices))
        erp.write(Noun.PRICE, gone.id, gone.product_id)
    else:
        world.price(many, lead_days=max(day, 0), product=GOODS[which % 3], vendor=(902 + which % 2, f"Vendor {which % 2}"))
        erp.write(Noun.PRICE, world.prices[-1].id, world.prices[-1].product_id)


def _minimum(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    """A warehouse wants to have so many."""
    found = rule(erp.world, many, many * 2, lead_days=max(day, 0), warehouse=WAREHOUSES[which % 2])
    erp.write(Noun.RULE, found.id, found.product_id)


def _vendor(erp: ChangingWorld, which: int, many: int, day: int) -> None:
    """Some vendor is called differently, and counts as something else."""
    if line := _one(erp.world.purchases, which):
        erp.change_vendor(line.vendor_id, f"Vendor {day}", *(("steady",) if many % 2 else ()))


DOING: dict[str, Callable[[ChangingWorld, int, int, int], None]] = {
    deed.__name__: deed
    for deed in (
        _order, _kit, _promise, _elsewhere, _complete, _more, _deliver, _reserve, _postpone, _finish, _transfer, _buy, _delay,
        _cancel, _count, _customer, _invoice, _product, _picking, _offer, _price,
        _minimum, _vendor,
    )
}  # fmt: skip
