"""A vendor is late more often than it used to be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from statistics import median_high

from agent.domain.calendars import days_between
from agent.domain.findings import Affected, Evidence, Finding, FindingKind, Severity, Trend
from agent.domain.history import Receipt
from agent.domain.purchasing import PurchaseLine
from agent.guardrails.policy import Thresholds
from agent.risk.arrivals import Past, evidence_of, mostly, pasts, to_come, together
from agent.risk.demand import broken_if_later
from agent.risk.operations import Operations, worst_of
from agent.risk.snapshot import grouped
from agent.risk.trend import rise, told
from agent.risk.wording import days, listed

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Delay:
    """A receipt that came late, or a purchase that should have come and did not."""

    promised_at: datetime
    days: int
    products: tuple[str, ...]
    evidence: tuple[Evidence, ...]


def vendor_delay_trend(operations: Operations) -> Iterator[Finding]:
    """One finding for each vendor that is late so much more often than before that it is hardly an accident.

    Recent are the receipts of the policy's window, and the open purchases that were due in it and have not come: by the day that
    was promised first, for moving the promise does not make them punctual. It names the purchases still to come, and the orders
    that would miss their promise if these were as late.
    """
    for past in pasts(operations):
        came = [_late(operations, lines, past.thresholds) for lines in together(past.recent)]
        open_lines = to_come(operations, past.vendor.id)
        missing = list(_missing(operations, open_lines, past.thresholds))
        late = [*(delay for delay in came if delay), *missing]
        if not late:
            continue
        earlier = [bool(_late_lines(lines, past.thresholds)) for lines in together(past.earlier)]
        trend = rise([*(bool(delay) for delay in came), *(True for _ in missing)], earlier, past.thresholds)
        if trend:
            yield _finding(operations, past, trend, late, open_lines, bool(missing))


def _late(operations: Operations, lines: Sequence[Receipt], thresholds: Thresholds) -> Delay | None:
    """A receipt with several lines is as late as the latest of them."""
    late = _late_lines(lines, thresholds)
    if not late:
        return None
    worst = max(late, key=lambda line: line.arrived_at - line.promised_at)
    return Delay(
        worst.promised_at,
        days_between(worst.promised_at, worst.arrived_at, operations.zone(worst.warehouse_id)),
        tuple(line.product_name for line in late),
        tuple(evidence_of(worst)),
    )


def _late_lines(lines: Sequence[Receipt], thresholds: Thresholds) -> list[Receipt]:
    grace = timedelta(days=thresholds.receipt_grace_days)
    return [line for line in lines if line.arrived_at > line.promised_at + grace]


def _missing(operations: Operations, lines: Sequence[PurchaseLine], thresholds: Thresholds) -> Iterator[Delay]:
    """One for each purchase; what was due before the window is no recent event."""
    deadline = operations.now - timedelta(days=thresholds.receipt_grace_days)
    window = operations.now - timedelta(days=thresholds.trend_window_days)
    due = [line for line in lines if window <= first_promise(line) < deadline]
    for late in grouped(due, lambda line: line.order_id).values():
        worst = min(late, key=first_promise)
        announced = max(line.vendor_promise_date for line in late)
        yield Delay(
            first_promise(worst),
            days_between(first_promise(worst), max(announced, operations.now), operations.zone(worst.warehouse_id)),
            tuple(line.product_name for line in late),
            tuple(_dates(worst)),
        )


def first_promise(line: PurchaseLine) -> datetime:
    """Before it was moved: a new promise leaves the receipt where it was, so the earlier of the two is the old one."""
    return min(line.vendor_promise_date, line.receipt_expected_at or line.vendor_promise_date)


def _dates(line: PurchaseLine) -> Iterator[Evidence]:
    yield Evidence(line.line_record, "date_planned", line.vendor_promise_date.isoformat())
    if line.receipt_expected_at:
        yield Evidence(line.line_record, "receipt date", line.receipt_expected_at.isoformat())


def _finding(
    operations: Operations, past: Past, trend: Trend, late: Sequence[Delay], open_lines: Sequence[PurchaseLine], missing: bool
) -> Finding:
    usual = median_high(delay.days for delay in late)
    orders = _orders(operations, open_lines, usual)
    fate = f"{'came late or are missing' if missing else 'came late'}, usually by {days(usual)}"
    newest = sorted(late, key=lambda delay: delay.promised_at, reverse=True)
    moved = [line for line in open_lines if _announced_later(operations.now, line, past.thresholds)]
    return Finding(
        kind=FindingKind.VENDOR_DELAY_TREND,
        severity=worst_of(orders, Severity.MEDIUM if trend.sureness == "sure" else Severity.LOW),
        subject=past.vendor,
        since=newest[-1].promised_at,
        summary=f"{past.vendor.name}: {told(trend, 'receipts', fate + mostly([delay.products for delay in late]))}"
        f"{_coming(open_lines, moved)}{_endangered(orders)}.",
        evidence=tuple(chain(*(delay.evidence for delay in newest[:SHOWN]), *(_dates(line) for line in moved))),
        affects=orders,
        warehouse_id=past.warehouse_id,
        trend=trend,
    )


def _orders(operations: Operations, open_lines: Sequence[PurchaseLine], usual: int) -> tuple[Affected, ...]:
    ids = dict.fromkeys(line.order_id for line in open_lines)
    return broken_if_later((each for order_id in ids for each in operations.waiting_by_purchase.get(order_id, ())), usual)


def _announced_later(now: datetime, line: PurchaseLine, thresholds: Thresholds) -> bool:
    """Moved to a later day before the first one was over."""
    grace, first = timedelta(days=thresholds.receipt_grace_days), first_promise(line)
    return first >= now - grace and line.vendor_promise_date > first + grace


def _coming(open_lines: Sequence[PurchaseLine], moved: Sequence[PurchaseLine]) -> str:
    if not open_lines:
        return ""
    later = listed(list(dict.fromkeys(line.order_name for line in moved)))
    names = listed(list(dict.fromkeys(line.order_name for line in open_lines)))
    return f"; still to come: {names}{f' (already announced for later: {later})' if moved else ''}"


def _endangered(orders: Sequence[Affected]) -> str:
    return f"; {listed([order.order.name for order in orders])} would be late if it goes on like that" if orders else ""
