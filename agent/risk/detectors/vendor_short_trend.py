"""A vendor ships short more often than it used to."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from statistics import median

from agent.domain.findings import Affected, Finding, FindingKind, Severity, Trend
from agent.domain.history import Receipt
from agent.domain.purchasing import PurchaseLine
from agent.risk.arrivals import Past, evidence_of, mostly, pasts, to_come, together
from agent.risk.demand import left_out
from agent.risk.detectors.receipt_short import is_short
from agent.risk.operations import Operations, worst_of
from agent.risk.trend import rise, told
from agent.risk.wording import listed

SHOWN = 5


def vendor_short_trend(operations: Operations) -> Iterator[Finding]:
    """One finding for each vendor whose receipts came short lately so much more often than before that it is hardly an accident.

    It names the purchases still to come, and the orders that would lack goods if these came short by as much.
    """
    for past in pasts(operations):
        recent = [_short(past, lines) for lines in together(past.recent)]
        if not any(recent):
            continue
        earlier = [bool(_short(past, lines)) for lines in together(past.earlier)]
        trend = rise([bool(short) for short in recent], earlier, past.thresholds)
        if trend:
            yield _finding(operations, past, trend, [short for short in recent if short])


def _short(past: Past, lines: Sequence[Receipt]) -> list[Receipt]:
    return [line for line in lines if is_short(line, past.thresholds)]


def _finding(operations: Operations, past: Past, trend: Trend, short: Sequence[Sequence[Receipt]]) -> Finding:
    share = median(line.missing.amount / line.ordered.amount for lines in short for line in lines)
    open_lines = to_come(operations, past.vendor.id)
    orders = _orders(operations, open_lines, share)
    fate = f"came short, usually by {share * 100:.0f} %{mostly([[line.product_name for line in lines] for lines in short])}"
    coming = listed(list(dict.fromkeys(line.order_name for line in open_lines)))
    lacking = f"; {listed([order.order.name for order in orders])} would lack goods if it goes on like that" if orders else ""
    newest = sorted((line for lines in short for line in lines), key=lambda line: line.arrived_at, reverse=True)
    return Finding(
        kind=FindingKind.VENDOR_SHORT_TREND,
        severity=worst_of(orders, Severity.MEDIUM if trend.sureness == "sure" else Severity.LOW),
        subject=past.vendor,
        since=newest[-1].arrived_at,
        summary=f"{past.vendor.name}: {told(trend, 'receipts', fate)}"
        f"{f'; still to come: {coming}' if open_lines else ''}{lacking}.",
        evidence=tuple(fact for line in newest[:SHOWN] for fact in evidence_of(line)),
        affects=orders,
        warehouse_id=past.warehouse_id,
        trend=trend,
    )


def _orders(operations: Operations, open_lines: Sequence[PurchaseLine], share: Decimal) -> tuple[Affected, ...]:
    ids = dict.fromkeys(line.order_id for line in open_lines)
    return left_out((each for order_id in ids for each in operations.waiting_by_purchase.get(order_id, ())), share)
