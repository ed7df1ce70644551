"""What happened in the past half year, as any ERP must tell it; the figures are those of docs/demo-company.md, "One of each"."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from agent.domain.history import InvoiceKind, Receipt
from tests.fixtures.past import Past

NOW = datetime.now(UTC)
HALF_A_YEAR = NOW - timedelta(days=180)
MONTH = NOW - timedelta(days=30)


def of_vendor(past: Past, kind: str) -> tuple[list[Receipt], list[Receipt]]:
    """The receipts of that trend's vendor in the last thirty days, and those before."""
    found = [receipt for receipt in past.history.receipts(HALF_A_YEAR) if receipt.vendor_name == past.once_each[kind]]
    return [each for each in found if each.arrived_at >= MONTH], [each for each in found if each.arrived_at < MONTH]


def days(moment: datetime) -> int:
    return (NOW.date() - moment.date()).days


def test_a_short_receipt_that_was_closed_waits_for_nothing(past: Past) -> None:
    name = past.once_each["receipt_short"]
    [receipt] = [each for each in past.history.receipts(NOW - timedelta(days=7)) if each.purchase.name == name]
    assert (receipt.ordered.amount, receipt.received.amount, receipt.missing.amount) == (40, 30, 10)
    assert not receipt.open
    assert days(receipt.arrived_at) == 2
    assert receipt.ordered_at < receipt.promised_at
    assert receipt.warehouse_id in {warehouse.id for warehouse in past.reader.warehouses()}
    assert receipt.value is not None
    assert name not in {line.order_name for line in past.reader.open_purchase_lines()}, "nothing more is expected"


def test_a_vendor_that_lately_delivers_short_was_complete_before(past: Past) -> None:
    recent, before = of_vendor(past, "vendor_short_trend")
    assert (len([each for each in recent if each.missing]), len(recent)) == (4, 6)
    assert len(before) == 14
    assert not any(each.missing for each in before)
    assert {each.missing.amount / each.ordered.amount for each in recent if each.missing} == {Decimal("0.2")}
    assert not any(each.open for each in recent)


def test_a_vendor_that_is_lately_late_was_on_time_before(past: Past) -> None:
    recent, before = of_vendor(past, "vendor_delay_trend")
    late = [(each.arrived_at.date() - each.promised_at.date()).days for each in recent]
    assert sorted(late) == [0, 6, 6, 6, 6, 6]
    assert {(each.arrived_at.date() - each.promised_at.date()).days for each in before} == {0}
    assert len(before) == 14


def test_bills_above_the_purchase_price_are_told_with_both_prices(past: Past) -> None:
    name = past.once_each["invoice_mismatch"]
    lines = [line for line in past.history.invoiced_lines(HALF_A_YEAR) if line.partner_name == name]
    assert {line.kind for line in lines} == {InvoiceKind.BILL}
    dear = [line for line in lines if line.overcharge > 0]
    assert (len(dear), len(lines)) == (5, 20)
    assert len([line for line in lines if line.at >= MONTH - timedelta(days=1)]) == 6
    for line in dear:
        assert line.overcharge > 50
        assert round(line.price.amount / line.ordered_price.amount, 2) == Decimal("1.08")
    assert all(line.invoiced == line.fulfilled == line.quantity for line in lines)
    assert {line.order.model for line in lines} == {"purchase.order"}
    assert {line.document.model for line in lines} == {"account.move"}


def test_what_was_delivered_and_not_invoiced_is_told_with_its_worth(past: Past) -> None:
    [order] = [each for each in past.history.uninvoiced() if each.order.name == past.once_each["shipped_not_invoiced"]]
    [sale] = past.reader.sale_orders([order.order.name])
    assert order.amount == sale.amount
    assert order.order == sale.record
    assert days(order.delivered_at) == 9


def test_a_zone_is_told_by_what_was_finished_in_it(past: Past) -> None:
    name = past.once_each["zone_bottleneck"]
    done = [each for each in past.history.finished_pickings(NOW - timedelta(weeks=10)) if each.zone.name == name]
    assert len(done) == 45
    assert all(each.done_at - max(each.scheduled_at, each.created_at) <= timedelta(hours=2) for each in done)
    waiting = [picking for picking in past.reader.open_pickings() if picking.zone and picking.zone.name == name]
    assert len(waiting) == 7
    assert {picking.zone for picking in waiting} == {each.zone for each in done}
    assert all(timedelta(hours=19) < NOW - picking.scheduled_at < timedelta(hours=23) for picking in waiting)


def test_a_count_says_what_was_missing_and_what_it_cost(past: Past) -> None:
    name = past.once_each["adjustment_out_of_tolerance"]
    [count] = [each for each in past.history.adjustments(NOW - timedelta(days=7)) if each.reference == name]
    assert count.change.amount == -80
    assert count.value is not None
    assert 800 < count.value.amount < 1200
    assert days(count.at) == 2
    assert count.warehouse_id is not None


def test_write_offs_are_told_by_product(past: Past) -> None:
    scraps = [each for each in past.history.scraps(HALF_A_YEAR) if each.product_name == past.once_each["damage_cluster"]]
    assert sorted(days(each.at) for each in scraps) == [2, 8, 15, 21, 150]
    assert all(each.quantity.amount > 0 for each in scraps)
    counted = {each.product_id for each in past.history.adjustments(HALF_A_YEAR)}
    assert not {each.product_id for each in scraps} & counted, "a write-off is not a count"


def test_a_failed_check_names_the_goods(past: Past) -> None:
    failures = past.history.quality_failures(NOW - timedelta(days=7))
    [failure] = [each for each in failures if each.record.name == past.once_each["quality_failed"]]
    assert failure.product_name
    assert failure.lot == ("L2607" if past.checks_keep_lots else None)
    assert days(failure.at) == 2


def test_nothing_is_told_from_before_the_moment_that_was_asked_for(past: Past) -> None:
    now = datetime.now(UTC)
    assert past.history.receipts(now) == []
    assert past.history.finished_pickings(now) == []
    assert past.history.adjustments(now) == []
    assert past.history.scraps(now) == []
    assert past.history.quality_failures(now) == []
    assert all(each.arrived_at >= MONTH for each in past.history.receipts(MONTH))
    assert all(each.at >= MONTH - timedelta(days=1) for each in past.history.invoiced_lines(MONTH))


def test_nobody_knows_a_tracking_number_that_was_never_given(past: Past) -> None:
    assert past.history.shipments([]) == past.history.shipments(["nobody's number"]) == []
