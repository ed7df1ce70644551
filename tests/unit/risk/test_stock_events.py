"""Adjustments, write-offs, failed checks and missing invoices, at their boundaries."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.findings import Severity
from agent.domain.records import Record
from tests.unit.risk.builders import A_MOMENT, CHAIR, MAIN, NORTH, NOW, World, euros, except_where, in_days
from tests.unit.risk.events import adjustment, failed_check, scrap, uninvoiced


@pytest.mark.parametrize(("value", "told"), [(500, False), (500.01, True), (None, False)])
@pytest.mark.parametrize("change", [-5, 5])
def test_a_count_may_be_off_by_the_tolerance(value, told, change):
    world = World()
    adjustment(world, change, value)
    assert world.kinds(adjustment_value=500) == (["adjustment_out_of_tolerance"] if told else [])


def test_a_warehouse_may_have_its_own_tolerance():
    world = World()
    adjustment(world, -5, 800, warehouse_id=NORTH)
    assert world.kinds_under(except_where({"warehouse": "NO"}, adjustment_value=1000)) == []
    assert world.kinds_under(except_where({"warehouse": "MA"}, adjustment_value=1000)) == ["adjustment_out_of_tolerance"]


def test_an_adjustment_is_news_for_the_window():
    for at, told in ((in_days(-7), True), (in_days(-7) - A_MOMENT, False)):
        world = World()
        adjustment(world, -5, 800, at)
        assert bool(world.kinds(event_window_days=7)) is told


def test_what_was_counted_back_was_never_lost():
    world = World()
    adjustment(world, -5, 800, in_days(-2))
    adjustment(world, 5, 800, in_days(-1))
    assert world.kinds() == []


def test_a_loss_names_the_older_orders_that_lack_the_goods_now():
    world = World()
    order = world.order(in_days(2), ordered_at=in_days(-5))
    world.line(order, 10)
    world.line(world.order(in_days(2), ordered_at=in_days(-0.5)), 10)
    one = adjustment(world, -12, 800, in_days(-1), by="Ines")
    found = world.one("adjustment_out_of_tolerance")
    assert found.summary == (
        "12 Units of Blue Chair worth 800.00 EUR were missing when Main counted on 2026-08-02 by Ines; "
        f"{order.name} waits for it."
    )
    assert (found.subject, found.at_stake, found.severity) == (one.record, euros(800), Severity.MEDIUM)
    assert [each.order for each in found.affects] == [order.record]


def test_goods_that_were_found_are_minor():
    world = World()
    adjustment(world, 12, 800)
    found = world.one("adjustment_out_of_tolerance")
    assert (found.severity, found.affects) == (Severity.LOW, ())
    assert "were too many when Main counted" in found.summary


def test_write_offs_are_a_cluster_from_the_policys_number_on():
    for times, told in ((2, False), (3, True)):
        world = World()
        for day in range(times):
            scrap(world, in_days(-day))
        assert world.kinds(damage_count=3) == (["damage_cluster"] if told else [])


def test_only_write_offs_within_the_window_count():
    for oldest, told in ((in_days(-30), True), (in_days(-30) - A_MOMENT, False)):
        world = World()
        for at in (NOW, in_days(-1), oldest):
            scrap(world, at)
        assert bool(world.kinds(damage_window_days=30, damage_count=3)) is told


def test_a_cluster_names_the_lot_the_loss_and_how_sure_it_is():
    world = World()
    for day in range(4):
        scrap(world, in_days(-day), lot="L12" if day else None)
    found = world.one("damage_cluster")
    assert found.summary == (
        "Blue Chair was written off 4 times in 30 days (8 Units worth 400.00 EUR), 3 times from lot L12; "
        "before, on 0 of 150 days: sure."
    )
    assert (found.subject, found.at_stake) == (Record("product.product", CHAIR, "Blue Chair"), euros(400))
    assert found.trend is not None
    assert (found.trend.bad, found.trend.of) == (4, 30)


def test_what_always_breaks_is_minor():
    world = World()
    for number in range(18):
        scrap(world, in_days(-10 * number))
    found = world.one("damage_cluster")
    assert found.severity is Severity.LOW
    assert found.summary.endswith("; no more often than before (on 14 of 150 days).")


def test_without_a_past_nothing_is_said_of_it():
    world = World(past_since=in_days(-30))
    for _ in range(3):
        scrap(world, in_days(-1))
    found = world.one("damage_cluster")
    assert (found.trend, found.severity) == (None, Severity.MEDIUM)
    assert found.summary == "Blue Chair was written off 3 times in 30 days (6 Units worth 300.00 EUR)."


def test_write_offs_of_different_products_are_no_cluster():
    world = World()
    for product in (101, 102, 103):
        scrap(world, NOW, product_id=product)
    assert world.kinds() == []


@given(st.lists(st.floats(0, 170), max_size=12))
def test_a_cluster_has_as_many_write_offs_as_it_says(ages):
    world = World()
    for age in ages:
        scrap(world, in_days(-age))
    recent = [event for event in world.past["scraps"] if event.at >= in_days(-30)]
    told = [finding.summary.split(" times")[0] for finding in world.findings() if finding.kind == "damage_cluster"]
    assert told == ([f"Blue Chair was written off {len(recent)}"] if len(recent) >= 3 else [])


def test_a_failed_check_is_news_for_the_window():
    for at, told in ((in_days(-7), True), (in_days(-7) - A_MOMENT, False)):
        world = World()
        failed_check(world, at)
        assert world.kinds(event_window_days=7) == (["quality_failed"] if told else [])


def test_a_failed_check_endangers_the_order_that_the_transfer_delivers():
    for promise, severity in ((14, Severity.HIGH), (15, Severity.MEDIUM)):
        world = World()
        order = world.order(in_days(promise))
        world.line(order, reserved=10)
        picking = world.picking(order, in_days(1))
        check = failed_check(world, in_days(-1), picking=picking.record, lot="L1")
        found = world.one("quality_failed")
        assert found.summary == (
            f"Blue Chair (lot L1) did not pass quality check {check.record.name} in {picking.name} on 2026-08-02; "
            f"{order.name} waits for it."
        )
        assert (found.severity, found.subject) == (severity, check.record)


def test_a_check_of_goods_that_nobody_waits_for_is_medium():
    world = World()
    failed_check(world, NOW, picking=Record("stock.picking", 999, "MA/IN/00009"))
    found = world.one("quality_failed")
    assert (found.severity, found.affects) == (Severity.MEDIUM, ())


def shipped(world, ago, amount=1000.0):
    order = world.order(complete=True)
    world.orders.remove(order)
    return order, uninvoiced(world, order, NOW - ago, amount)


def test_delivered_goods_may_wait_for_their_invoice_as_long_as_the_policy_says():
    for ago, told in ((timedelta(days=3), False), (timedelta(days=3) + A_MOMENT, True)):
        world = World()
        shipped(world, ago)
        assert world.kinds(invoicing_days=3) == (["shipped_not_invoiced"] if told else [])


def test_a_warehouse_may_invoice_once_a_month():
    world = World()
    shipped(world, timedelta(days=9))
    assert world.kinds_under(except_where({"warehouse": "MA"}, invoicing_days=31)) == []


def test_what_is_not_invoiced_is_at_stake():
    for amount, severity in ((9_999, Severity.LOW), (10_000, Severity.MEDIUM)):
        world = World()
        order, left = shipped(world, timedelta(days=9), amount)
        found = world.one("shipped_not_invoiced")
        assert found.summary == (
            f"{left.amount} of {order.name} went to Acme on 2026-07-25 (9 days ago) and no invoice stands for it."
        )
        assert (found.at_stake, found.severity, found.subject) == (left.amount, severity, order.record)


def test_nothing_left_to_invoice_is_no_finding():
    world = World()
    _, left = shipped(world, timedelta(days=9))
    world.past["uninvoiced"] = [replace(left, amount=euros(0))]
    assert world.kinds() == []


def test_nothing_is_said_of_a_past_that_was_not_read():
    world = World()
    assert world.snapshot().history is None
    assert world.kinds() == []
    assert MAIN in world.snapshot().warehouses
