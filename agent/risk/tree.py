"""From an order to everything it waits for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo

from agent.domain.calendars import told_in
from agent.domain.impact import Node
from agent.domain.quantity import ROUNDING
from agent.domain.records import Record
from agent.guardrails.policy import Policy
from agent.risk.outlooks import LineOutlook
from agent.risk.pools import Allocation, Peg, fill
from agent.risk.projection import project
from agent.risk.situation import Situation, situations
from agent.risk.snapshot import Snapshot
from agent.risk.supply import Supply
from agent.risk.terms import terms_of
from agent.risk.wording import amount, day

#: Warehouses that a transfer's own goods are followed through.
MOST_HOPS = 4


def tree_of(snapshot: Snapshot, policy: Policy) -> Node:
    """Of a snapshot that was taken of one order with something left to ship."""
    (situation,) = situations(snapshot, project(snapshot, terms_of(policy, snapshot)), policy.limits)
    return tree(situation)


def tree(situation: Situation) -> Node:
    """The order, its goods, where each part of them comes from, and what that waits for in turn."""
    order = situation.order
    promised = f"promised for {day(order.promise_date, situation.zone)}" if order.promise_date else "no date promised"
    goods = tuple(_goods(situation, line) for line in situation.goods)
    return _told(
        Node(order.record, f"{order.name} for {order.customer_name}: {promised}", situation.projected, goods), situation.zone
    )


def _told(node: Node, zone: tzinfo) -> Node:
    return replace(node, ready=told_in(node.ready, zone), waits_for=tuple(_told(each, zone) for each in node.waits_for))


def _goods(situation: Situation, line: LineOutlook) -> Node:
    name = situation.product_name(line)
    children = list(_from_stock(situation, line))
    children += _supply(situation, line.allocation, line.unit, MOST_HOPS)
    kit = f" (part of {line.line.product_name})" if line.product_id != line.line.product_id else ""
    said = f"{amount(line.outstanding, line.unit)} of {name}{kit} still to ship"
    return Node(Record("product.product", line.product_id, name), said, line.ready, tuple(children))


def _from_stock(situation: Situation, line: LineOutlook) -> Iterator[Node]:
    warehouse = situation.snapshot.warehouse_name(line.warehouse_id)
    record = Record("stock.warehouse", line.warehouse_id or 0, warehouse)
    leaves = situation.projection.terms.ships(line.warehouse_id, situation.now)
    if line.reserved > ROUNDING:
        yield Node(record, f"{amount(line.reserved, line.unit)} reserved at {warehouse}", leaves)
    if line.allocation.from_stock > ROUNDING:
        yield Node(record, f"{amount(line.allocation.from_stock, line.unit)} free at {warehouse}", leaves)


def _supply(situation: Situation, allocation: Allocation, unit: str, hops: int) -> list[Node]:
    nodes = [_coming(situation, peg, unit, hops) for peg in allocation.pegs]
    if allocation.missing > ROUNDING:
        nothing = Record("stock.move", 0, "nothing")
        nodes.append(Node(nothing, f"{amount(allocation.missing, unit)} with neither stock nor supply", None))
    return nodes


def _coming(situation: Situation, peg: Peg, unit: str, hops: int) -> Node:
    supply = peg.supply
    quantity = amount(peg.amount, unit)
    if supply.purchase is not None:
        state = "" if supply.purchase.confirmed else ", not confirmed"
        overdue = ", overdue" if supply.due < situation.now else ""
        vendor, number = supply.purchase.vendor_name, supply.source.name
        said = f"{quantity} from {vendor} with {number}, announced for {day(supply.due, situation.zone)}{overdue}{state}"
        return Node(supply.source, said, supply.expected)
    said = f"{quantity} with transfer {supply.source.name}, planned for {day(supply.due, situation.zone)}"
    return Node(supply.source, said, supply.expected, tuple(_upstream(situation, supply, unit, hops)))


def _upstream(situation: Situation, supply: Supply, unit: str, hops: int) -> Iterator[Node]:
    """What the sending warehouse has, or waits for, to send it."""
    if supply.move is None or hops == 0:
        return
    for leg_id in (supply.move.id, *supply.move.waits_for):
        leg = situation.snapshot.moves_by_id.get(leg_id)
        if leg is None or leg.from_warehouse_id is None or leg.from_warehouse_id == leg.to_warehouse_id:
            continue
        pool = situation.projection.pools.get((leg.product_id, leg.from_warehouse_id))
        if pool is None:
            continue
        shares = zip(pool.demands, fill(pool, pool.free), strict=True)
        allocation = next((share for demand, share in shares if demand.id == -leg.id), None)
        if allocation is not None:
            yield from _supply(situation, allocation, unit, hops - 1)
