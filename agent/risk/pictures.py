"""From what was found to what is drawn."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from agent.domain.charts import Ageing, Arrival, Lane, SupplyTimeline
from agent.domain.findings import OrderRisk
from agent.domain.quantity import ROUNDING
from agent.domain.risk_list import Row
from agent.guardrails.policy import Policy
from agent.risk.outlooks import LineOutlook
from agent.risk.projection import project
from agent.risk.situation import Situation, situations
from agent.risk.snapshot import Snapshot
from agent.risk.terms import terms_of
from agent.risk.wording import amount

#: Upper ends in days late, with the bucket's name.
BUCKETS = ((0, "not late yet"), (3, "1–3 days"), (7, "4–7 days"), (14, "8–14 days"))
LONGER, NO_DATE = "longer", "nothing in sight"


def timeline_of(snapshot: Snapshot, policy: Policy) -> SupplyTimeline:
    """Of a snapshot that was taken of one order with something left to ship."""
    (situation,) = situations(snapshot, project(snapshot, terms_of(policy, snapshot)), policy.limits)
    order = situation.order
    return SupplyTimeline(
        title=f"{order.name} · {order.customer_name}",
        as_of=snapshot.now,
        promise=order.promise_date,
        projected=situation.projected,
        lanes=tuple(_lane(situation, line) for line in situation.goods),
    )


def _lane(situation: Situation, line: LineOutlook) -> Lane:
    return Lane(situation.product_name(line), line.outstanding, line.unit, tuple(_arrivals(situation, line)))


def _arrivals(situation: Situation, line: LineOutlook) -> Iterable[Arrival]:
    ships = situation.projection.terms.ships(line.warehouse_id, situation.now)
    warehouse = situation.snapshot.warehouse_name(line.warehouse_id)
    if line.reserved > ROUNDING:
        yield Arrival(ships, line.reserved, f"{amount(line.reserved, line.unit)} reserved, {warehouse}")
    if line.allocation.from_stock > ROUNDING:
        yield Arrival(ships, line.allocation.from_stock, f"{amount(line.allocation.from_stock, line.unit)} free, {warehouse}")
    pegs = sorted(line.allocation.pegs, key=lambda peg: (peg.supply.expected is None, peg.supply.expected or peg.supply.due))
    for peg in pegs:
        vendor = f", {peg.supply.purchase.vendor_name}" if peg.supply.purchase else ""
        open_end = " (not confirmed)" if peg.supply.purchase and not peg.supply.purchase.confirmed else ""
        label = f"{amount(peg.amount, line.unit)} · {peg.supply.source.name}{vendor}{open_end}"
        yield Arrival(peg.supply.expected, peg.amount, label)
    if line.allocation.missing > ROUNDING:
        yield Arrival(None, line.allocation.missing, f"{amount(line.allocation.missing, line.unit)} without any supply")


def ageing_of(orders: Iterable[OrderRisk], snapshot: Snapshot) -> Ageing:
    """The orders at risk of a snapshot, counted by the warehouse they ship from."""
    names = (*(name for _, name in BUCKETS), LONGER, NO_DATE)
    counts: dict[str, Counter[str]] = {}
    for risk in orders:
        warehouse = snapshot.warehouse_name(snapshot.orders[risk.order.id].warehouse_id)
        counts.setdefault(warehouse, Counter())[_bucket(risk)] += 1
    ranked = sorted(counts.items(), key=lambda item: (-item[1].total(), item[0]))
    rows = tuple((warehouse, tuple(found[name] for name in names)) for warehouse, found in ranked)
    return Ageing("Orders at risk by warehouse and days late", snapshot.now, names, rows)


def ageing_of_rows(rows: Mapping[str, Sequence[Row]], as_of: datetime) -> Ageing:
    """The same from the rows of a board, by the name of their warehouse; one without orders at risk is left out."""
    names = (*(name for _, name in BUCKETS), LONGER, NO_DATE)
    counts = {
        warehouse: Counter(_bucket_of(row["projected_date"], row["days_late"]) for row in of) for warehouse, of in rows.items()
    }
    ranked = sorted(((one, found) for one, found in counts.items() if found), key=lambda item: (-item[1].total(), item[0]))
    told = tuple((warehouse, tuple(found[name] for name in names)) for warehouse, found in ranked)
    return Ageing("Orders at risk by warehouse and days late", as_of, names, told)


def _bucket(risk: OrderRisk) -> str:
    return _bucket_of(risk.projected_date, risk.days_late)


def _bucket_of(projected: object, days_late: int) -> str:
    if projected is None:
        return NO_DATE
    return next((name for most, name in BUCKETS if days_late <= most), LONGER)
