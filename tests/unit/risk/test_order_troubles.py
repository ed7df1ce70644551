"""backorder_waiting, order_stale and margin_exception, at their boundaries."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.findings import Severity
from agent.domain.money import Money
from agent.domain.sales import Segment
from agent.domain.stock import PickingKind
from tests.unit.risk.builders import A_MOMENT, MAIN, NORTH, NOW, World, euros, except_where, in_days


def backorder(world, created, *, reserved=10, promise=20, **given):
    """An order of ten, of which two went out; the rest has its own transfer."""
    order = world.order(in_days(promise))
    line = world.line(order, 12, delivered=2, move=False)
    world.stock(reserved, reserved=reserved)
    picking = world.picking(order, in_days(20), created_at=created, backorder_of=7, state="confirmed", **given)
    world.move(101, 10, at=in_days(20), origin=MAIN, sale_line_id=line.id, picking_id=picking.id, reserved=reserved)
    return order, picking


def test_a_backorder_may_wait_as_long_as_the_policy_says():
    for created, told in ((in_days(-5), False), (in_days(-5) - A_MOMENT, True)):
        world = World()
        backorder(world, created, reserved=9)
        world.purchase(1, at=in_days(9))
        assert world.kinds(backorder_days=5) == (["backorder_waiting"] if told else [])


def test_goods_that_lie_ready_do_not_wait_before_the_promise():
    for promise, told in ((0, False), (-0.1, True)):
        world = World()
        backorder(world, in_days(-9), promise=promise)
        assert ("backorder_waiting" in world.kinds()) is told
    assert "(9 days ago) and could ship now." in world.one("backorder_waiting").summary


def test_a_warehouse_may_have_its_own_patience():
    for warehouse, told in (("MA", True), ("NO", False)):
        world = World()
        backorder(world, in_days(-4), promise=-1)
        assert ("backorder_waiting" in world.kinds_under(except_where({"warehouse": warehouse}, backorder_days=3))) is told


def test_a_backorder_without_supply_is_told_at_once_and_gravely_when_its_promise_is_near():
    for promise, severity in ((14, Severity.HIGH), (15, Severity.MEDIUM)):
        world = World()
        order, picking = backorder(world, NOW, reserved=0, promise=promise)
        found = world.one("backorder_waiting")
        assert found.severity is severity
        assert found.summary == (
            f"Acme got {order.name} in part; the rest (10 Units of Blue Chair, {picking.name}) waits since 2026-08-03 (today) "
            "and nothing that would fill it is in sight."
        )


def test_a_young_backorder_whose_goods_come_is_no_news_and_an_old_one_says_when_they_do():
    for created, told in ((in_days(-1), False), (in_days(-9), True)):
        world = World()
        backorder(world, created, reserved=0)
        world.purchase(10, at=in_days(4))
        assert ("backorder_waiting" in world.kinds()) is told
    assert "waits since 2026-07-25 (9 days ago) and can ship on 2026-08-07 at the earliest." in (
        world.one("backorder_waiting").summary
    )


def test_the_evidence_of_a_backorder_names_the_delivery_it_is_the_rest_of():
    world = World()
    _, picking = backorder(world, in_days(-9), promise=-1)
    facts = {(fact.record, fact.field): fact.value for fact in world.one("backorder_waiting").evidence}
    assert facts[picking.record, "backorder_id"] == "transfer no. 7"
    assert facts[picking.record, "create_date"] == in_days(-9).isoformat()


def test_first_deliveries_and_returns_are_no_backorders():
    for given_ in ({"backorder_of": None}, {"kind": PickingKind.RECEIPT}, {"state": "draft"}):
        world = World()
        order = world.order(in_days(20))
        world.line(order, reserved=10)
        world.picking(order, in_days(20), **{"created_at": in_days(-30), "backorder_of": 7, **given_})
        assert world.kinds() == []


def test_a_backorder_that_waits_for_another_one_is_not_told_twice():
    world = World()
    order, first = backorder(world, in_days(-9), promise=-1)
    world.picking(order, in_days(20), created_at=in_days(-9), backorder_of=8, state="waiting")
    assert world.one("backorder_waiting").subject == first.record


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_backorder_once_told_is_told_as_it_grows_older(one, other):
    told = []
    for age in sorted((one, other)):
        world = World()
        backorder(world, in_days(-age), promise=-1)
        told.append("backorder_waiting" in world.kinds())
    assert told != [True, False]


def stale(world, age=11.0, **given):
    order = world.order(promise=in_days(30), ordered_at=in_days(-age), **given)
    return order, world.line(order, 10, move=False)


def test_an_order_without_a_delivery_is_stale_after_the_policys_days():
    for ordered, told in ((in_days(-10), False), (in_days(-10) - A_MOMENT, True)):
        world = World()
        order = world.order(promise=in_days(30), ordered_at=ordered)
        world.line(order, 10, move=False)
        world.stock(10)
        assert world.kinds(order_stale_days=10) == (["order_stale"] if told else [])


def test_a_segment_may_have_less_patience():
    for segment, told in ((Segment.STRATEGIC, True), (Segment.KEY, False)):
        world = World()
        world.customer("Acme", segment)
        stale(world, 3)
        world.stock(10)
        rules = except_where({"segment": "strategic"}, order_stale_days=2)
        assert ("order_stale" in world.kinds_under(rules)) is told


def test_the_stale_order_says_what_nobody_will_ship():
    for promise, severity in ((14, Severity.HIGH), (15, Severity.MEDIUM)):
        world = World()
        order = world.order(promise=in_days(promise), ordered_at=in_days(-12))
        world.line(order, 4, move=False)
        world.stock(4)
        found = world.one("order_stale")
        assert found.summary == (
            f"{order.name} for Acme was confirmed on 2026-07-22 (12 days ago) and no delivery is planned "
            "for 4 Units of Blue Chair."
        )
        assert (found.severity, found.subject, found.since) == (severity, order.record, in_days(-12))


@pytest.mark.parametrize("progress", ["move", "transfer", "purchase", "delivered"])
def test_anything_under_way_for_the_order_is_progress(progress):
    world = World()
    order, line = stale(world)
    world.stock(20)
    assert world.kinds() == ["order_stale"]
    if progress == "move":
        world.move(101, 10, at=in_days(30), origin=MAIN, sale_line_id=line.id)
    if progress == "transfer":
        world.picking(order, in_days(30))
    if progress == "purchase":
        world.purchase(10, at=in_days(3), for_lines=(line.id,))
    if progress == "delivered":
        world.line(order, 10, delivered=1, move=False)
    assert world.kinds() == []


def quotation(world, age, **given_):
    sent = world.order(state="sent", ordered_at=NOW - age, **given_)
    world.orders.remove(sent)
    world.more["quotations"].append(sent)
    return sent


@pytest.mark.parametrize(
    ("age", "told"),
    [
        (timedelta(days=14), False),
        (timedelta(days=14) + A_MOMENT, True),
        (timedelta(days=60), True),
        (timedelta(days=60) + A_MOMENT, False),
    ],
)
def test_a_quotation_is_stale_until_it_is_forgotten(age, told):
    world = World()
    quotation(world, age)
    assert world.kinds(quotation_stale_days=14, quotation_forgotten_days=60) == (["order_stale"] if told else [])


def test_a_quotation_says_whose_it_is_and_what_it_is_worth():
    for worth, severity in ((9_999, Severity.LOW), (10_000, Severity.MEDIUM)):
        world = World()
        sent = quotation(world, timedelta(days=20), salesperson="Ines", amount=euros(worth))
        found = world.one("order_stale")
        assert found.summary == (
            f"Quotation {sent.name} over {euros(worth)} for Acme is from 2026-07-14 (20 days ago) and has no answer; Ines has it."
        )
        assert (found.severity, found.at_stake, found.order, found.affects) == (severity, euros(worth), None, ())


def test_quotations_of_another_warehouse_may_wait_longer():
    for warehouse, told in ((MAIN, True), (NORTH, False)):
        world = World()
        quotation(world, timedelta(days=20), warehouse_id=warehouse)
        assert bool(world.kinds_under(except_where({"warehouse": "NO"}, quotation_stale_days=30))) is told


def sold(**given_):
    world = World()
    order = world.order()
    line = world.line(order, 10, reserved=10, **given_)
    return world, order, line


@pytest.mark.parametrize(("cost", "told"), [(900, False), (900.01, True)])
def test_a_margin_on_the_floor_is_still_enough(cost, told):
    world, _, _ = sold(value=1000, cost=euros(cost))
    assert world.kinds(margin_floor_percent=10) == (["margin_exception"] if told else [])


@pytest.mark.parametrize(("discount", "told"), [("25", False), ("25.01", True)])
def test_a_discount_at_the_ceiling_is_still_allowed(discount, told):
    world, _, _ = sold(discount_percent=Decimal(discount))
    assert world.kinds(discount_ceiling_percent=25) == (["margin_exception"] if told else [])


def test_a_segment_may_be_sold_to_with_less_margin():
    world, _, _ = sold(value=1000, cost=euros(950))
    assert world.kinds_under(except_where({"segment": "standard"}, margin_floor_percent=5)) == []
    assert world.kinds_under(except_where({"segment": "key"}, margin_floor_percent=5)) == ["margin_exception"]


def test_the_lines_that_are_too_cheap_are_named_with_what_is_missing_to_the_floor():
    world, order, _ = sold(value=1000, cost=euros(950))
    world.line(order, 1, product=103, value=200, cost=euros(100), discount_percent=Decimal("30.00"))
    found = world.one("margin_exception")
    assert found.summary == (
        f"{order.name} for Acme is sold too cheap: Blue Chair earns 5.0 % and Stretch Film is sold with 30 % discount "
        "(at least 10 % margin, at most 25 % discount)."
    )
    assert (found.severity, found.at_stake, found.order) == (Severity.LOW, euros(50), order.record)
    assert {(fact.field, fact.value) for fact in found.evidence} >= {
        ("price_subtotal", "1,000.00 EUR"), ("cost", "950.00 EUR"), ("discount", "30 %"),
    }  # fmt: skip


def test_selling_at_a_loss_is_graver_and_a_gift_is_called_one():
    world, _, _ = sold(value=1000, cost=euros(1100))
    assert world.one("margin_exception").severity is Severity.MEDIUM
    assert "Blue Chair loses 10.0 %" in world.one("margin_exception").summary
    world, _, _ = sold(value=0, cost=euros(80))
    found = world.one("margin_exception")
    assert "Blue Chair is given away" in found.summary
    assert (found.severity, found.at_stake) == (Severity.MEDIUM, euros(80))


@pytest.mark.parametrize("cost", [None, euros(0), Money(Decimal(5000), "USD")])
def test_without_a_comparable_cost_no_margin_is_judged(cost):
    world, _, _ = sold(value=1000, cost=cost)
    assert world.kinds() == []


@given(st.decimals(0, 5000, places=2), st.decimals(0, 5000, places=2))
def test_a_dearer_cost_never_makes_a_margin_good_again(one, other):
    told = [bool(sold(value=1000, cost=Money(cost, "EUR"))[0].kinds()) for cost in sorted((one, other))]
    assert told != [True, False]
