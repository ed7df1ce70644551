"""What is taken from others, hurried or bought: what it brings, costs and harms."""

from dataclasses import replace

import pytest

from agent.domain.findings import Option, OptionKind
from agent.domain.sales import Segment
from agent.domain.stock import Product
from tests.unit.risk.builders import CHAIR, DESK, MAIN, NORTH, NOW, World, euros, in_days


def options(world: World, kind: OptionKind, **thresholds: int) -> list[Option]:
    """Of the order that was built first."""
    name = world.orders[0].name
    (risk,) = [risk for risk in world.risks(**thresholds) if risk.order.name == name]
    return [option for option in risk.options if option.kind == kind]


def scarce(promise_of_holder: float, **holder: object) -> World:
    """Ten chairs, all reserved for another order; ours wants ten, and more come in twelve days."""
    world = World()
    world.line(world.order(promise=in_days(2)), 10)
    other = world.order(promise=in_days(promise_of_holder), customer=world.customer("Borealis", **holder))
    world.line(other, 10, reserved=10, value=700)
    world.stock(10, reserved=10)
    world.purchase(20, at=in_days(12))
    return world


def test_a_reservation_can_be_taken_from_an_order_that_is_promised_later():
    world = scarce(promise_of_holder=9)
    (option,) = options(world, OptionKind.TAKE_RESERVATION)
    ours, other = world.orders
    assert option.summary == (
        f"Give {ours.name} 10 Units of Blue Chair reserved for {other.name} (which would be 3 days late): "
        "the order can then ship complete on 2026-08-03."
    )
    (harm,) = option.harms
    assert (harm.order, harm.customer_name, harm.days, harm.value) == (other.record, "Borealis", 3, euros(700))
    assert (option.ready_date, option.cost, option.whole) == (NOW, None, True)


@pytest.mark.parametrize(("promise", "harmed"), [(11.9, True), (12, False), (20, False)])
def test_who_gets_its_goods_again_by_its_promise_is_not_harmed(promise, harmed):
    world = scarce(promise_of_holder=promise)
    (option,) = options(world, OptionKind.TAKE_RESERVATION)
    assert [harm.order for harm in option.harms] == ([world.orders[1].record] if harmed else [])
    assert ("which still gets it in time" in option.summary) is not harmed


def test_who_is_late_anyway_and_gets_nothing_later_is_not_harmed():
    world = World()
    world.line(world.order(promise=in_days(2)), 10)
    other = world.order(promise=in_days(3))
    world.line(other, 20, reserved=10)
    world.stock(10, reserved=10)
    world.purchase(20, at=in_days(9))
    (option,) = options(world, OptionKind.TAKE_RESERVATION)
    assert option.harms == ()


def test_who_would_get_nothing_any_more_is_told_so():
    world = scarce(promise_of_holder=9)
    world.purchases.clear()
    world.moves = [move for move in world.moves if move.purchase_line_id is None]
    (option,) = options(world, OptionKind.TAKE_RESERVATION)
    assert f"{world.orders[1].name} (for which nothing else is in sight)" in option.summary
    assert [harm.days for harm in option.harms] == [14 - 9]


def test_a_kit_gives_its_parts_and_gets_them_again():
    world = World()
    world.products = (*world.products, Product(104, "Dining set", "SET", "Units", storable=False, kit=True))
    world.line(world.order(promise=in_days(2)), 4)
    other = world.order(promise=in_days(9), customer=world.customer("Borealis"))
    kit = world.line(other, 2, product=104, value=900, move=False)
    world.move(CHAIR, 8, origin=MAIN, at=in_days(9), sale_line_id=kit.id, reserved=8)
    world.stock(8, reserved=8)
    world.purchase(8, at=in_days(12))
    (option,) = options(world, OptionKind.TAKE_RESERVATION)
    assert option.ready_date == NOW
    assert [(harm.order, harm.days, harm.value) for harm in option.harms] == [(other.record, 3, euros(900))]
    assert [(claim.from_line, claim.product_id, claim.amount) for claim in option.claims] == [(kit.id, CHAIR, 4)]


@pytest.mark.parametrize(("days", "offered"), [(1.9, False), (2, False), (2.1, True)])
def test_only_an_order_that_is_needed_later_gives(days, offered):
    assert bool(options(scarce(promise_of_holder=days), OptionKind.TAKE_RESERVATION)) is offered


def test_nothing_is_taken_when_it_comes_in_time_anyway():
    world = scarce(promise_of_holder=9)
    world.purchase(10, at=in_days(1))
    assert world.orders[0].name not in {risk.order.name for risk in world.risks()}


def test_too_little_to_make_the_line_complete_is_left_where_it_is():
    world = World()
    world.line(world.order(promise=in_days(2)), 10)
    world.line(world.order(promise=in_days(9)), 9, reserved=9)
    world.stock(9, reserved=9)
    assert options(world, OptionKind.TAKE_RESERVATION) == []


def test_those_who_need_it_last_give_first():
    world = World()
    world.line(world.order(promise=in_days(2)), 10)
    sooner, later = world.order(promise=in_days(8)), world.order(promise=in_days(9))
    world.line(sooner, 8, reserved=8)
    world.line(later, 8, reserved=8)
    world.stock(16, reserved=16)
    (option,) = options(world, OptionKind.TAKE_RESERVATION)
    assert [harm.order for harm in option.harms] == [later.record, sooner.record]
    assert [(claim.from_line, int(claim.amount)) for claim in option.claims] == [(world.lines[2].id, 8), (world.lines[1].id, 2)]


def test_another_warehouses_reservation_is_no_help():
    world = World()
    world.line(world.order(promise=in_days(2)), 10)
    world.line(world.order(promise=in_days(9), warehouse_id=NORTH), 10, reserved=10)
    world.stock(10, reserved=10, warehouse=NORTH)
    assert options(world, OptionKind.TAKE_RESERVATION) == []


def test_from_a_strategic_customer_nothing_is_taken_by_policy():
    (option,) = options(scarce(promise_of_holder=9, segment=Segment.STRATEGIC), OptionKind.TAKE_RESERVATION)
    assert option.approval == "nobody: the policy has no rule that allows it"


def test_what_nobody_may_approve_comes_after_all_that_somebody_may():
    world = scarce(promise_of_holder=9, segment=Segment.STRATEGIC)
    world.purchase(at=in_days(7))
    (risk,) = [risk for risk in world.risks() if risk.order.name == world.orders[0].name]
    *allowed, last = risk.options
    assert last.kind is OptionKind.TAKE_RESERVATION
    assert last.approval.startswith("nobody: ")
    assert OptionKind.MOVE_PROMISE_DATE in [option.kind for option in allowed]


def test_a_late_purchase_can_be_hurried_for_a_fee():
    world = World()
    order = world.order(promise=in_days(3))
    world.line(order, 10)
    world.purchase(20, at=in_days(9))
    world.purchases = [replace(line, value=euros(600)) for line in world.purchases]
    (option,) = options(world, OptionKind.EXPEDITE_PURCHASE)
    assert option.summary == (
        f"Ask Nordholz to send 10 Units of Blue Chair of {world.purchases[0].order_name} 5 days earlier, by 2026-08-07, "
        "for about 45.00 EUR: the order can then ship on 2026-08-07."
    )
    assert (option.cost, option.ready_date) == (euros(45), in_days(4))
    assert option.approval == "one purchasing_manager"


def test_asking_a_vendor_to_hurry_without_a_fee_takes_no_purchasing_manager():
    world = World()
    world.line(world.order(promise=in_days(3)), 10)
    world.purchase(20, at=in_days(9))
    (option,) = options(world, OptionKind.EXPEDITE_PURCHASE)
    assert (option.cost, option.approval) == (None, "one of buyer, purchasing_manager or ops_manager")


def test_hurrying_brings_it_tomorrow_at_the_earliest():
    world = World()
    world.line(world.order(promise=in_days(0.5)), 10)
    world.purchase(10, at=in_days(3))
    (option,) = options(world, OptionKind.EXPEDITE_PURCHASE)
    assert option.ready_date == in_days(1)


def test_hurrying_one_of_two_late_purchases_brings_nothing():
    world = World()
    order = world.order(promise=in_days(1))
    world.line(order, 10)
    world.line(order, 1, product=DESK)
    world.purchase(10, at=in_days(6))
    world.purchase(1, at=in_days(30), product=DESK)
    assert [option.ready_date for option in options(world, OptionKind.EXPEDITE_PURCHASE)] == [in_days(25)]


def test_a_purchase_that_nobody_confirmed_can_be_confirmed():
    world = World()
    line = world.line(world.order(promise=in_days(3)), 10)
    world.purchase(10, at=in_days(7), state="draft", for_lines=(line.id,))
    (option,) = options(world, OptionKind.EXPEDITE_PURCHASE)
    assert option.summary.startswith(
        f"Confirm {world.purchases[0].order_name} with Nordholz, which brings 10 Units of Blue Chair"
    )
    assert option.ready_date == in_days(7)


def test_another_vendor_who_is_sooner_is_offered_with_the_difference():
    world = World()
    world.line(world.order(promise=in_days(3)), 10)
    world.purchase(10, at=in_days(20))
    world.purchases = [replace(line, value=euros(300)) for line in world.purchases]
    world.price(36, lead_days=4)
    (option,) = options(world, OptionKind.BUY_ELSEWHERE)
    assert option.summary == (
        "Buy 10 Units of Blue Chair from Bergmann for 360.00 EUR (20 % more than from Nordholz), 4 days' lead time: "
        "the order can then ship on 2026-08-07."
    )
    assert (option.cost, option.approval) == (euros(360), "one of buyer or purchasing_manager")


@pytest.mark.parametrize(
    "price",
    [
        {"lead_days": 25},
        {"lead_days": 4, "vendor": (901, "Nordholz")},
        {"lead_days": 4, "valid_until": in_days(-1).date()},
        {"lead_days": 4, "valid_from": in_days(1).date()},
        {"lead_days": 4, "product": DESK},
    ],
)
def test_a_vendor_who_is_later_owes_it_already_or_has_no_valid_price_is_not_offered(price):
    world = World()
    world.line(world.order(promise=in_days(3)), 10)
    world.purchase(10, at=in_days(20))
    world.price(36, **price)
    assert options(world, OptionKind.BUY_ELSEWHERE) == []


def test_the_vendors_minimum_is_bought_and_paid():
    world = World()
    world.line(world.order(promise=in_days(3)), 10, product=CHAIR)
    world.price(36, lead_days=4, minimum=euros(50).amount)
    (option,) = options(world, OptionKind.BUY_ELSEWHERE)
    assert option.cost == euros(1800)
    assert option.summary.startswith("Buy 50 Units of Blue Chair")


def test_of_many_vendors_the_two_soonest_are_offered():
    world = World()
    world.line(world.order(promise=in_days(3)), 10)
    for number, lead in enumerate((9, 4, 7, 5)):
        world.price(30 + number, lead_days=lead, vendor=(910 + number, f"Vendor {lead}"))
    assert [option.summary.split(" from ")[1].split(" for ")[0] for option in options(world, OptionKind.BUY_ELSEWHERE)] == [
        "Vendor 4",
        "Vendor 5",
    ]


def test_a_transfer_costs_what_the_policy_says_and_harmless_ones_are_the_warehouses_to_approve():
    world = World()
    world.line(world.order(), 10)
    world.stock(20, warehouse=NORTH)
    (option,) = options(world, OptionKind.MOVE_STOCK, transfer_cost=65)
    assert (option.cost, option.approval) == (euros(65), "one of warehouse_lead or ops_manager")


def two_lines_of_chairs() -> World:
    """Our order wants five chairs on each of two lines; five are somewhere, and none are expected."""
    world = World()
    ours = world.order(promise=in_days(2))
    world.line(ours, 5)
    world.line(ours, 5)
    return world


def test_stock_elsewhere_is_not_moved_for_two_lines_at_once():
    world = two_lines_of_chairs()
    world.stock(5, warehouse=NORTH)
    (option,) = options(world, OptionKind.MOVE_STOCK)
    assert ([claim.amount for claim in option.claims], option.whole) == ([5], False)


def test_a_reservation_is_not_taken_for_two_lines_at_once():
    world = two_lines_of_chairs()
    world.line(world.order(promise=in_days(9)), 5, reserved=5)
    world.stock(5, reserved=5)
    (option,) = options(world, OptionKind.TAKE_RESERVATION)
    assert ([claim.amount for claim in option.claims], option.whole) == ([5], False)
