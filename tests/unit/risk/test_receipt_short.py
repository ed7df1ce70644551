"""receipt_short at its boundaries."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.findings import Severity
from agent.domain.records import Record
from tests.unit.risk.builders import A_MOMENT, CHAIR, DESK, NORTH, euros, in_days
from tests.unit.risk.purchasing_world import PurchasingWorld

SHORT = "receipt_short"


def received(amount: float, **given) -> PurchasingWorld:
    world = PurchasingWorld()
    world.receipt(amount, 100, **{"arrived": in_days(-2), **given})
    return world


@pytest.mark.parametrize(("amount", "found"), [(100, 0), (95, 0), (94, 1), (105, 0), (106, 1), (0, 1)])
def test_beyond_the_policys_share_less_or_more_is_not_what_was_ordered(amount, found):
    assert len(received(amount).of_kind(SHORT, receipt_short_percent=5)) == found


def test_the_summary_says_what_came_what_was_ordered_and_who_waits():
    world = received(60, value=euros(1000))
    order = world.order()
    world.line(order, 10)
    receipt = world.receipts[0]
    (found,) = world.of_kind(SHORT)
    assert found.summary == (
        f"{receipt.purchase.name} from Nordholz brought 60 Units of Blue Chair instead of 100 Units, and no more is expected; "
        f"{order.name} waits for it."
    )
    assert (found.subject, found.since, found.at_stake) == (receipt.purchase, in_days(-2), euros(400))
    facts = {(fact.record, fact.field): fact.value for fact in found.evidence}
    line = Record("purchase.order.line", receipt.purchase_line_id, "Blue Chair")
    assert facts[line, "product_qty"] == "100 Units"
    assert facts[line, "qty_received"] == "60 Units"
    assert facts[receipt.picking, "date_done"] == in_days(-2).isoformat()


def test_of_too_much_nobody_waits_and_nothing_is_said_to_be_missing():
    world = received(120, value=euros(1000))
    world.line(world.order(), 10)
    (found,) = world.of_kind(SHORT)
    assert found.summary.endswith("brought 120 Units of Blue Chair instead of 100 Units.")
    assert (found.affects, found.severity, found.at_stake) == ((), Severity.LOW, euros(200))


def test_a_rest_that_is_still_expected_is_late_and_not_short():
    assert not received(60, open=True).of_kind(SHORT)


def test_where_something_else_brings_the_same_goods_that_is_said():
    world = received(60)
    receipt = world.receipts[0]
    world.purchase(10, at=in_days(9))
    world.purchase(10, at=in_days(4))
    (found,) = world.of_kind(SHORT)
    assert found.summary == (
        f"{receipt.purchase.name} from Nordholz brought 60 Units of Blue Chair instead of 100 Units, and the rest is not "
        f"expected any more; {world.purchases[1].order_name} brings more of Blue Chair by 2026-08-07."
    )


def test_a_receipt_that_was_made_for_the_rest_since_the_past_was_read_makes_it_late_and_not_short():
    world = received(60)
    world.purchase(100, at=in_days(4), received=60)
    world.receipts = [replace(one, purchase_line_id=world.purchases[0].id) for one in world.receipts]
    assert not world.of_kind(SHORT)


def test_it_is_news_for_the_policys_days():
    for arrived, found in ((in_days(-7), 1), (in_days(-7) - A_MOMENT, 0)):
        assert len(received(60, arrived=arrived).of_kind(SHORT, event_window_days=7)) == found


def test_only_orders_that_nothing_else_covers_wait_for_what_is_missing():
    world = received(60)
    world.stock(10)
    for days in (2, 3, 4):
        world.line(world.order(in_days(days)), 10)
    world.purchase(10, at=in_days(9))
    elsewhere = world.order(in_days(1), warehouse_id=NORTH)
    world.line(elsewhere, 10)
    (found,) = world.of_kind(SHORT)
    assert [affected.order.name for affected in found.affects] == [world.orders[2].name]
    assert found.severity == "high"


def test_two_lines_of_one_purchase_are_one_finding_and_an_order_that_lacks_both_stands_once():
    world = PurchasingWorld()
    order = world.order()
    world.line(order, 10, value=300)
    world.line(order, 10, product=DESK, value=500)
    first = world.receipt(6, 10, arrived=in_days(-3))
    world.receipt(0, 4, product=DESK, arrived=in_days(-2), purchase=first.purchase)
    (found,) = world.of_kind(SHORT)
    assert "6 Units of Blue Chair instead of 10 Units and nothing of Oak Desk instead of 4 Units" in found.summary
    assert [(affected.order.name, affected.value) for affected in found.affects] == [(order.name, euros(800))]
    assert found.fingerprint == f"receipt_short:purchase.order:{first.purchase.id}"


def test_a_vendor_of_a_class_with_other_numbers_is_measured_by_those():
    world = received(80)
    assert world.of_kind(SHORT, {"receipt_short_percent": 20})
    world.vendor_class("patient")
    assert not world.of_kind(SHORT, {"receipt_short_percent": 20})


def test_a_longer_window_of_one_vendor_class_holds_for_that_class_alone():
    world = received(50, arrived=in_days(-20))
    assert not world.of_kind(SHORT, {"event_window_days": 30})
    world.vendor_class("patient")
    assert world.of_kind(SHORT, {"event_window_days": 30})


@given(st.integers(0, 300), st.integers(0, 200), st.integers(0, 100))
def test_what_came_as_ordered_is_never_found_and_a_wider_tolerance_finds_no_more(amount, ordered, percent):
    world = PurchasingWorld()
    world.receipt(amount, ordered, arrived=in_days(0) - timedelta(hours=1), product=CHAIR)
    found = bool(world.of_kind(SHORT, receipt_short_percent=percent))
    assert not (found and amount == ordered)
    assert found or not world.of_kind(SHORT, receipt_short_percent=min(percent + 1, 100))
