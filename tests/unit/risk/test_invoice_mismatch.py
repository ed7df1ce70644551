"""invoice_mismatch at its boundaries: one finding for each document, and one for what grows more frequent."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.findings import Severity
from agent.domain.history import InvoiceKind
from agent.domain.money import Money
from agent.domain.sales import Segment
from agent.guardrails.policy import ThresholdBook
from agent.guardrails.thresholds import ThresholdException, Thresholds, Where
from agent.risk.assess import assess
from tests.unit.risk.builders import A_MOMENT, DESK, POLICY, euros, in_days
from tests.unit.risk.purchasing_world import VENDOR, PurchasingWorld

MISMATCH = "invoice_mismatch"
INVOICE = InvoiceKind.INVOICE
ACME = (77, "Acme")


def documents(found):
    return [finding for finding in found if finding.subject.model == "account.move"]


@pytest.mark.parametrize(
    ("price", "quantity", "found"),
    [(10.2, 200, 0), (10.21, 200, 1), (9.8, 200, 0), (9.79, 200, 1), (12, 10, 0), (12.01, 10, 1)],
    ids=["2 % more", "beyond", "2 % less", "beyond", "20.00 EUR", "20.10 EUR"],
)
def test_a_price_differs_beyond_both_the_policys_share_and_its_smallest_amount(price, quantity, found):
    world = PurchasingWorld()
    world.bill(price, 10, quantity)
    assert len(world.of_kind(MISMATCH, bill_variance_percent=2, bill_variance_value=20)) == found


def test_the_summary_says_both_prices_and_what_is_in_dispute():
    world = PurchasingWorld()
    bill = world.bill(12, 10, 50)
    (found,) = world.of_kind(MISMATCH)
    assert found.summary == (
        f"{bill.document.name} from Nordholz asks 12.00 EUR instead of 10.00 EUR for Blue Chair on {bill.order.name}: "
        "100.00 EUR too much."
    )
    assert (found.subject, found.since, found.at_stake, found.severity) == (bill.document, bill.at, euros(100), Severity.MEDIUM)
    facts = {(fact.record.model, fact.record.id, fact.field): fact.value for fact in found.evidence}
    assert facts["account.move.line", bill.id, "price_unit"] == "12.00 EUR"
    assert facts["purchase.order", bill.order.id, "price_unit"] == "10.00 EUR"


def test_too_little_on_a_bill_is_to_our_advantage_and_on_an_invoice_our_loss():
    world = PurchasingWorld()
    world.bill(8, 10, 50)
    world.bill(8, 10, 50, kind=INVOICE, partner=ACME)
    invoice, bill = world.of_kind(MISMATCH)
    assert bill.summary.endswith("100.00 EUR too little.")
    assert (bill.severity, invoice.severity) == ("low", "medium")
    assert f"{invoice.subject.name} to Acme asks 8.00 EUR instead of 10.00 EUR" in invoice.summary


@pytest.mark.parametrize(
    ("billed", "came", "found"), [(100, 100, 0), (102, 100, 0), (103, 100, 1), (100, 103, 0), (5, 0, 1), (2, 0, 0)]
)
def test_more_than_came_differs_and_less_may_be_on_the_next_document(billed, came, found):
    world = PurchasingWorld()
    world.bill(10, 10, billed, fulfilled=came)
    assert len(world.of_kind(MISMATCH, bill_variance_percent=2, bill_variance_value=20)) == found


@pytest.mark.parametrize(
    ("kind", "word", "field"), [(InvoiceKind.BILL, "received", "qty_received"), (INVOICE, "delivered", "qty_delivered")]
)
def test_the_summary_says_how_much_is_too_much_and_how_much_came(kind, word, field):
    world = PurchasingWorld()
    line = world.bill(10, 10, 10, fulfilled=6, kind=kind)
    (found,) = world.of_kind(MISMATCH)
    assert f"asks for 4 Units of Blue Chair too much, 6 Units {word} on {line.order.name}: 40.00 EUR too much." in found.summary
    assert found.at_stake == euros(40)
    assert (field, "6 Units") in [(fact.field, fact.value) for fact in found.evidence]


def test_of_several_documents_for_one_order_line_the_last_asks_too_much():
    world = PurchasingWorld()
    first = world.bill(10, 10, 6, at=in_days(-20), invoiced=12, fulfilled=8)
    last = world.bill(10, 10, 6, at=in_days(-2), invoiced=12, fulfilled=8, order=first.order)
    (found,) = world.of_kind(MISMATCH)
    assert (found.subject, found.at_stake) == (last.document, euros(40))


def test_what_the_last_document_cannot_explain_is_on_the_one_before():
    world = PurchasingWorld()
    first = world.bill(10, 10, 6, at=in_days(-20), invoiced=12, fulfilled=3)
    last = world.bill(10, 10, 6, at=in_days(-2), invoiced=12, fulfilled=3, order=first.order)
    assert {found.subject: found.at_stake for found in world.of_kind(MISMATCH)} == {
        first.document: euros(30),
        last.document: euros(60),
    }


def test_a_customer_may_be_invoiced_ahead_as_long_as_the_goods_are_still_to_ship():
    world = PurchasingWorld()
    order = world.order()
    line = world.line(order, 10, delivered=4)
    world.bill(10, 10, 10, fulfilled=4, kind=INVOICE, order=order.record)
    assert not world.of_kind(MISMATCH)
    world.lines[0] = replace(line, ordered=replace(line.ordered, amount=Decimal(7)))
    (found,) = world.of_kind(MISMATCH)
    assert found.at_stake == euros(30)


def test_a_vendor_may_be_paid_ahead_but_not_for_a_part_that_did_not_come_with_the_rest():
    for received, count in ((0, 0), (6, 1)):
        world = PurchasingWorld()
        line = world.purchase(10, at=in_days(5), received=received)
        world.bill(10, 10, 10, fulfilled=received, order=line.record)
        found = world.of_kind(MISMATCH)
        assert len(found) == count
        for finding in found:
            assert "4 Units of Blue Chair too much, 6 Units received (4 Units to come)" in finding.summary
            assert finding.severity == "low"


def test_a_purchase_that_was_given_up_is_not_awaited():
    world = PurchasingWorld()
    line = world.purchase(10, at=in_days(5), receipt=False)
    world.bill(10, 10, 10, fulfilled=0, order=line.record)
    (found,) = world.of_kind(MISMATCH)
    assert "asks for 10 Units of Blue Chair too much, none received" in found.summary


def test_prices_in_two_currencies_are_not_compared():
    world = PurchasingWorld()
    line = world.bill(50, 10, 50)
    world.invoiced = [replace(line, price=Money(Decimal(50), "USD"))]
    assert not world.of_kind(MISMATCH)


def test_two_lines_of_one_document_are_one_finding():
    world = PurchasingWorld()
    first = world.bill(12, 10, 50)
    world.bill(10, 10, 10, fulfilled=5, product=DESK, document=first.document)
    (found,) = world.of_kind(MISMATCH)
    assert found.at_stake == euros(150)
    assert "for Blue Chair on" in found.summary
    assert "and asks for 5 Units of Oak Desk too much" in found.summary


def test_a_document_is_told_for_the_window_that_counts_as_recent():
    for at, found in ((in_days(-30), 1), (in_days(-30) - A_MOMENT, 0)):
        world = PurchasingWorld()
        world.bill(12, 10, 50, at=at)
        assert len(world.of_kind(MISMATCH, trend_window_days=30)) == found


def right_bills(world: PurchasingWorld, number: int, **given) -> None:
    for index in range(number):
        world.bill(10, at=in_days(-35 - 10 * index), **given)


def test_what_recurs_with_a_vendor_is_counted_and_graver():
    for wrong_before, severity in ((1, "medium"), (2, "high")):
        world = PurchasingWorld()
        right_bills(world, 4)
        for index in range(wrong_before):
            world.bill(12, 10, 50, at=in_days(-50 - index), product=DESK if index else 101)
        world.bill(12, 10, 50)
        (found,) = world.of_kind(MISMATCH, bill_variance_count=3)
        assert f"; {wrong_before + 1} of {5 + wrong_before} bills of Nordholz since 2026-02-04 differ" in found.summary
        assert found.severity == severity


def test_what_recurs_with_a_product_among_several_vendors_is_counted_and_graver():
    world = PurchasingWorld()
    for vendor in ((902, "Elsewhere"), (903, "Far Away")):
        world.bill(12, 10, 50, at=in_days(-50), partner=vendor)
    world.bill(12, 10, 50)
    (found,) = world.of_kind(MISMATCH, bill_variance_count=3)
    assert found.summary.endswith("100.00 EUR too much; Blue Chair differs on 3 documents.")
    assert found.severity == "high"


def growing(world: PurchasingWorld | None = None, wrong: int = 5, right: int = 14, **given) -> PurchasingWorld:
    world = world or PurchasingWorld()
    right_bills(world, right, **given)
    for index in range(6):
        world.bill(11 if index < wrong else 10, 10, 50, at=in_days(-2 - 5 * index), **given)
    return world


def test_a_vendor_whose_bills_differ_more_often_than_they_did_is_told_beside_each_bill():
    found = growing().of_kind(MISMATCH)
    (trend,) = [finding for finding in found if finding.subject.model == "res.partner"]
    assert trend.summary == (
        "Nordholz: 5 of the last 6 bills differed from the order or the goods, by 250.00 EUR in all, mostly Blue Chair; "
        "before, 0 of 14: sure."
    )
    assert (trend.subject.id, trend.at_stake, trend.severity) == (VENDOR[0], euros(250), Severity.MEDIUM)
    assert (trend.trend.bad, trend.trend.of) == (5, 6)
    assert len(documents(found)) == 5
    assert len({finding.fingerprint for finding in found}) == 6


def test_without_evidence_enough_only_the_documents_are_told():
    found = growing(wrong=5, right=7).of_kind(MISMATCH, trend_minimum_past=8)
    assert len(documents(found)) == len(found) == 5


def test_who_sells_and_buys_is_told_once_by_what_is_surer():
    world = growing(wrong=4)
    growing(world, wrong=5, kind=INVOICE)
    (trend,) = [finding for finding in world.of_kind(MISMATCH) if finding.trend]
    assert "5 of the last 6 invoices" in trend.summary


def test_a_class_of_vendors_may_have_a_wider_tolerance():
    world = PurchasingWorld()
    world.bill(12, 10, 50)
    assert world.of_kind(MISMATCH, {"bill_variance_percent": 20})
    world.vendor_class("patient")
    assert not world.of_kind(MISMATCH, {"bill_variance_percent": 20})


def test_a_segment_of_customers_may_have_a_wider_tolerance():
    world = PurchasingWorld()
    customer = world.customer(segment=Segment.KEY)
    world.bill(12, 10, 50, kind=INVOICE, partner=(customer.id, customer.name))
    world.bill(12, 10, 50, kind=INVOICE, partner=ACME)
    wide = ThresholdException(where=Where(segment=Segment.KEY), thresholds=Thresholds(bill_variance_percent=20))
    policy = replace(POLICY, limits=ThresholdBook(POLICY.thresholds, (wide,)))
    (found,) = [finding for finding in assess(world.snapshot(), policy).findings if finding.kind == MISMATCH]
    assert found.subject == world.invoiced[1].document


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 60), st.integers(0, 60), st.booleans()), min_size=1, max_size=6),
    st.integers(0, 50),
    st.integers(0, 200),
)
@settings(max_examples=80, deadline=None)
def test_a_document_is_told_at_most_once_and_for_more_than_the_smallest_amount(lines, percent, value):
    world = PurchasingWorld()
    for price, quantity, came, bill in lines:
        world.bill(price, 10, quantity, fulfilled=came, kind=InvoiceKind.BILL if bill else INVOICE)
    found = documents(world.of_kind(MISMATCH, bill_variance_percent=percent, bill_variance_value=value))
    assert len({finding.subject for finding in found}) == len(found)
    assert all(finding.at_stake.amount > value for finding in found)
    right = {each.document for each in world.invoiced if each.price == each.ordered_price and not each.fulfilled < each.quantity}
    assert right.isdisjoint(finding.subject for finding in found)
