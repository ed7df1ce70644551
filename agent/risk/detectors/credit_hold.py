"""Goods still to ship to a customer who is over the credit limit or does not pay."""

from collections.abc import Iterator

from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.domain.money import Money
from agent.domain.sales import Customer
from agent.risk.situation import Situation


def credit_hold(situation: Situation) -> Iterator[Finding]:
    """One finding for the customer, naming the overdue invoices, the limit, or both."""
    credit = situation.credit
    if credit is None:
        return
    customer, over_limit = credit.customer, _over_limit(situation)
    if not credit.overdue and over_limit is None:
        return
    reasons = [credit.words] if credit.overdue else []
    if over_limit is not None:
        reasons.append(f"stands at {over_limit} against a credit limit of {customer.credit_limit}")
    yield Finding(
        kind=FindingKind.CREDIT_HOLD,
        severity=Severity.HIGH if situation.promised_within_horizon() else Severity.MEDIUM,
        order_id=situation.order.id,
        subject=customer.record,
        since=credit.overdue_since or situation.order.ordered_at,
        summary=f"{customer.name} {' and '.join(reasons)}; "
        f"{situation.outstanding_value} of {situation.order.name} are still to ship.",
        evidence=credit.evidence if over_limit is None else (*credit.evidence, *_limit_evidence(customer, over_limit)),
    )


def _over_limit(situation: Situation) -> Money | None:
    """The exposure, when it is above the limit."""
    credit = situation.credit
    exposure = credit.exposure(situation.outstanding_value) if credit else None
    limit = credit.customer.credit_limit if credit else None
    return exposure if exposure and limit and limit < exposure else None


def _limit_evidence(customer: Customer, exposure: Money) -> tuple[Evidence, ...]:
    return (
        Evidence(customer.record, "credit_limit", str(customer.credit_limit)),
        Evidence(customer.record, "credit", str(exposure)),
    )
