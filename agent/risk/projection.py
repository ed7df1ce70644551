"""When each order line can ship, as things stand.

Reserved goods are there now. What is still needed follows the supply made for it (make to order), then competes for its
warehouse's free stock and supply: all open demand is served urgent things first, then in order of need date, and no unit is
promised twice.

Products do not depend on each other: `project_product` looks at the records of one, and a `Projection` is put together from its
products, so whoever knows which products changed projects only these anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from agent.domain.quantity import ROUNDING
from agent.risk.kits import assembled
from agent.risk.needs import Need, needs_of
from agent.risk.outlooks import LineOutlook
from agent.risk.pools import ZERO, Allocation, Demand, Peg, Pool, PoolKey, fill
from agent.risk.product_records import ProductRecords, known_products, records_of
from agent.risk.snapshot import Snapshot, grouped
from agent.risk.steps import steps_before
from agent.risk.supply import Supply, supplies, supplies_by_sale_line
from agent.risk.terms import Terms
from agent.risk.transfers import Sent, as_sent, replaced

__all__ = ["LineOutlook", "ProductProjection", "Projection", "project", "project_product"]

#: What a line gets from its pool when all of it is reserved, or its own supply brings it.
NOTHING = Allocation(ZERO, (), ZERO)

#: Warehouses that goods may pass on their way; what waits in a circle ends here.
MOST_HOPS = 4


@dataclass(frozen=True, slots=True)
class ProductProjection:
    """What becomes of one product. Depends on its records, the moment and the rules alone."""

    product_id: int
    outlooks: Sequence[LineOutlook]
    """Of its order lines with something left to ship, and of kit lines that it is a part of; those served first in front."""
    pools: Mapping[PoolKey, Pool]
    empty: Mapping[PoolKey, Sequence[Supply]]
    """Transfers that are to bring something, and whose sending warehouse has nothing to send."""
    next_change: datetime | None
    """The moment from which on time alone changes a date; the projection's own moment where something is overdue, which is always
    expected soon; None: no date depends on the clock."""


@dataclass(frozen=True, eq=False)
class Projection:
    """All products together. What concerns several of them is put together when first asked for, which is why there are no slots.

    An outlook of a product that was kept from an earlier projection says `ready` as of then: what was ready is ready still.
    """

    products: Mapping[int, ProductProjection]
    terms: Terms

    def replacing(self, changed: Iterable[ProductProjection], terms: Terms | None = None) -> "Projection":
        """With these products projected anew and all others as they are; `terms` when warehouses or vendors changed too."""
        return Projection({**self.products, **{product.product_id: product for product in changed}}, terms or self.terms)

    def due(self, now: datetime) -> set[int]:
        """Products that have to be projected anew because of the clock alone."""
        return {key for key, product in self.products.items() if product.next_change is not None and product.next_change <= now}

    @cached_property
    def lines(self) -> Mapping[int, LineOutlook]:
        """By sale order line id; only lines with something left to ship."""
        own: dict[int, LineOutlook] = {}
        parts: defaultdict[int, list[LineOutlook]] = defaultdict(list)
        for product in self.products.values():
            for outlook in product.outlooks:
                if outlook.product_id == outlook.line.product_id:
                    own[outlook.line.id] = outlook
                else:
                    parts[outlook.line.id].append(outlook)
        return own | {line_id: assembled(found) for line_id, found in parts.items()} if parts else own

    @cached_property
    def pools(self) -> Mapping[PoolKey, Pool]:
        return {key: pool for product in self.products.values() for key, pool in product.pools.items()}

    @cached_property
    def empty(self) -> Mapping[PoolKey, Sequence[Supply]]:
        return {key: idle for product in self.products.values() for key, idle in product.empty.items()}


def project(snapshot: Snapshot, terms: Terms) -> Projection:
    """Serve all open demand of the snapshot."""
    return Projection({key: project_product(snapshot, key, terms) for key in sorted(known_products(snapshot))}, terms)


def project_product(snapshot: Snapshot, product_id: int, terms: Terms) -> ProductProjection:
    """Serve the open demand of one product. Pure, and the same whatever the snapshot holds of other products."""
    records = records_of(snapshot, product_id)
    announced = supplies(records, terms)
    needs = needs_of(records)
    found = _share_out(records, needs, announced, terms)
    known: Sent = {}
    for _ in range(MOST_HOPS):
        sent = as_sent(records, announced, found.allocations, terms)
        if sent == known:
            break
        found = _share_out(records, needs, replaced(announced, sent), terms)
        known = sent
    outlooks = [_outlook(records, need, found, terms) for need in needs]
    changes = _next_change(records.now, announced, found.pools, terms)
    return ProductProjection(product_id, outlooks, found.pools, _empty(found.coming), changes)


@dataclass(frozen=True, slots=True)
class _Shares:
    """Who gets what if `coming` comes."""

    coming: Sequence[Supply]
    own: Mapping[int, tuple[Peg, ...]]
    """Sale order line id → the supply that was made for it."""
    demands: Mapping[int, Demand]
    """Sale order line id → what it still wants from its pool."""
    pools: Mapping[PoolKey, Pool]
    allocations: Mapping[int, Allocation]
    """What each demand gets from its pool, by the demand's id."""


def _share_out(records: ProductRecords, needs: Sequence[Need], coming: Sequence[Supply], terms: Terms) -> _Shares:
    own, left = _serve_own(needs, supplies_by_sale_line(records, coming), coming)
    demands = {need.line.id: _demand(need, own.get(need.line.id, ())) for need in needs}
    pools = _pools(records, needs, demands, coming, left, terms)
    allocations: dict[int, Allocation] = {}
    for pool in pools.values():
        allocations.update(zip((demand.id for demand in pool.demands), fill(pool, pool.free), strict=True))
    return _Shares(coming, own, demands, pools, allocations)


def _outlook(records: ProductRecords, need: Need, found: _Shares, terms: Terms) -> LineOutlook:
    line = need.line
    allocation = found.allocations.get(line.id) or _unpooled(records, found.demands[line.id])
    if line.id in found.own:
        allocation = Allocation(allocation.from_stock, found.own[line.id] + allocation.pegs, allocation.missing)
    ready = allocation.ready(terms.ships(need.warehouse_id, records.now))
    return LineOutlook(
        line, need.warehouse_id, need.need_by, need.outstanding, need.reserved, allocation, ready,
        records.product_id, records.product.unit if records.product else line.ordered.unit, urgent=need.urgent,
    )  # fmt: skip


def _empty(coming: Sequence[Supply]) -> dict[PoolKey, list[Supply]]:
    idle = (supply for supply in coming if supply.move is not None and supply.expected is None)
    return grouped(idle, lambda supply: (supply.product_id, supply.warehouse_id) if supply.warehouse_id is not None else None)


def _next_change(now: datetime, announced: Sequence[Supply], pools: Mapping[PoolKey, Pool], terms: Terms) -> datetime | None:
    """From when on a supply is overdue, or a warehouse no longer ships what it has.

    What has already come too late is expected later with every day that passes.
    """
    moments = [max(supply.due, now) for supply in announced if supply.expected is not None]
    moments += [closes for _, warehouse_id in pools if (closes := terms.holds_until(warehouse_id, now)) is not None]
    return min(moments, default=None)


def _serve_own(
    needs: Sequence[Need], own: Mapping[int, Sequence[Supply]], coming: Sequence[Supply]
) -> tuple[dict[int, tuple[Peg, ...]], dict[int, Decimal]]:
    """Give make-to-order lines their own supply; returns the pegs by line and what is left of each supply by identity."""
    left = {id(supply): supply.amount for supply in coming}
    pegs: dict[int, tuple[Peg, ...]] = {}
    if own:
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


def _demand(need: Need, own: Sequence[Peg]) -> Demand:
    rest = need.outstanding - need.reserved
    for peg in own:
        rest -= peg.amount
    return Demand(need.need_by, need.order.ordered_at, need.line.id, rest if rest > ROUNDING else ZERO, need.urgent)


def _pools(
    records: ProductRecords,
    needs: Sequence[Need],
    demands: Mapping[int, Demand],
    coming: Sequence[Supply],
    left: Mapping[int, Decimal],
    terms: Terms,
) -> dict[PoolKey, Pool]:
    wanted: defaultdict[int, list[Demand]] = defaultdict(list)
    if records.stocked:
        for need in needs:
            demand = demands[need.line.id]
            if demand.amount and need.warehouse_id is not None:
                wanted[need.warehouse_id].append(demand)
    for warehouse_id, demand in _other_demand(records, {need.line.id: need.warehouse_id for need in needs}):
        wanted[warehouse_id].append(demand)
    expected: defaultdict[int, list[tuple[Supply, Decimal]]] = defaultdict(list)
    for supply in coming:
        if supply.warehouse_id is not None and supply.expected is not None and left[id(supply)] > ROUNDING:
            expected[supply.warehouse_id].append((supply, left[id(supply)]))
    return {
        (records.product_id, key): Pool(
            records.levels[key].free.amount if key in records.levels else ZERO,
            tuple(sorted(expected.get(key, ()), key=_arrival)),
            tuple(sorted(wanted.get(key, ()), key=lambda demand: demand.turn)),
            terms.ships(key, records.now),
        )
        for key in wanted.keys() | expected.keys() | records.levels.keys()
    }


def _arrival(item: tuple[Supply, Decimal]) -> tuple[datetime, int]:
    supply = item[0]
    return supply.expected or supply.due, supply.move.id if supply.move else 0


def _other_demand(records: ProductRecords, served: Mapping[int, int | None]) -> Iterator[tuple[int, Demand]]:
    """Moves out of a warehouse that none of its order lines stands for: transfers, production; with that warehouse.

    `served`: the warehouse that each line is served from.
    """
    for move in records.moves:
        origin = move.from_warehouse_id
        if origin is None or origin == move.to_warehouse_id:
            continue
        if move.sale_line_id is not None and served.get(move.sale_line_id) == origin:
            continue
        set_aside = sum((step.reserved.amount for step in steps_before(records, move)), move.reserved.amount)
        amount = move.demand.amount - set_aside
        if amount > ROUNDING:
            yield origin, Demand(move.expected_at, move.expected_at, -move.id, amount, move.urgent)


def _unpooled(records: ProductRecords, demand: Demand) -> Allocation:
    """What is not counted is always there; what has no warehouse cannot be found."""
    if not demand.amount:
        return NOTHING
    return Allocation(ZERO, (), demand.amount) if records.stocked else Allocation(demand.amount, (), ZERO)
