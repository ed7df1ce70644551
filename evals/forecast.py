"""Our projection beside Odoo's own forecast, move by move.

Odoo 19 says of every open move out of a warehouse how much of it is covered (`forecast_availability`, negative: by how much it
falls short) and when the last of it comes (`forecast_expected_date`, empty: it is in stock). Ours says it of order lines. Where
both differ, one of the named traps has to be the reason, which two things prove together: the records of the goods show it (its
sign), and with the records changed so that the trap is none (its cure) both say the same.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import combinations
from typing import Any

from agent.domain.stock import Move
from agent.risk.outlooks import LineOutlook
from agent.risk.pools import ZERO, Allocation, fill
from agent.risk.product_records import records_of
from agent.risk.projection import ProductProjection, project_product
from agent.risk.snapshot import Snapshot
from agent.risk.taking import take_snapshot
from agent.risk.terms import Terms
from evals.forecast_traps import TRAPS, Trap, leaves
from integrations.odoo.connection import OdooConnection
from integrations.odoo.pages import batches
from integrations.odoo.reader import OdooReader

EXACT = Decimal("0.001")
FIELDS = ["forecast_availability", "forecast_expected_date"]


@dataclass(frozen=True, slots=True)
class Told:
    """Of the moves that stand for one demand: what nothing covers, and when the last of the rest comes (None: it is in stock)."""

    short: Decimal
    date: datetime | None

    def agrees(self, other: "Told") -> bool:
        return abs(self.short - other.short) < EXACT and self.date == other.date


@dataclass(frozen=True, slots=True)
class Disagreement:
    moves: tuple[Move, ...]
    ours: Told
    odoo: Told
    reasons: tuple[str, ...]
    """Names of the traps that explain it together; empty when nothing does."""


@dataclass(frozen=True, slots=True)
class Comparison:
    moves: int
    """Open moves out of a warehouse, all of them."""
    disagreements: tuple[Disagreement, ...]
    differing_when_cured: int
    """With every trap cured everywhere, moves on which both still differ."""

    @property
    def explained(self) -> int:
        return sum(len(each.moves) for each in self.disagreements if each.reasons)

    @property
    def unexplained(self) -> int:
        return sum(len(each.moves) for each in self.disagreements if not each.reasons)

    @property
    def agreement(self) -> float:
        """Share of the moves that no named trap explains on which both say the same."""
        outside = self.moves - self.explained
        return 1 - self.unexplained / outside if outside else 1.0

    def by_reason(self) -> Counter[str]:
        """Moves by the traps that explain them together."""
        found: Counter[str] = Counter()
        for each in self.disagreements:
            found[" + ".join(each.reasons) or "unexplained"] += len(each.moves)
        return found


def odoo_forecast(connection: OdooConnection, snapshot: Snapshot) -> dict[int, Told]:
    """Move id → what Odoo says of it, of every move that leaves a warehouse."""
    leaving = (move for moves in snapshot.moves_by_product.values() for move in moves if leaves(move))
    rows: list[dict[str, Any]] = []
    for ids in batches(move.id for move in leaving):  # by product, as Odoo looks at all moves of a product to answer for one
        rows += connection.ask("stock.move", "read", ids=ids, fields=FIELDS, load="")
    return {row["id"]: _told_by_odoo(row) for row in rows}


def _told_by_odoo(row: Mapping[str, Any]) -> Told:
    covered, date = Decimal(str(row["forecast_availability"])), row["forecast_expected_date"]
    return Told(max(-covered, ZERO), datetime.fromisoformat(date).replace(tzinfo=UTC) if date and covered >= 0 else None)


def everything(reader: OdooReader, now: datetime) -> Snapshot:
    """All open orders, and of products that nobody ordered what is in stock too: Odoo forecasts their moves as well."""
    snapshot = take_snapshot(reader, now)
    others = sorted(snapshot.moves_by_product.keys() - snapshot.products.keys())
    levels = {(level.product_id, level.warehouse_id): level for level in reader.stock_levels(others)}
    products = {product.id: product for product in reader.products(others)}
    return replace(snapshot, levels={**snapshot.levels, **levels}, products={**snapshot.products, **products})


def compare(snapshot: Snapshot, terms: Terms, forecast: Mapping[int, Told]) -> Comparison:
    """Every product of the snapshot; `forecast` is Odoo's of the same moment."""
    moves = when_cured = 0
    disagreements: list[Disagreement] = []
    for product_id in sorted(snapshot.moves_by_product):
        goods = one_product(snapshot, product_id)
        ours = told_by_us(goods, product_id, terms)
        odoo = {moves_of: _together([forecast[move.id] for move in moves_of]) for moves_of in ours}
        differing = [moves_of for moves_of in ours if not ours[moves_of].agrees(odoo[moves_of])]
        signs = [trap for trap in TRAPS if trap.sign(goods)]
        reasons = _explained(goods, product_id, terms, {key: odoo[key] for key in differing}, signs)
        disagreements += [Disagreement(key, ours[key], odoo[key], reasons.get(key, ())) for key in differing]
        moves += sum(len(key) for key in ours)
        when_cured += _differing_when_cured(goods, product_id, terms, forecast)
    return Comparison(moves, tuple(disagreements), when_cured)


def _differing_when_cured(goods: Snapshot, product_id: int, terms: Terms, forecast: Mapping[int, Told]) -> int:
    for trap in TRAPS:
        goods = trap.cure(goods)
    told = told_by_us(goods, product_id, terms)
    return sum(len(key) for key, ours in told.items() if not ours.agrees(_together([forecast[move.id] for move in key])))


def _explained(
    goods: Snapshot, product_id: int, terms: Terms, differing: Mapping[tuple[Move, ...], Told], signs: Sequence[Trap]
) -> dict[tuple[Move, ...], tuple[str, ...]]:
    """The fewest traps that explain each difference, those named first before others."""
    reasons: dict[tuple[Move, ...], tuple[str, ...]] = {}
    for traps in (some for number in range(1, len(signs) + 1) for some in combinations(signs, number)):
        if len(reasons) == len(differing):
            break
        cured = goods
        for trap in traps:
            cured = trap.cure(cured)
        told = {frozenset(move.id for move in key): said for key, said in told_by_us(cured, product_id, terms).items()}
        for key, said in differing.items():
            ours = told.get(frozenset(move.id for move in key))
            if key not in reasons and ours is not None and ours.agrees(said):
                reasons[key] = tuple(trap.name for trap in traps)
    return reasons


def one_product(snapshot: Snapshot, product_id: int) -> Snapshot:
    """What the snapshot holds of it."""
    records = records_of(snapshot, product_id)
    return Snapshot(
        now=snapshot.now,
        orders={line.order_id: snapshot.orders[line.order_id] for line in records.lines},
        lines=records.lines,
        products={product_id: records.product} if records.product else {},
        warehouses=snapshot.warehouses,
        levels={(product_id, key): level for key, level in records.levels.items()},
        moves=records.moves,
        purchase_lines=records.purchase_lines,
    )


def told_by_us(goods: Snapshot, product_id: int, terms: Terms) -> dict[tuple[Move, ...], Told]:
    """The moves that stand for one demand → what ours says of it. Several deliveries of one order line are one demand."""
    projection = project_product(goods, product_id, terms)
    outlooks = {outlook.line.id: outlook for outlook in projection.outlooks}
    others = dict(_allocations(projection))
    own: dict[int, list[Move]] = {}
    told: dict[tuple[Move, ...], Told] = {}
    for move in goods.moves:
        if not leaves(move):
            continue
        outlook = outlooks.get(move.sale_line_id) if move.sale_line_id is not None else None
        if outlook is not None and outlook.warehouse_id == move.from_warehouse_id:
            own.setdefault(outlook.line.id, []).append(move)
        else:
            told[move,] = _told(others.get(-move.id, Allocation(ZERO, (), ZERO)))
    return told | {tuple(moves): _told_of(outlooks[line_id]) for line_id, moves in own.items()}


def _told_of(outlook: LineOutlook) -> Told:
    return _told(outlook.allocation)


def _told(allocation: Allocation) -> Told:
    missing = sum((peg.amount for peg in allocation.pegs if peg.supply.expected is None), allocation.missing)
    dates = [peg.supply.expected for peg in allocation.pegs if peg.supply.expected is not None]
    return Told(missing, None if missing >= EXACT else max(dates, default=None))


def _allocations(projection: ProductProjection) -> Iterator[tuple[int, Allocation]]:
    for pool in projection.pools.values():
        yield from zip((demand.id for demand in pool.demands), fill(pool, pool.free), strict=True)


def _together(told: Sequence[Told]) -> Told:
    short = sum((each.short for each in told), ZERO)
    dates = [each.date for each in told if each.date is not None]
    return Told(short, None if short >= EXACT else max(dates, default=None))
