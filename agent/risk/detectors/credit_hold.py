"""Goods still to ship to a customer who is over the credit limit or does not pay."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.domain.money import Money
from agent.domain.sales import Customer, OverdueInvoice
from agent.risk.situation import Situation
from agent.risk.wording import day, listed


def credit_hold(situation: Situation) -> Iterator[Finding]:
    """One finding for the customer, naming the overdue invoices, the limit, or both."""
    customer = situation.customer
    if customer is None:
        return
    overdue = _overdue(situation)
    exposure = _exposure(situation, customer, overdue)
    over_limit = exposure is not None and customer.credit_limit is not None and customer.credit_limit < exposure
    if not overdue and not over_limit:
        return
    reasons = [_owes(overdue)] if overdue else []
    if over_limit:
        reasons.append(f"stands at {exposure} against a credit limit of {customer.credit_limit}")
    yield Finding(
        kind=FindingKind.CREDIT_HOLD,
        severity=Severity.HIGH if situation.promised_within_horizon() else Severity.MEDIUM,
        order_id=situation.order.id,
        subject=customer.record,
        since=min((invoice.due for invoice in overdue), default=situation.order.ordered_at),
        summary=f"{customer.name} {' and '.join(reasons)}; "
        f"{situation.outstanding_value} of {situation.order.name} are still to ship.",
        evidence=tuple(_evidence(customer, overdue, exposure if over_limit else None)),
    )


def _overdue(situation: Situation) -> list[OverdueInvoice]:
    before = situation.now - timedelta(days=situation.thresholds.overdue_invoice_days)
    invoices = situation.snapshot.overdue_by_customer.get(situation.order.customer_id, ())
    return sorted((invoice for invoice in invoices if invoice.due < before), key=lambda invoice: (invoice.due, invoice.id))


def _exposure(situation: Situation, customer: Customer, overdue: Sequence[OverdueInvoice]) -> Money | None:
    """What counts against the limit, None when it cannot be compared.

    Where the ERP does not tell, it is the overdue invoices and this order's goods: never more than the truth.
    """
    limit = customer.credit_limit
    if limit is None:
        return None
    if customer.exposure is not None:
        return customer.exposure if customer.exposure.currency == limit.currency else None
    parts = [situation.outstanding_value, *(invoice.residual for invoice in overdue)]
    comparable = [money.amount for money in parts if money.currency == limit.currency]
    return Money(sum(comparable, Decimal(0)), limit.currency)


def _owes(overdue: Sequence[OverdueInvoice]) -> str:
    names = listed([invoice.name for invoice in overdue], most=2)
    return f"owes {_sums(overdue)} since {day(overdue[0].due)} ({names})"


def _sums(overdue: Sequence[OverdueInvoice]) -> str:
    by_currency: dict[str, Money] = {}
    for invoice in overdue:
        currency = invoice.residual.currency
        by_currency[currency] = by_currency[currency] + invoice.residual if currency in by_currency else invoice.residual
    return listed([str(money) for money in by_currency.values()])


def _evidence(customer: Customer, overdue: Sequence[OverdueInvoice], exposure: Money | None) -> Iterator[Evidence]:
    for invoice in overdue:
        yield Evidence(invoice.record, "invoice_date_due", invoice.due.date().isoformat())
        yield Evidence(invoice.record, "amount_residual", str(invoice.residual))
    if exposure is not None:
        yield Evidence(customer.record, "credit_limit", str(customer.credit_limit))
        yield Evidence(customer.record, "credit", str(exposure))
