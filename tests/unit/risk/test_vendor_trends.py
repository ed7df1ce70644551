"""vendor_short_trend and vendor_delay_trend: against the vendor's own past, with evidence enough."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.findings import Severity
from tests.unit.risk.builders import A_MOMENT, DESK, NORTH, in_days
from tests.unit.risk.purchasing_world import PurchasingWorld

SHORT, DELAY = "vendor_short_trend", "vendor_delay_trend"


def vendor(short: int = 0, late: int = 0, of: int = 6, before: int = 14, *, short_before: int = 0, late_before: int = 0):
    """Receipts of 10 chairs in the last weeks, some a fifth short, some six days late; and those of the five months before."""
    world = PurchasingWorld()
    for number in range(of):
        arrived = in_days(-2 - 4 * number)
        world.receipt(8 if number < short else 10, arrived=arrived, promised=arrived - timedelta(days=6 if number < late else 0))
    for number in range(before):
        arrived = in_days(-40 - 9 * number)
        world.receipt(
            8 if number < short_before else 10,
            arrived=arrived,
            promised=arrived - timedelta(days=6 if number < late_before else 0),
        )
    return world


def test_a_vendor_that_ships_short_more_often_than_it_did_is_told_with_how_sure_that_is():
    world = vendor(short=4)
    (found,) = world.of_kind(SHORT)
    assert found.summary == (
        "Nordholz: 4 of the last 6 receipts came short, usually by 20 %, mostly Blue Chair; before, 0 of 14: sure."
    )
    assert (found.subject.model, found.subject.id, found.subject.name) == ("res.partner", 901, "Nordholz")
    assert (found.since, found.severity) == (in_days(-14), Severity.MEDIUM)
    assert (found.trend.bad, found.trend.of, found.trend.bad_before, found.trend.of_before) == (4, 6, 0, 14)
    assert ("qty_received", "8 Units of 10 Units") in [(fact.field, fact.value) for fact in found.evidence]


def test_a_vendor_that_is_late_more_often_than_it_was_is_told_with_how_sure_that_is():
    (found,) = vendor(late=5).of_kind(DELAY)
    assert found.summary == (
        "Nordholz: 5 of the last 6 receipts came late, usually by 6 days, mostly Blue Chair; before, 0 of 14: sure."
    )
    assert found.fingerprint == "vendor_delay_trend:res.partner:901"


@pytest.mark.parametrize("kind", [SHORT, DELAY])
def test_what_was_always_so_is_no_trend(kind):
    assert not vendor(short=3, late=3, short_before=7, late_before=7).of_kind(kind)


@pytest.mark.parametrize("kind", [SHORT, DELAY])
@pytest.mark.parametrize(("of", "before", "found"), [(4, 8, 1), (3, 8, 0), (4, 7, 0)])
def test_without_the_policys_minimum_of_evidence_nothing_is_said(kind, of, before, found):
    world = vendor(short=of, late=of, of=of, before=before)
    assert len(world.of_kind(kind, trend_minimum_recent=4, trend_minimum_past=8)) == found


@pytest.mark.parametrize("kind", [SHORT, DELAY])
def test_what_accident_may_explain_is_told_only_to_who_wants_to_hear_it(kind):
    world = vendor(short=2, late=2)
    assert not world.of_kind(kind, trend_chance_percent=5)
    (found,) = world.of_kind(kind, trend_chance_percent=10)
    assert found.summary.count("before, 0 of 14: not sure") == 1
    assert found.severity == "low"


def test_lateness_begins_after_the_grace():
    for grace, found in ((6, 0), (5, 1)):
        assert len(vendor(late=6).of_kind(DELAY, receipt_grace_days=grace)) == found


def test_materially_short_begins_beyond_the_policys_share():
    for percent, found in ((20, 0), (19, 1)):
        assert len(vendor(short=6).of_kind(SHORT, receipt_short_percent=percent)) == found


def test_older_than_the_window_is_the_past_and_older_than_the_history_is_nothing():
    world = vendor(late=6)
    assert not world.of_kind(DELAY, trend_history_days=100), "seven receipts of the past are too few"
    assert not world.of_kind(DELAY, trend_window_days=11), "three recent ones are too few"
    assert world.of_kind(DELAY, trend_window_days=14)


@pytest.mark.parametrize("kind", [SHORT, DELAY])
def test_lines_that_came_together_are_one_event(kind):
    """One truck with six short and late lines is no trend."""
    world = vendor(of=5)
    truck = world.receipt(8, arrived=in_days(-1), promised=in_days(-7))
    for _ in range(5):
        world.receipts.append(replace(world.receipt(8, arrived=in_days(-1), promised=in_days(-7)), picking=truck.picking))
        world.receipts.pop(-2)
    assert not world.of_kind(kind, trend_chance_percent=20)


def test_an_open_receipt_is_neither_short_nor_whole_yet():
    world = vendor(short=4)
    world.receipts = [replace(receipt, open=True) if receipt.missing else receipt for receipt in world.receipts]
    assert not world.of_kind(SHORT, trend_minimum_recent=2)


def test_the_product_that_dominates_is_named_and_no_other():
    world = vendor(short=4)
    world.receipts = [
        replace(receipt, product_id=DESK, product_name="Oak Desk") if number in (0, 1) else receipt
        for number, receipt in enumerate(world.receipts)
    ]
    world.receipts[2] = replace(world.receipts[2], product_name="Lamp")
    assert ", mostly Oak Desk;" in world.of_kind(SHORT)[0].summary
    world.receipts[1] = replace(world.receipts[1], product_name="Shelf")
    assert "mostly" not in world.of_kind(SHORT)[0].summary


def test_open_purchases_and_the_orders_that_would_lack_goods_are_named():
    world = vendor(short=4)
    first, last = world.order(in_days(10)), world.order(in_days(11))
    for order in (first, last):
        world.line(order, 5)
    purchase = world.purchase(10, at=in_days(5))
    (found,) = world.of_kind(SHORT)
    assert found.summary.endswith(
        f"before, 0 of 14: sure; still to come: {purchase.order_name}; {last.name} would lack goods if it goes on like that."
    )
    assert [each.order.name for each in found.affects] == [last.name]


def test_the_orders_that_would_be_late_are_those_without_that_much_time():
    world = vendor(late=5)
    tight, roomy = world.order(in_days(10)), world.order(in_days(11))
    for order in (tight, roomy):
        world.line(order, 5)
    purchase = world.purchase(10, at=in_days(5))
    (found,) = world.of_kind(DELAY)
    assert found.summary.endswith(f"; still to come: {purchase.order_name}; {tight.name} would be late if it goes on like that.")
    assert [(each.order.name, each.days) for each in found.affects] == [(tight.name, 1)]
    assert found.severity == "medium"


def test_an_order_that_is_late_anyway_is_not_told_again():
    world = vendor(late=5)
    world.line(world.order(in_days(4)), 5)
    world.purchase(10, at=in_days(5))
    assert world.of_kind(DELAY)[0].affects == ()


def test_an_open_purchase_that_did_not_come_in_time_counts():
    for due, of in ((in_days(-1), 6), (in_days(-1) - A_MOMENT, 7), (in_days(-30), 7), (in_days(-30) - A_MOMENT, 6)):
        world = vendor(late=5)
        world.purchase(10, at=due)
        (found,) = world.of_kind(DELAY, receipt_grace_days=1)
        assert found.trend.of == of
        assert ("came late or are missing" in found.summary) is (of == 7)


def test_moving_a_promise_does_not_make_the_vendor_punctual():
    """The buyer moved the promise; the receipt stands where it was planned first."""
    world = vendor(late=3)
    assert not world.of_kind(DELAY, trend_chance_percent=1)
    for _ in range(3):
        world.purchase(10, at=in_days(9), receipt_at=in_days(-4))
    (found,) = world.of_kind(DELAY, trend_chance_percent=1)
    assert (found.trend.bad, found.trend.of) == (6, 9)


def test_a_delay_announced_ahead_is_named_and_not_yet_counted():
    world = vendor(late=5)
    moved = world.purchase(10, at=in_days(9), receipt_at=in_days(4))
    world.purchase(10, at=in_days(3))
    (found,) = world.of_kind(DELAY)
    assert found.trend.of == 6
    assert f"(already announced for later: {moved.order_name})" in found.summary


def test_a_vendor_from_whom_nothing_comes_any_more_is_late_too():
    world = vendor(of=0)
    for number in range(4):
        world.purchase(10, at=in_days(-5 - number))
    (found,) = world.of_kind(DELAY)
    assert found.summary.startswith("Nordholz: 4 of the last 4 receipts came late or are missing")


def test_each_vendor_is_compared_with_itself():
    world = vendor(late=5)
    for receipt in list(world.receipts):
        world.receipt(arrived=receipt.arrived_at, vendor=(902, "Elsewhere"))
    (found,) = world.of_kind(DELAY)
    assert found.subject.name == "Nordholz"


@pytest.mark.parametrize(("kind", "threshold"), [(SHORT, "receipt_short_percent"), (DELAY, "receipt_grace_days")])
def test_a_class_of_vendors_is_measured_by_its_own_numbers(kind, threshold):
    world = vendor(short=5, late=5)
    assert world.of_kind(kind, {threshold: 20})
    world.vendor_class("patient")
    assert not world.of_kind(kind, {threshold: 20})


def test_the_warehouse_is_said_when_it_is_the_only_one():
    world = vendor(late=5)
    assert world.of_kind(DELAY)[0].warehouse_id == 1
    world.receipts[0] = replace(world.receipts[0], warehouse_id=NORTH)
    assert world.of_kind(DELAY)[0].warehouse_id is None


@given(st.integers(0, 8), st.integers(0, 12), st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_a_trend_is_never_told_of_what_got_no_worse(late, late_before, short):
    world = vendor(short=min(short, 8), late=late, of=8, before=12, late_before=late_before)
    for found in world.of_kind(DELAY):
        assert found.trend.bad * 12 > late_before * 8
        assert found.trend.chance <= Decimal("0.05")
    assert all(finding.trend.bad == min(short, 8) for finding in world.of_kind(SHORT))
