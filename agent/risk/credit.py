"""How a customer stands with us; worked out once, however many open orders there are."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.findings import Evidence
from agent.domain.money import Money
from agent.domain.sales import Customer, OverdueInvoice
from agent.guardrails.policy import Thresholds
from agent.risk.snapshot import Snapshot
from agent.risk.wording import listed

#: Overdue invoices shown as evidence: the oldest ones.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class CreditStanding:
    customer: Customer
    overdue: tuple[Money, ...]
    """What is overdue by more than the policy allows, a sum for each currency."""
    overdue_since: datetime | None
    words: str
    """`owes 500.00 EUR since 2026-07-01 (INV/1)`; empty when nothing is overdue."""
    evidence: tuple[Evidence, ...]

    def exposure(self, undelivered: Money) -> Money | None:
        """What counts against the limit, None when it cannot be compared.

        Where the ERP does not tell, it is the overdue invoices and the order's undelivered goods: never more than the truth.
        """
        limit = self.customer.credit_limit
        if limit is None:
            return None
        if self.customer.exposure is not None:
            return self.customer.exposure if self.customer.exposure.currency == limit.currency else None
        comparable = (money for money in (undelivered, *self.overdue) if money.currency == limit.currency)
        return next(iter(sums(comparable)), None)


def standing(snapshot: Snapshot, thresholds: Thresholds, customer: Customer) -> CreditStanding:
    before = snapshot.now - timedelta(days=thresholds.overdue_invoice_days)
    invoices = [invoice for invoice in snapshot.overdue_by_customer.get(customer.id, ()) if invoice.due < before]
    invoices.sort(key=lambda invoice: (invoice.due, invoice.id))
    overdue = sums(invoice.residual for invoice in invoices)
    return CreditStanding(
        customer,
        overdue,
        overdue_since=invoices[0].due if invoices else None,
        words=_words(overdue, invoices) if invoices else "",
        evidence=tuple(_evidence(invoices[:SHOWN])),
    )


def sums(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """One total for each currency."""
    totals: dict[str, Money] = {}
    for money in amounts:
        totals[money.currency] = totals[money.currency] + money if money.currency in totals else money
    return tuple(totals.values())


def _words(overdue: Sequence[Money], invoices: Sequence[OverdueInvoice]) -> str:
    names = listed([invoice.name for invoice in invoices], most=2)
    return f"owes {listed([str(total) for total in overdue])} since {invoices[0].due.date()} ({names})"


def _evidence(invoices: Sequence[OverdueInvoice]) -> Iterator[Evidence]:
    for invoice in invoices:
        yield Evidence(invoice.record, "invoice_date_due", invoice.due.date().isoformat())
        yield Evidence(invoice.record, "amount_residual", str(invoice.residual))
