"""Reservations, priorities and cancelled orders: proposed, carried out, read back and taken back, in every ERP."""

from decimal import Decimal

import pytest

from agent.actions import prepare
from agent.errors import PreconditionFailed
from tests.fixtures.action_world import ActionWorld

# reassign_reservation


def test_goods_reserved_for_one_order_are_given_to_another_and_back(world: ActionWorld) -> None:
    code = world.make.product(home=10)
    later, _ = world.make.order({code: 10}, days=20)
    sooner, _ = world.make.order({code: 6}, days=2)
    given = world.carried_out("reassign_reservation", from_order=later, to_order=sooner, goods=f"{code}: 6")
    assert (world.reserved(later), world.reserved(sooner)) == (4, 6)
    preview = given.content.preview
    assert [(change.before, change.after) for change in preview.changes] == [("10 Units", "4 Units"), ("0 Units", "6 Units")]
    assert f"{later} of" in preview.consequence
    assert "worth 120.00" in preview.consequence
    assert given.content.facts["orders_harmed"] == 1
    assert Decimal(given.content.facts["value_harmed"]) == 120
    assert world.rule(given.content) == "reservation-taken-among-equals"
    world.taken_back(given)
    assert (world.reserved(later), world.reserved(sooner)) == (10, 0)


def test_two_orders_that_are_given_goods_of_a_third_touch_the_same_and_a_count_elsewhere_does_not(world: ActionWorld) -> None:
    code = world.make.product(home=10)
    later, _ = world.make.order({code: 10}, days=20)
    takers = [world.make.order({code: 3}, days=days)[0] for days in (2, 3)]
    first, second = (
        set(world.prepared("reassign_reservation", from_order=later, to_order=taker, goods=f"{code}: 3").touches)
        for taker in takers
    )
    assert len(first & second) == 2, "the giver and the stock"
    here, there = (
        set(world.prepared("adjust_stock", product=code, warehouse=house, counted="11").touches)
        for house in (world.make.home, world.make.other)
    )
    assert here < first
    assert not there & first


def test_who_lacks_only_some_is_given_some(world: ActionWorld) -> None:
    code = world.make.product(home=10)
    later, _ = world.make.order({code: 8}, days=20)
    sooner, _ = world.make.order({code: 6}, days=2)
    world.carried_out("reassign_reservation", from_order=later, to_order=sooner, goods=f"{code}: 3")
    assert (world.reserved(later), world.reserved(sooner)) == (5, 5)


def test_more_than_is_reserved_or_lacked_is_refused(world: ActionWorld) -> None:
    code = world.make.product(home=10)
    later, _ = world.make.order({code: 10}, days=20)
    sooner, _ = world.make.order({code: 6}, days=2)
    with pytest.raises(PreconditionFailed, match=f"^Only 10 Units of .* are reserved for {later}"):
        world.prepared("reassign_reservation", from_order=later, to_order=sooner, goods=f"{code}: 11")
    with pytest.raises(PreconditionFailed, match=f"^{sooner} lacks only 6 Units"):
        world.prepared("reassign_reservation", from_order=later, to_order=sooner, goods=f"{code}: 7")


def test_goods_that_left_meanwhile_are_not_given_away(world: ActionWorld) -> None:
    code = world.make.product(home=10)
    later, delivery = world.make.order({code: 10}, days=20)
    sooner, _ = world.make.order({code: 6}, days=2)
    content = world.prepared("reassign_reservation", from_order=later, to_order=sooner, goods=f"{code}: 6")
    world.make.ship(delivery)
    with pytest.raises(PreconditionFailed, match=f"{later} is not an open order|are reserved for {later}"):
        prepare(content.action, content.arguments, world.reader)


# reserve_stock


def test_what_is_free_is_reserved_and_freed_again(world: ActionWorld) -> None:
    code = world.make.product(home=10)
    order, delivery = world.make.order({code: 10}, days=3)
    released = world.carried_out("release_reservation", transfer=delivery, goods=f"{code}: 4")
    assert world.reserved(order) == 6
    assert world.rule(released.content) == "reservation-released"
    reserved = world.taken_back(released)
    assert world.reserved(order) == 10
    [change] = reserved.content.preview.changes
    assert (change.before, change.after) == ("6 of 10 Units", "10 of 10 Units")
    assert world.rule(reserved.content) == "free-stock-reserved"
    world.taken_back(reserved)
    assert world.reserved(order) == 6


def test_nothing_is_reserved_where_nothing_is_free_nor_freed_where_nothing_is_reserved(world: ActionWorld) -> None:
    code = world.make.product(home=4)
    _, delivery = world.make.order({code: 10}, days=3)
    with pytest.raises(PreconditionFailed, match=f"^Nothing that {delivery} lacks is free"):
        world.prepared("reserve_stock", transfer=delivery)
    with pytest.raises(PreconditionFailed, match=r"^Less than 5 Units"):
        world.prepared("release_reservation", transfer=delivery, goods=f"{code}: 5")


def test_stock_that_others_took_meanwhile_changes_what_was_approved(world: ActionWorld) -> None:
    code = world.make.product(home=10)
    _, delivery = world.make.order({code: 10}, days=3)
    world.carried_out("release_reservation", transfer=delivery, goods=f"{code}: 3")
    content = world.prepared("reserve_stock", transfer=delivery)
    world.make.order({code: 2}, days=1)
    fresh = prepare(content.action, content.arguments, world.reader)
    assert (content.before["goods"], fresh.before["goods"]) == (
        [{"product": code, "quantity": "3"}],
        [{"product": code, "quantity": "1"}],
    )


# set_picking_priority


def test_a_delivery_is_made_urgent_and_normal_again(world: ActionWorld) -> None:
    _, delivery = world.make.order({world.make.product(home=4): 2}, days=3)
    starred = world.carried_out("set_picking_priority", transfer=delivery, urgent=True)
    assert world.reader.transfers([delivery])[0].urgent
    assert (starred.content.facts["priority"], starred.content.facts["segment"]) == ("urgent", "standard")
    assert world.rule(starred.content) == "priority"
    with pytest.raises(PreconditionFailed, match=f"^{delivery} is urgent already"):
        prepare("set_picking_priority", starred.content.arguments, world.reader)
    world.taken_back(starred)
    assert not world.reader.transfers([delivery])[0].urgent


def test_a_delivery_that_jumps_the_queue_names_who_waits_then(world: ActionWorld) -> None:
    code = world.make.product(home=10)
    first, delivery = world.make.order({code: 10}, days=2)
    second, later = world.make.order({code: 6}, days=9)
    world.carried_out("release_reservation", transfer=delivery, goods=f"{code}: 10")
    jumps = world.carried_out("set_picking_priority", transfer=later, urgent=True)
    facts = jumps.content.facts
    assert (facts["orders_harmed"], Decimal(facts["value_harmed"]), facts["segment_harmed"]) == (1, 120, "standard")
    assert f"{first} of" in jumps.content.preview.consequence
    assert world.rule(jumps.content) == "priority-over-others"
    back = world.taken_back(jumps)
    assert Decimal(back.content.facts["value_harmed"]) == 120
    assert f"{second} of" in back.content.preview.consequence


def test_the_priority_of_what_is_reserved_harms_nobody(world: ActionWorld) -> None:
    code = world.make.product(home=10)
    world.make.order({code: 4}, days=2)
    _, later = world.make.order({code: 6}, days=9)
    assert world.prepared("set_picking_priority", transfer=later, urgent=True).facts["orders_harmed"] == 0


def test_a_priority_that_somebody_else_gave_meanwhile_is_not_given_again(world: ActionWorld) -> None:
    _, delivery = world.make.order({world.make.product(home=4): 2}, days=3)
    content = world.prepared("set_picking_priority", transfer=delivery, urgent=True)
    world.carried_out("set_picking_priority", transfer=delivery, urgent=True)
    with pytest.raises(PreconditionFailed, match=f"^{delivery} is urgent already"):
        prepare(content.action, content.arguments, world.reader)


def test_a_priority_of_what_was_shipped_meanwhile_is_refused(world: ActionWorld) -> None:
    _, delivery = world.make.order({world.make.product(home=4): 2}, days=3)
    content = world.prepared("set_picking_priority", transfer=delivery, urgent=True)
    world.make.ship(delivery)
    with pytest.raises(PreconditionFailed, match=f"^{delivery} is done"):
        prepare(content.action, content.arguments, world.reader)


def test_a_priority_under_which_more_people_would_wait_than_was_approved_is_stale(world: ActionWorld) -> None:
    code = world.make.product(home=10)
    _, delivery = world.make.order({code: 10}, days=4)
    _, later = world.make.order({code: 10}, days=9)
    content = world.prepared("set_picking_priority", transfer=later, urgent=True)
    world.carried_out("release_reservation", transfer=delivery, goods=f"{code}: 10")
    fresh = prepare(content.action, content.arguments, world.reader)
    assert (content.facts["orders_harmed"], fresh.facts["orders_harmed"]) == (0, 1)


def test_what_was_shipped_has_no_priority(world: ActionWorld) -> None:
    _, delivery = world.make.order({world.make.product(home=4): 2}, days=3)
    world.make.ship(delivery)
    with pytest.raises(PreconditionFailed, match=f"^{delivery} is done"):
        world.prepared("set_picking_priority", transfer=delivery, urgent=True)


# cancel_order


def test_an_order_that_left_meanwhile_is_not_cancelled(world: ActionWorld) -> None:
    order, delivery = world.make.order({world.make.product(home=4): 2}, days=3)
    content = world.prepared("cancel_order", order=order)
    world.make.ship(delivery)
    with pytest.raises(PreconditionFailed, match=f"^Goods of {order} have left already"):
        prepare(content.action, content.arguments, world.reader)


def test_an_order_that_is_worth_more_meanwhile_is_not_the_one_whose_cancelling_was_approved(world: ActionWorld) -> None:
    code = world.make.product(home=10)
    order, _ = world.make.order({code: 2}, days=3)
    content = world.prepared("cancel_order", order=order)
    world.carried_out("change_quantity", order=order, product=code, quantity="5")
    fresh = prepare(content.action, content.arguments, world.reader)
    assert (Decimal(content.facts["order_value"]), Decimal(fresh.facts["order_value"])) == (40, 100)
