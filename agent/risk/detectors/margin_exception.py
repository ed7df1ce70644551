"""Open lines that are sold too cheap: under the margin floor, or over the discount ceiling."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.domain.money import Money
from agent.domain.sales import SaleOrderLine
from agent.guardrails.policy import Thresholds
from agent.risk.situation import Situation
from agent.risk.wording import listed

ZERO, HUNDRED = Decimal(0), Decimal(100)


def margin_exception(situation: Situation) -> Iterator[Finding]:
    """One finding for the order, naming its lines that are still to ship; without a cost the discount alone counts."""
    limits = situation.thresholds
    found = [(line.line, reason) for line in situation.lines if (reason := _reason(line.line, limits))]
    if found:
        yield _finding(situation, [line for line, _ in found], [reason for _, reason in found])


def _reason(line: SaleOrderLine, limits: Thresholds) -> str | None:
    if _missing(line, limits) > 0:
        margin = _margin(line)
        return "is given away" if margin is None else f"{'loses' if margin < 0 else 'earns'} {abs(margin):.1f} %"
    if line.discount_percent > limits.discount_ceiling_percent:
        return f"is sold with {line.discount_percent.normalize():f} % discount"
    return None


def _missing(line: SaleOrderLine, limits: Thresholds) -> Decimal:
    """What the line would have to bring more for the floor; 0 where that cannot be said."""
    if line.cost is None or line.cost.amount <= 0 or line.cost.currency != line.value.currency:
        return ZERO
    return line.cost.amount - line.value.amount * (100 - limits.margin_floor_percent) / HUNDRED


def _margin(line: SaleOrderLine) -> Decimal | None:
    """In percent of what it is sold for; None when it is sold for nothing."""
    if line.cost is None or line.value.amount <= 0:
        return None
    return (line.value.amount - line.cost.amount) * HUNDRED / line.value.amount


def _finding(situation: Situation, lines: Sequence[SaleOrderLine], reasons: Sequence[str]) -> Finding:
    order, limits = situation.order, situation.thresholds
    missing = sum((max(_missing(line, limits), ZERO) for line in lines), ZERO)
    said = listed([f"{line.product_name} {reason}" for line, reason in zip(lines, reasons, strict=True)])
    return Finding(
        kind=FindingKind.MARGIN_EXCEPTION,
        severity=Severity.MEDIUM if any(_loss(line) for line in lines) else Severity.LOW,
        order=order.record,
        subject=order.record,
        since=order.ordered_at,
        summary=f"{order.name} for {order.customer_name} is sold too cheap: {said} "
        f"(at least {limits.margin_floor_percent} % margin, at most {limits.discount_ceiling_percent} % discount).",
        warehouse_id=order.warehouse_id,
        evidence=tuple(evidence for line in lines for evidence in _evidence(line)),
        at_stake=Money(missing, lines[0].value.currency) if missing else None,
    )


def _loss(line: SaleOrderLine) -> bool:
    return line.cost is not None and line.cost.currency == line.value.currency and line.value < line.cost


def _evidence(line: SaleOrderLine) -> Iterator[Evidence]:
    yield Evidence(line.record, "price_subtotal", str(line.value))
    if line.cost is not None:
        yield Evidence(line.record, "cost", str(line.cost))
    if line.discount_percent:
        yield Evidence(line.record, "discount", f"{line.discount_percent.normalize():f} %")
