"""When each order line can ship, as things stand.

Reserved goods are there now. What is still needed follows the supply made for it (make to order), then competes for its
warehouse's free stock and supply: all open demand is served in order of need date, and no unit is promised twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from agent.domain.money import Money
from agent.domain.quantity import ROUNDING
from agent.domain.sales import SaleOrder, SaleOrderLine
from agent.domain.stock import Move
from agent.risk.pools import ZERO, Allocation, Demand, Peg, Pool, PoolKey, fill
from agent.risk.snapshot import Snapshot, grouped
from agent.risk.steps import steps_before
from agent.risk.supply import Supply, arrives, supplies, supplies_by_sale_line
from agent.risk.transfers import Sent, as_sent, replaced

#: Warehouses that goods may pass on their way; what waits in a circle ends here.
MOST_HOPS = 4


@dataclass(frozen=True, slots=True)
class LineOutlook:
    """When an order line can ship. Amounts are in the product's stocking unit."""

    line: SaleOrderLine
    warehouse_id: int | None
    need_by: datetime
    outstanding: Decimal
    reserved: Decimal
    allocation: Allocation
    ready: datetime | None
    """Of the last unit; None when some unit has no supply."""

    @property
    def value(self) -> Money:
        """Of what is still to ship."""
        whole = self.line.ordered.amount
        return self.line.value if self.outstanding == whole else self.line.value.share(self.outstanding, whole)

    @property
    def available_now(self) -> Decimal:
        return self.reserved + self.allocation.from_stock

    @property
    def short_now(self) -> Decimal:
        return self.outstanding - self.available_now

    @property
    def unsupplied(self) -> Decimal:
        """What neither stock nor a confirmed supply covers."""
        drafts = (peg.amount for peg in self.allocation.pegs if peg.supply.expected is None)
        return sum(drafts, self.allocation.missing)


@dataclass(frozen=True, slots=True)
class Projection:
    lines: Mapping[int, LineOutlook]
    """By sale order line id; only lines with something left to ship."""
    pools: Mapping[PoolKey, Pool]
    empty: Mapping[PoolKey, Sequence[Supply]]
    """Transfers that are to bring something, and whose sending warehouse has nothing to send."""


@dataclass(frozen=True, slots=True)
class _Need:
    line: SaleOrderLine
    order: SaleOrder
    warehouse_id: int | None
    need_by: datetime
    outstanding: Decimal
    reserved: Decimal


def project(snapshot: Snapshot, grace: timedelta) -> Projection:
    """Serve all open demand of the snapshot. Overdue supply is expected `grace` from now."""
    announced = supplies(snapshot, grace)
    needs = sorted(_needs(snapshot), key=_urgency)
    projection, allocations = _share_out(snapshot, needs, announced)
    known: Sent = {}
    for _ in range(MOST_HOPS):
        sent = as_sent(snapshot, announced, allocations)
        if sent == known:
            break
        projection, allocations = _share_out(snapshot, needs, replaced(announced, sent))
        known = sent
    return projection


def _share_out(
    snapshot: Snapshot, needs: Sequence[_Need], coming: Sequence[Supply]
) -> tuple[Projection, Mapping[int, Allocation]]:
    """The projection if `coming` comes, and what each demand gets by its id."""
    own, left = _serve_own(needs, supplies_by_sale_line(snapshot, coming), coming)
    demands = {need.line.id: _demand(need, own.get(need.line.id, ())) for need in needs}
    pools = _pools(snapshot, needs, demands, coming, left)
    shared: dict[int, Allocation] = {}
    for pool in pools.values():
        shared.update(zip((demand.id for demand in pool.demands), fill(pool, pool.free), strict=True))
    lines = {need.line.id: _outlook(snapshot, need, demands, own, shared) for need in needs}
    return Projection(lines, pools, _empty(coming)), shared


def _outlook(
    snapshot: Snapshot,
    need: _Need,
    demands: Mapping[int, Demand],
    own: Mapping[int, tuple[Peg, ...]],
    shared: Mapping[int, Allocation],
) -> LineOutlook:
    line_id = need.line.id
    allocation = shared.get(line_id) or _unpooled(snapshot, need, demands[line_id])
    if line_id in own:
        allocation = Allocation(allocation.from_stock, own[line_id] + allocation.pegs, allocation.missing)
    ready = allocation.ready(snapshot.now)
    return LineOutlook(need.line, need.warehouse_id, need.need_by, need.outstanding, need.reserved, allocation, ready)


def _empty(coming: Sequence[Supply]) -> dict[PoolKey, list[Supply]]:
    idle = (supply for supply in coming if supply.move is not None and supply.expected is None)
    return grouped(idle, lambda supply: (supply.product_id, supply.warehouse_id) if supply.warehouse_id is not None else None)


def _needs(snapshot: Snapshot) -> Iterator[_Need]:
    moves_by_line = snapshot.moves_by_sale_line
    for line in snapshot.lines:
        outstanding = line.ordered.amount - line.delivered.amount
        if line.goods and outstanding > ROUNDING:
            leaving = [move for move in moves_by_line.get(line.id, ()) if not arrives(move)]
            yield _need(line, snapshot.orders[line.order_id], outstanding, leaving)


def _need(line: SaleOrderLine, order: SaleOrder, outstanding: Decimal, leaving: Sequence[Move]) -> _Need:
    """Goods leave from where the delivery says; several steps in one warehouse are one need."""
    warehouse_id, reserved = order.warehouse_id, ZERO
    if leaving and all(move.from_warehouse_id != warehouse_id for move in leaving):
        warehouse_id = leaving[0].from_warehouse_id
    for move in leaving:
        if move.from_warehouse_id == warehouse_id:
            reserved += move.reserved.amount
    need_by = order.promise_date or min((move.expected_at for move in leaving), default=order.ordered_at)
    return _Need(line, order, warehouse_id, need_by, outstanding, min(reserved, outstanding))


def _urgency(need: _Need) -> tuple[datetime, datetime, int]:
    return need.need_by, need.order.ordered_at, need.line.id


def _serve_own(
    needs: Sequence[_Need], own: Mapping[int, Sequence[Supply]], coming: Sequence[Supply]
) -> tuple[dict[int, tuple[Peg, ...]], dict[int, Decimal]]:
    """Give make-to-order lines their own supply; returns the pegs by line and what is left of each supply by identity."""
    left = {id(supply): supply.amount for supply in coming}
    pegs: dict[int, tuple[Peg, ...]] = {}
    for need in needs:
        if need.line.id in own:
            pegs[need.line.id] = tuple(_pegs(need.outstanding - need.reserved, own[need.line.id], left))
    return pegs, left


def _pegs(wanted: Decimal, own: Sequence[Supply], left: dict[int, Decimal]) -> Iterator[Peg]:
    """Take what is wanted from a line's own supplies, what can be counted on and comes first before the rest."""
    for supply in sorted(own, key=lambda supply: (supply.expected is None, supply.expected or supply.due)):
        amount = min(wanted, left[id(supply)])
        if amount > ROUNDING:
            left[id(supply)] -= amount
            wanted -= amount
            yield Peg(supply, amount)


def _demand(need: _Need, own: Sequence[Peg]) -> Demand:
    rest = need.outstanding - need.reserved
    for peg in own:
        rest -= peg.amount
    return Demand(need.need_by, need.order.ordered_at, need.line.id, rest if rest > ROUNDING else ZERO)


def _pools(
    snapshot: Snapshot,
    needs: Sequence[_Need],
    demands: Mapping[int, Demand],
    coming: Sequence[Supply],
    left: Mapping[int, Decimal],
) -> dict[PoolKey, Pool]:
    wanted: defaultdict[PoolKey, list[Demand]] = defaultdict(list)
    for need in needs:
        demand = demands[need.line.id]
        if demand.amount and need.warehouse_id is not None and _stocked(snapshot, need.line.product_id):
            wanted[need.line.product_id, need.warehouse_id].append(demand)
    for key, demand in _other_demand(snapshot, {need.line.id: (need.line.product_id, need.warehouse_id) for need in needs}):
        wanted[key].append(demand)
    expected: defaultdict[PoolKey, list[tuple[Supply, Decimal]]] = defaultdict(list)
    for supply in coming:
        if supply.warehouse_id is not None and supply.expected is not None and left[id(supply)] > ROUNDING:
            expected[supply.product_id, supply.warehouse_id].append((supply, left[id(supply)]))
    return {
        key: Pool(
            snapshot.levels[key].free.amount if key in snapshot.levels else ZERO,
            tuple(sorted(expected.get(key, ()), key=_arrival)),
            tuple(sorted(wanted.get(key, ()), key=lambda demand: (demand.need_by, demand.ordered_at, demand.id))),
        )
        for key in wanted.keys() | expected.keys() | snapshot.levels.keys()
    }


def _arrival(item: tuple[Supply, Decimal]) -> tuple[datetime, int]:
    supply = item[0]
    return supply.expected or supply.due, supply.move.id if supply.move else 0


def _other_demand(snapshot: Snapshot, served: Mapping[int, tuple[int, int | None]]) -> Iterable[tuple[PoolKey, Demand]]:
    """Moves out of a warehouse that none of its order lines stands for: transfers, production, parts of kits.

    `served`: of each line, its product and the warehouse it is served from.
    """
    for move in snapshot.moves:
        origin = move.from_warehouse_id
        if origin is None or origin == move.to_warehouse_id:
            continue
        if move.sale_line_id is not None and served.get(move.sale_line_id) == (move.product_id, origin):
            continue
        set_aside = sum((step.reserved.amount for step in steps_before(snapshot, move)), move.reserved.amount)
        amount = move.demand.amount - set_aside
        if amount > ROUNDING:
            yield (move.product_id, origin), Demand(move.expected_at, move.expected_at, -move.id, amount)


def _stocked(snapshot: Snapshot, product_id: int) -> bool:
    product = snapshot.products.get(product_id)
    return product is None or product.storable


def _unpooled(snapshot: Snapshot, need: _Need, demand: Demand) -> Allocation:
    """What is not counted is always there; what has no warehouse cannot be found."""
    if not _stocked(snapshot, need.line.product_id):
        return Allocation(demand.amount, (), ZERO)
    return Allocation(ZERO, (), demand.amount)
