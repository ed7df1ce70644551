"""What has to be looked at again because records changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from agent.domain.purchasing import PurchaseLine
from agent.domain.sales import SaleOrder, SaleOrderLine
from agent.domain.stock import Move, Picking
from agent.risk.live.table import Difference
from agent.risk.live.world import World


@dataclass(slots=True)
class Touched:
    """Ids; filled while changes are taken over."""

    orders: set[int] = field(default_factory=set)
    """Their own records changed."""
    products: set[int] = field(default_factory=set)
    """To be projected again."""
    surroundings: set[int] = field(default_factory=set)
    """Products of which something changed that everybody tells who lacks some of it."""
    counted: set[int] = field(default_factory=set)
    """Products whose stock changed, or what is bought of them and not confirmed: orders that have no supply of some of it say
    what there is."""
    customers: set[int] = field(default_factory=set)
    """How they stand with us may have changed."""
    beyond_orders: bool = False
    """Something changed that no order's own records show: a purchase's state, a minimum stock, a price, our own affairs."""


def trace_orders(world: World, touched: Touched, differences: Iterable[Difference[SaleOrder]]) -> None:
    for each in differences:
        touched.orders |= {order.id for order in each.versions}
        touched.customers |= {order.customer_id for order in each.versions}
        goods = world.goods_of(order.id for order in each.versions)
        if not (each.old and each.new) or _turn(each.old) != _turn(each.new):
            touched.products |= goods
        if each.old and each.new and _told(each.old) != _told(each.new):  # whoever could take its goods tells whose they are
            touched.surroundings |= goods


def _told(order: SaleOrder) -> tuple[object, ...]:
    return order.customer_name, order.ordered_at, order.promise_date is None


def _turn(order: SaleOrder) -> tuple[object, ...]:
    """What decides where, and in which turn, the order's lines are served."""
    return order.promise_date, order.ordered_at, order.warehouse_id


def trace_lines(world: World, touched: Touched, differences: Iterable[Difference[SaleOrderLine]]) -> None:
    for each in differences:
        for line in each.versions:
            touched.orders.add(line.order_id)
            touched.products |= {line.product_id, *(move.product_id for move in world.moves.rows("moves_by_sale_line", line.id))}


def trace_moves(world: World, touched: Touched, differences: Iterable[Difference[Move]]) -> None:
    for each in differences:
        for move in each.versions:
            line = world.lines.by_id.get(move.sale_line_id) if move.sale_line_id is not None else None
            picking = world.pickings.by_id.get(move.picking_id) if move.picking_id is not None else None
            if line is not None:
                touched.orders.add(line.order_id)
            if picking is not None and picking.sale_order_id is not None:
                touched.orders.add(picking.sale_order_id)
            if _only_planned_anew(world, each):
                continue
            touched.products.add(move.product_id)
            if line is not None and _reserved(each.old) != _reserved(each.new):  # whoever could take its goods names the move
                touched.surroundings.add(move.product_id)
            if line is not None:  # the first part that leaves for a line turns it into a kit's, the last one gone back
                touched.products |= {line.product_id, *world.products_of(line)}


def _reserved(move: Move | None) -> Decimal:
    return move.reserved.amount if move else Decimal(0)


def _only_planned_anew(world: World, each: Difference[Move]) -> bool:
    """A delivery that leaves on another day, for an order that has a promise: who is served when goes by the promises."""
    old, new = each.old, each.new
    if old is None or new is None or new.sale_line_id is None or new.to_warehouse_id is not None:
        return False
    line = world.lines.by_id.get(new.sale_line_id)
    order = world.orders.by_id.get(line.order_id) if line else None
    if order is None or order.promise_date is None or new.from_warehouse_id != order.warehouse_id:
        return False
    return replace(old, state=new.state, expected_at=new.expected_at, picking_id=new.picking_id, reference=new.reference) == new


def trace_pickings(touched: Touched, differences: Iterable[Difference[Picking]]) -> None:
    orders = (picking.sale_order_id for each in differences for picking in each.versions)
    touched.orders |= {order_id for order_id in orders if order_id is not None}


def trace_purchase_lines(world: World, touched: Touched, differences: Sequence[Difference[PurchaseLine]]) -> None:
    rows = [line for each in differences for line in each.versions]
    touched.products |= {line.product_id for line in rows}
    touched.counted |= {line.product_id for line in rows if not line.confirmed}
    sold = (world.lines.by_id.get(line_id) for line in rows for line_id in line.for_sale_line_ids)
    touched.orders |= {line.order_id for line in sold if line}
