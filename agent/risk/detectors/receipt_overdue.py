"""A purchase the order waits for has not come when it should have."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.domain.purchasing import PurchaseLine
from agent.risk.pools import Peg
from agent.risk.projection import LineOutlook
from agent.risk.situation import Situation, days_between, line_evidence, supply_evidence
from agent.risk.wording import ago, amount, day


def receipt_overdue(situation: Situation) -> Iterator[Finding]:
    """One finding for each confirmed purchase that is past its date by more than the policy's grace."""
    deadline = situation.now - timedelta(days=situation.thresholds.receipt_grace_days)
    overdue: dict[int, list[tuple[LineOutlook, Peg, PurchaseLine]]] = {}
    for line in situation.lines:
        for peg in line.allocation.pegs:
            purchase = peg.supply.purchase
            if purchase and purchase.confirmed and peg.supply.due < deadline:
                overdue.setdefault(purchase.order_id, []).append((line, peg, purchase))
    for waiting in overdue.values():
        yield _finding(situation, waiting)


def _finding(situation: Situation, waiting: Sequence[tuple[LineOutlook, Peg, PurchaseLine]]) -> Finding:
    order = situation.order
    line, peg, purchase = min(waiting, key=lambda found: found[1].supply.due)
    due, late = peg.supply.due, ago(days_between(peg.supply.due, situation.now))
    quantity = sum((found[1].amount for found in waiting if found[0].line.product_id == line.line.product_id), Decimal(0))
    products = len({found[0].line.product_id for found in waiting}) - 1
    more = f" and {products} more of its products" if products else ""
    return Finding(
        kind=FindingKind.RECEIPT_OVERDUE,
        severity=Severity.HIGH if _breaks_promise(situation) else Severity.MEDIUM,
        order_id=order.id,
        subject=purchase.record,
        since=due,
        summary=f"{purchase.order_name} from {purchase.vendor_name} was due on {day(due)} ({late}) and has not come; "
        f"{order.name} waits for {amount(quantity, line.line.ordered.unit)} of {situation.product_name(line)}{more} from it.",
        evidence=tuple(dict.fromkeys(_evidence(waiting))),
    )


def _breaks_promise(situation: Situation) -> bool:
    promise = situation.order.promise_date
    return promise is not None and (situation.projected is None or situation.projected > promise)


def _evidence(waiting: Sequence[tuple[LineOutlook, Peg, PurchaseLine]]) -> Iterator[Evidence]:
    for line, peg, _ in waiting:
        yield from supply_evidence(peg.supply)
        yield from line_evidence(line)
