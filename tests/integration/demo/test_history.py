"""The half year behind the demo company: quiet but for what was planted, told without any of the rules."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from integrations.demo import ONCE_EACH
from integrations.demo.situations import DAMAGED_ORDER
from tests.fixtures.demo import DemoDatabase, DemoErp

NOW = datetime.now(UTC)
HALF_A_YEAR, MONTH, WEEK = (NOW - timedelta(days=days) for days in (180, 30, 7))
PLANTED = set(ONCE_EACH.values())


def names(database: DemoDatabase, query: bytes) -> set[str]:
    with database.connect("worker") as connection:
        return {name for (name,) in connection.execute(query)}


def test_every_vendor_has_a_past_and_at_most_one_mishap_a_month(demo_database: DemoDatabase, demo_erp: DemoErp) -> None:
    recent: defaultdict[str, list[bool]] = defaultdict(list)
    before: defaultdict[str, list[bool]] = defaultdict(list)
    usual = (receipt for receipt in demo_erp.history.receipts(HALF_A_YEAR) if receipt.purchase.name not in PLANTED)
    for receipt in usual:
        late = receipt.arrived_at - receipt.promised_at > timedelta(days=1)
        mishap = late or (bool(receipt.missing) and not receipt.open)
        (recent if receipt.arrived_at >= MONTH else before)[receipt.vendor_name].append(mishap)
    vendors = names(demo_database, b"SELECT name FROM demo.partner WHERE vendor")
    assert set(recent) == vendors
    assert all(len(before[name]) >= 12 for name in vendors)
    assert {name for name in vendors - PLANTED if sum(recent[name]) > 1} == set()
    assert sum(map(sum, before.values())) > 10, "nobody has a past without any mishap"


def test_only_what_was_planted_is_not_invoiced_for_long(demo_erp: DemoErp) -> None:
    late = {each.order.name for each in demo_erp.history.uninvoiced() if NOW - each.delivered_at > timedelta(days=3)}
    assert late == {ONCE_EACH["shipped_not_invoiced"]}


def test_only_what_was_planted_was_miscounted_or_failed_this_week(demo_erp: DemoErp) -> None:
    counts = demo_erp.history.adjustments(HALF_A_YEAR)
    large = {each.reference for each in counts if each.value and each.value.amount > 500}
    assert large == {ONCE_EACH["adjustment_out_of_tolerance"]}
    assert len(counts) > 20
    assert {each.change.amount > 0 for each in counts} == {True, False}
    assert [each.record.name for each in demo_erp.history.quality_failures(WEEK)] == [ONCE_EACH["quality_failed"]]


def test_write_offs_are_scattered_but_for_the_planted_ones(demo_erp: DemoErp) -> None:
    often: defaultdict[str, int] = defaultdict(int)
    for scrap in demo_erp.history.scraps(MONTH):
        often[scrap.product_name] += 1
    assert {name for name, times in often.items() if times > 1} == {ONCE_EACH["damage_cluster"]}


def test_every_zone_was_busy_in_each_of_eight_weeks(demo_database: DemoDatabase, demo_erp: DemoErp) -> None:
    weeks: defaultdict[str, set[int]] = defaultdict(set)
    for picking in demo_erp.history.finished_pickings(NOW - timedelta(weeks=8)):
        weeks[picking.zone.name].add((NOW - picking.done_at).days // 7)
    zones = names(demo_database, b"SELECT name FROM demo.zone")
    assert {zone: set(range(8)) - weeks[zone] for zone in zones} == {zone: set() for zone in zones}


def test_a_parcel_leads_to_its_order_and_customer(demo_erp: DemoErp) -> None:
    [order] = demo_erp.reader.sale_orders([DAMAGED_ORDER])
    [line] = demo_erp.reader.sale_order_lines([order.id])
    tracking = f"3SHV{DAMAGED_ORDER[1:]}{line.id}"
    [shipment] = demo_erp.history.shipments([tracking, "unknown"])
    assert (shipment.order, shipment.customer_name, shipment.tracking) == (order.record, "Quayside Seafood", tracking)
    assert shipment.promise_date == order.promise_date
    assert demo_erp.reader.find_by_number("stock.picking", [tracking]) == {tracking: [shipment.picking]}


def test_a_service_is_in_no_history(demo_erp: DemoErp) -> None:
    lines = demo_erp.history.invoiced_lines(HALF_A_YEAR)
    assert "hours" not in {line.quantity.unit for line in lines}
    assert all(line.invoiced == line.fulfilled for line in lines)
