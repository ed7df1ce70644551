"""The vendor's promise for a purchase is not what its price list says it takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from agent.domain.calendars import days_between
from agent.domain.findings import Affected, Evidence, Finding, FindingKind
from agent.domain.purchasing import PurchaseLine, VendorPrice
from agent.risk.demand import broken_by, broken_if_later
from agent.risk.operations import Operations, affected, worst_of
from agent.risk.price_list import listed_prices
from agent.risk.snapshot import grouped
from agent.risk.wording import day, days, listed, waiting_orders


@dataclass(frozen=True, slots=True)
class Variance:
    line: PurchaseLine
    ordered_at: datetime
    price: VendorPrice
    zone: tzinfo

    @property
    def takes(self) -> int:
        return days_between(self.ordered_at, self.line.vendor_promise_date, self.zone)

    @property
    def more(self) -> int:
        """Negative when it is promised sooner than the list allows for."""
        return self.takes - self.price.lead_days


def lead_time_variance(operations: Operations) -> Iterator[Finding]:
    """One finding for each confirmed purchase whose promise differs from the price list's lead time by more than is tolerated.

    Later is told with the orders whose promise that breaks. Sooner, as long as the day is not over, is doubtful, and told with
    the orders that would be late if it took as long as the list says.
    """
    found = (variance for line in operations.snapshot.purchase_lines if (variance := _variance(operations, line)))
    for variances in grouped(found, lambda variance: variance.line.order_id).values():
        worst = max(variances, key=lambda variance: abs(variance.more))
        yield _finding(operations, worst, [each for each in variances if (each.more > 0) is (worst.more > 0)])


def _variance(operations: Operations, line: PurchaseLine) -> Variance | None:
    if not line.confirmed:
        return None
    prices = listed_prices(operations.snapshot, line, operations.zone(line.warehouse_id))
    purchase = operations.snapshot.purchases_by_id.get(line.order_id)
    ordered_at = line.ordered_at or (purchase.ordered_at if purchase else None)
    if not prices or ordered_at is None:
        return None
    variance = Variance(line, ordered_at, prices[0], operations.zone(line.warehouse_id))
    tolerated = operations.thresholds(line.warehouse_id, line.vendor_id).lead_time_variance_days
    over = variance.more < 0 and line.vendor_promise_date < operations.now
    return variance if abs(variance.more) > tolerated and not over else None


def _finding(operations: Operations, worst: Variance, variances: Sequence[Variance]) -> Finding:
    line = worst.line
    orders = _orders(operations, worst, frozenset(each.line.id for each in variances))
    goods = listed([each.line.product_name for each in variances], most=2)
    return Finding(
        kind=FindingKind.LEAD_TIME_VARIANCE,
        severity=worst_of(orders),
        subject=line.record,
        since=worst.ordered_at,
        summary=f"{line.order_name} from {line.vendor_name} ({goods}) is promised for "
        f"{day(line.vendor_promise_date, worst.zone)}, {days(worst.takes)} after it was ordered, but its price list says "
        f"{days(worst.price.lead_days)}{_consequence(worst, orders)}.",
        evidence=tuple(fact for each in variances for fact in _evidence(each)),
        affects=orders,
        warehouse_id=line.warehouse_id,
    )


def _orders(operations: Operations, worst: Variance, lines: frozenset[int]) -> tuple[Affected, ...]:
    waiting = [
        each
        for each in operations.waiting_by_purchase.get(worst.line.order_id, ())
        if each.peg.supply.purchase and each.peg.supply.purchase.id in lines
    ]
    return affected(broken_by(waiting)) if worst.more > 0 else broken_if_later(waiting, -worst.more)


def _consequence(worst: Variance, orders: Sequence[Affected]) -> str:
    if worst.more > 0:
        return waiting_orders(orders)
    listed_day = worst.ordered_at + timedelta(days=worst.price.lead_days)
    names = listed([order.order.name for order in orders])
    late = f", too late for {names}" if orders else ""
    return f"; by that it comes on {day(listed_day, worst.zone)}{late}"


def _evidence(variance: Variance) -> Iterator[Evidence]:
    line = variance.line
    yield Evidence(line.record, "date_order", variance.ordered_at.isoformat())
    yield Evidence(line.line_record, "date_planned", line.vendor_promise_date.isoformat())
    yield Evidence(variance.price.record, "delay", days(variance.price.lead_days))
