"""One open order with everything the rules look at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from agent.domain.calendars import days_between
from agent.domain.findings import Affected, Evidence, Severity
from agent.domain.money import Money
from agent.domain.quantity import ROUNDING
from agent.domain.records import Record
from agent.domain.sales import Customer, SaleOrder, Segment
from agent.guardrails.policy import Scope, ThresholdBook, Thresholds
from agent.risk.credit import CreditStanding, standing
from agent.risk.projection import LineOutlook, Projection
from agent.risk.snapshot import Snapshot
from agent.risk.supply import Supply
from agent.risk.terms import scope_of


@dataclass(frozen=True, slots=True)
class Situation:
    """What a detector gets. `lines` are the goods still to ship; there is at least one."""

    snapshot: Snapshot
    projection: Projection
    thresholds: Thresholds
    order: SaleOrder
    customer: Customer | None
    credit: CreditStanding | None
    """Of the customer; None when the reader does not know the customer."""
    lines: tuple[LineOutlook, ...]
    projected: datetime | None
    """When the last line can ship; None when some line has no supply."""
    outstanding_value: Money
    """Of the goods still to ship."""

    @property
    def now(self) -> datetime:
        return self.snapshot.now

    @property
    def zone(self) -> tzinfo:
        """Of the warehouse that delivers it: by its days the promise is kept or missed."""
        return self.projection.terms.zone(self.order.warehouse_id)

    @property
    def segment(self) -> Segment:
        return self.customer.segment if self.customer else Segment.STANDARD

    @property
    def days_late(self) -> int:
        """Calendar days from the promise to the projected date, or to today when nothing is in sight."""
        if self.order.promise_date is None:
            return 0
        return max(0, days_between(self.order.promise_date, self.projected or self.now, self.zone))

    @property
    def late_lines(self) -> list[LineOutlook]:
        """Lines whose last unit is expected, but after the promise."""
        promise = self.order.promise_date
        return [line for line in self.lines if promise is not None and line.ready is not None and line.ready > promise]

    def affected(self, lines: Sequence[LineOutlook], severity: Severity | None = None) -> Affected:
        """This order, as one that waits for these lines; at least one."""
        value = Money(sum((line.value.amount for line in lines), Decimal(0)), lines[0].value.currency)
        return Affected(self.order.record, self.order.customer_name, self.days_late, value, severity)

    def whole(self, severity: Severity) -> Affected:
        """This order, as one of which everything waits."""
        return Affected(self.order.record, self.order.customer_name, self.days_late, self.outstanding_value, severity)

    @property
    def goods(self) -> list[LineOutlook]:
        """What is shipped: the lines, and instead of a kit's line its parts."""
        return [goods for line in self.lines for goods in line.parts or (line,)]

    def product_name(self, line: LineOutlook) -> str:
        """Of what is shipped: of a part its own name."""
        product = self.snapshot.products.get(line.product_id)
        return product.name if product else line.line.product_name

    def short_parts(self, line: LineOutlook) -> list[str]:
        """Names of a kit's parts that are not all there; of the parts that will never come when there are such."""
        never = [part for part in line.parts if part.ready is None]
        last = [part for part in line.parts if part.ready == line.ready and part.short_now > ROUNDING]
        return [self.product_name(part) for part in never or last]

    @property
    def breaks_promise(self) -> bool:
        """As things stand, the last line ships after the promise, or never."""
        promise = self.order.promise_date
        return promise is not None and (self.projected is None or self.projected > promise)

    def promised_within_horizon(self) -> bool:
        """The promise is past or near enough to be looked at."""
        horizon = self.now + timedelta(days=self.thresholds.at_risk_horizon_days)
        return self.order.promise_date is not None and self.order.promise_date <= horizon

    def severity_of_delay(self, days: int, otherwise: Severity, worse: Severity) -> Severity:
        """`worse` for a strategic customer or a long delay."""
        grave = days >= self.thresholds.critical_days_late or self.segment is Segment.STRATEGIC
        return worse if grave else otherwise


def situations(snapshot: Snapshot, projection: Projection, limits: ThresholdBook) -> Iterator[Situation]:
    """Of the orders looked at, those with goods left to ship."""
    return situations_of(snapshot, projection, limits, snapshot.subjects, standings(snapshot, limits, snapshot.customers))


def standings(snapshot: Snapshot, limits: ThresholdBook, customer_ids: Iterable[int]) -> dict[int, CreditStanding]:
    """How those of these customers that are known stand with us."""
    customers = (snapshot.customers[key] for key in customer_ids if key in snapshot.customers)
    return {each.id: standing(snapshot, limits.at(Scope(segment=each.segment)), each) for each in customers}


def situations_of(
    snapshot: Snapshot,
    projection: Projection,
    limits: ThresholdBook,
    order_ids: Iterable[int],
    credit: Mapping[int, CreditStanding],
) -> Iterator[Situation]:
    """Of those of these orders that are looked at and have goods left to ship, in order of their ids."""
    outlooks = projection.lines
    for order_id in sorted(snapshot.subjects.intersection(order_ids)):
        lines = tuple(outlooks[line.id] for line in snapshot.lines_by_order.get(order_id, ()) if line.id in outlooks)
        if lines:
            order = snapshot.orders[order_id]
            yield _situation(snapshot, projection, limits, order, credit.get(order.customer_id), lines)


def _situation(
    snapshot: Snapshot,
    projection: Projection,
    limits: ThresholdBook,
    order: SaleOrder,
    credit: CreditStanding | None,
    lines: tuple[LineOutlook, ...],
) -> Situation:
    dates = [line.ready for line in lines if line.ready is not None]
    values = [line.value for line in lines]
    segment = credit.customer.segment if credit else None
    return Situation(
        snapshot=snapshot,
        projection=projection,
        thresholds=limits.at(scope_of(snapshot, order.warehouse_id, segment=segment)),
        order=order,
        customer=credit.customer if credit else None,
        credit=credit,
        lines=lines,
        projected=max(dates) if len(dates) == len(lines) else None,
        outstanding_value=Money(sum((value.amount for value in values), Decimal(0)), values[0].currency),
    )


def line_evidence(outlook: LineOutlook) -> tuple[Evidence, ...]:
    """Ordered and delivered, from the order line."""
    line = outlook.line
    return (
        Evidence(line.record, "product_uom_qty", str(line.ordered)),
        Evidence(line.record, "qty_delivered", str(line.delivered)),
    )


def supply_evidence(supply: Supply) -> tuple[Evidence, ...]:
    """The dates a supply was announced for."""
    found = []
    if supply.purchase:
        line = Record("purchase.order.line", supply.purchase.id, supply.purchase.product_name)
        found.append(Evidence(supply.source, "partner_id", supply.purchase.vendor_name))
        found.append(Evidence(line, "date_planned", supply.purchase.vendor_promise_date.isoformat()))
        found.append(Evidence(line, "qty_received", f"{supply.purchase.received} of {supply.purchase.ordered}"))
    if supply.move:
        move = Record("stock.move", supply.move.id, supply.source.name)
        found.append(Evidence(move, "date", supply.move.expected_at.isoformat()))
    return tuple(found)
