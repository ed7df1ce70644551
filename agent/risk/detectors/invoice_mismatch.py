"""A bill or an invoice asks for something else than was ordered and received or delivered, once or again and again."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from agent.domain.findings import Evidence, Finding, FindingKind, Severity, Trend
from agent.domain.history import InvoiceKind
from agent.domain.money import Money
from agent.domain.records import Record
from agent.risk.arrivals import mostly
from agent.risk.credit import sums
from agent.risk.habits import Habit, habits_of
from agent.risk.mismatches import Mismatch, mismatches
from agent.risk.operations import Operations
from agent.risk.snapshot import grouped
from agent.risk.trend import told
from agent.risk.wording import amount, day, listed

DOCUMENTS = {InvoiceKind.BILL: "bills", InvoiceKind.INVOICE: "invoices"}
CAME = {InvoiceKind.BILL: "received", InvoiceKind.INVOICE: "delivered"}
FULFILLED = {InvoiceKind.BILL: "qty_received", InvoiceKind.INVOICE: "qty_delivered"}
WORSE = {Severity.LOW: Severity.MEDIUM, Severity.MEDIUM: Severity.HIGH, Severity.HIGH: Severity.HIGH}


def invoice_mismatch(operations: Operations) -> Iterator[Finding]:
    """One finding for each recent document that differs, and one for a vendor or customer with whom that grows more frequent.

    What recurs, with the same partner or the same product, is named with its count, and graver.
    """
    history = operations.snapshot.history
    wrong = mismatches(operations, history.invoiced) if history else []
    if history is None or not wrong:
        return
    habits = list(habits_of(operations, history.invoiced, wrong))
    by_product = {
        product: len({each.line.document.id for each in found})
        for product, found in grouped(wrong, lambda each: each.line.product_id).items()
    }
    for habit in habits:
        for document in habit.recent(operations.now):
            yield _of_document(operations, habit, habit.wrong[document], by_product)
    yield from _trends(operations.now, habits)


def _of_document(operations: Operations, habit: Habit, found: Sequence[Mismatch], by_product: Mapping[int, int]) -> Finding:
    line = found[0].line
    habitual = [each for each in found if by_product[each.line.product_id] >= habit.limits.bill_variance_count]
    severity = _severity(found)
    preposition = "from" if habit.kind is InvoiceKind.BILL else "to"
    return Finding(
        kind=FindingKind.INVOICE_MISMATCH,
        severity=WORSE[severity] if habit.usual or habitual else severity,
        subject=line.document,
        since=line.at,
        summary=f"{line.document.name} {preposition} {line.partner_name} {listed([_words(each) for each in found], most=2)}: "
        f"{_total(found)} {_sense(found)}{_recurrence(operations, habit, habitual, by_product)}.",
        evidence=tuple(fact for each in found for fact in _evidence(each)),
        at_stake=_total(found),
    )


def _severity(found: Sequence[Mismatch]) -> Severity:
    """Low when it is to our advantage, or right as soon as the rest has come."""
    advantage = all(each.line.kind is InvoiceKind.BILL and each.overcharge < 0 and not each.excess for each in found)
    ahead = all(each.excess and not each.overcharge and each.to_come >= each.excess for each in found)
    return Severity.LOW if advantage or ahead else Severity.MEDIUM


def _words(each: Mismatch) -> str:
    line, said = each.line, []
    if each.overcharge:
        said.append(f"asks {line.price} instead of {line.ordered_price} for {line.product_name}")
    if each.excess:
        unit = line.quantity.unit
        came = amount(line.fulfilled.amount, unit) if line.fulfilled else "none"
        rest = f" ({amount(each.to_come, unit)} to come)" if each.to_come else ""
        said.append(f"asks for {amount(each.excess, unit)} of {line.product_name} too much, {came} {CAME[line.kind]}{rest}")
    return f"{' and '.join(said)} on {line.order.name}"


def _total(found: Sequence[Mismatch]) -> Money:
    """A document has one currency."""
    return sums(each.money for each in found)[0]


def _sense(found: Sequence[Mismatch]) -> str:
    if all(each.worth > 0 and each.overcharge >= 0 for each in found):
        return "too much"
    return "too little" if all(each.overcharge < 0 and not each.excess for each in found) else "of difference"


def _recurrence(operations: Operations, habit: Habit, habitual: Sequence[Mismatch], by_product: Mapping[int, int]) -> str:
    """`; 6 of 20 bills of Nordholz since 2026-02-04 differ, and Blue Chair does on 7 documents`."""
    said = []
    if len(habit.wrong) > 1:
        said.append(
            f"{len(habit.wrong)} of {len(habit.documents)} {DOCUMENTS[habit.kind]} of {habit.partner.name} since "
            f"{day(habit.since, operations.zone(None))} differ"
        )
    names = {each.line.product_name: by_product[each.line.product_id] for each in habitual}
    said += [f"{name} differs on {number} documents" for name, number in names.items() if number > len(habit.wrong)]
    return "".join(f"; {words}" for words in said)


def _trends(now: datetime, habits: Sequence[Habit]) -> Iterator[Finding]:
    """One for each partner: who is a vendor and a customer as well, by what is surer."""
    found = [(habit, trend) for habit in habits if (trend := habit.trend(now))]
    for both in grouped(found, lambda pair: pair[0].partner.id).values():
        yield _of_partner(now, *min(both, key=lambda pair: pair[1].chance))


def _of_partner(now: datetime, habit: Habit, trend: Trend) -> Finding:
    recent = [habit.wrong[document] for document in habit.recent(now)]
    found = [each for document in recent for each in document]
    totals = sums(each.money for each in found)
    about = mostly([[each.line.product_name for each in document] for document in recent])
    fate = f"differed from the order or the goods, by {listed([str(total) for total in totals])} in all{about}"
    weighty = totals[0].amount >= Decimal(habit.limits.weighty_order_value)
    grave = Severity.HIGH if weighty else Severity.MEDIUM
    return Finding(
        kind=FindingKind.INVOICE_MISMATCH,
        severity=grave if trend.sureness == "sure" else Severity.LOW,
        subject=habit.partner,
        since=min(each.line.at for each in found),
        summary=f"{habit.partner.name}: {told(trend, DOCUMENTS[habit.kind], fate)}.",
        evidence=tuple(fact for each in found[:5] for fact in _evidence(each)),
        at_stake=totals[0],
        trend=trend,
    )


def _evidence(each: Mismatch) -> Iterator[Evidence]:
    line = each.line
    asked = Record("account.move.line", line.id, f"{line.document.name}, {line.product_name}")
    if each.overcharge:
        yield Evidence(asked, "price_unit", str(line.price))
        yield Evidence(line.order, "price_unit", str(line.ordered_price))
    yield Evidence(asked, "quantity", str(line.quantity))
    if each.excess:
        yield Evidence(line.order, "qty_invoiced", str(line.invoiced))
        yield Evidence(line.order, FULFILLED[line.kind], str(line.fulfilled))
