"""Goods still to ship to a customer who is over the credit limit or does not pay."""

from collections.abc import Iterator, Sequence

from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.domain.money import Money
from agent.domain.sales import Customer
from agent.risk.credit import sums
from agent.risk.operations import Operations, worst_of
from agent.risk.situation import Situation
from agent.risk.wording import listed


def credit_hold(operations: Operations) -> Iterator[Finding]:
    """One finding for each such customer, naming the overdue invoices, the limit, or both, and every open order."""
    for situations in operations.situations_by_customer.values():
        if situations[0].credit is not None:
            yield from _found(situations)


def _found(situations: Sequence[Situation]) -> Iterator[Finding]:
    credit = situations[0].credit
    assert credit is not None
    undelivered = sums(situation.outstanding_value for situation in situations)
    customer, over_limit = credit.customer, _over_limit(situations, undelivered)
    if not credit.overdue and over_limit is None:
        return
    reasons = [credit.words] if credit.overdue else []
    if over_limit is not None:
        reasons.append(f"stands at {over_limit} against a credit limit of {customer.credit_limit}")
    orders = tuple(situation.whole(_severity(situation)) for situation in situations)
    names = listed([situation.order.name for situation in situations])
    yield Finding(
        kind=FindingKind.CREDIT_HOLD,
        severity=worst_of(orders),
        subject=customer.record,
        since=credit.overdue_since or min(situation.order.ordered_at for situation in situations),
        summary=f"{customer.name} {' and '.join(reasons)}; {listed([str(total) for total in undelivered])} of {names} "
        "are still to ship.",
        evidence=credit.evidence if over_limit is None else (*credit.evidence, *_limit_evidence(customer, over_limit)),
        affects=orders,
        at_stake=next(iter(credit.overdue), None),
    )


def _severity(situation: Situation) -> Severity:
    return Severity.HIGH if situation.promised_within_horizon() else Severity.MEDIUM


def _over_limit(situations: Sequence[Situation], undelivered: Sequence[Money]) -> Money | None:
    """The exposure, when it is above the limit."""
    credit = situations[0].credit
    limit = credit.customer.credit_limit if credit else None
    if credit is None or limit is None:
        return None
    comparable = next((total for total in undelivered if total.currency == limit.currency), undelivered[0])
    exposure = credit.exposure(comparable)
    return exposure if exposure and limit < exposure else None


def _limit_evidence(customer: Customer, exposure: Money) -> tuple[Evidence, ...]:
    return (
        Evidence(customer.record, "credit_limit", str(customer.credit_limit)),
        Evidence(customer.record, "credit", str(exposure)),
    )
