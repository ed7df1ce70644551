"""When a line can ship."""

from dataclasses import replace
from decimal import Decimal

from tests.unit.risk.builders import CHAIR, DESK, FILM, GRACE, MAIN, NORTH, NOW, World, in_days


def test_reserved_goods_are_there_now():
    world = World()
    line = world.line(world.order(), 10, reserved=10)
    world.stock(10, reserved=10)
    assert world.outlook(line).ready == NOW


def test_free_stock_of_the_own_warehouse_is_there_now():
    world = World()
    line = world.line(world.order(), 10)
    world.stock(10)
    outlook = world.outlook(line)
    assert (outlook.ready, outlook.available_now) == (NOW, Decimal(10))


def test_stock_of_another_warehouse_does_not_count():
    world = World()
    line = world.line(world.order(), 10)
    world.stock(10, warehouse=NORTH)
    assert world.outlook(line).ready is None


def test_goods_reserved_for_someone_else_are_not_free():
    world = World()
    other = world.line(world.order(promise=in_days(9)), 10, reserved=10)
    line = world.line(world.order(promise=in_days(1)), 10)
    world.stock(10, reserved=10)
    assert (world.outlook(other).ready, world.outlook(line).ready) == (NOW, None)


def test_a_line_waits_for_its_last_unit():
    world = World()
    line = world.line(world.order(), 10, reserved=2)
    world.stock(5, reserved=2)
    world.purchase(4, at=in_days(3))
    world.purchase(50, at=in_days(8))
    outlook = world.outlook(line)
    assert outlook.ready == in_days(8)
    assert [peg.amount for peg in outlook.allocation.pegs] == [Decimal(4), Decimal(1)]
    assert outlook.available_now == 5


def test_only_what_is_not_delivered_yet_is_needed():
    world = World()
    line = world.line(world.order(), 10, delivered=7)
    world.stock(3)
    assert world.outlook(line).ready == NOW


def test_too_little_supply_leaves_the_line_without_a_date():
    world = World()
    line = world.line(world.order(), 10)
    world.purchase(9, at=in_days(2))
    outlook = world.outlook(line)
    assert (outlook.ready, outlook.unsupplied) == (None, 1)


def test_two_orders_compete_for_a_receipt_and_the_earlier_promise_gets_it():
    world = World()
    later = world.line(world.order(promise=in_days(6)), 10)
    earlier = world.line(world.order(promise=in_days(5)), 10)
    world.purchase(10, at=in_days(2))
    world.purchase(10, at=in_days(9))
    assert (world.outlook(earlier).ready, world.outlook(later).ready) == (in_days(2), in_days(9))


def test_of_equal_promises_the_older_order_is_served_first():
    world = World()
    young = world.line(world.order(ordered_at=in_days(-1)), 10)
    old = world.line(world.order(ordered_at=in_days(-2)), 10)
    world.stock(10)
    assert (world.outlook(old).ready, world.outlook(young).ready) == (NOW, None)


def test_an_order_without_a_promise_is_needed_when_its_delivery_is_planned():
    world = World()
    promised = world.line(world.order(promise=in_days(5)), 10)
    unpromised = world.line(world.order(promise=None, ordered_at=in_days(-3)), 10)
    world.stock(10)
    assert (world.outlook(unpromised).ready, world.outlook(promised).ready) == (NOW, None)


def test_a_purchase_comes_at_the_later_of_the_vendors_promise_and_the_receipt():
    for promised, received in ((in_days(9), in_days(2)), (in_days(2), in_days(9))):
        world = World()
        line = world.line(world.order(), 10)
        world.purchase(10, at=promised, receipt_at=received)
        assert world.outlook(line).ready == in_days(9)


def test_overdue_supply_is_expected_after_the_grace_from_now():
    world = World()
    line = world.line(world.order(), 10)
    world.purchase(10, at=in_days(-30))
    assert world.outlook(line).ready == NOW + GRACE


def test_supply_due_this_very_moment_is_not_overdue():
    world = World()
    line = world.line(world.order(), 10)
    world.purchase(10, at=NOW)
    assert world.outlook(line).ready == NOW


def test_a_draft_purchase_is_not_supply():
    world = World()
    line = world.line(world.order(), 10)
    world.purchase(10, at=in_days(2), state="draft")
    assert world.outlook(line).ready is None


def test_a_transfer_from_another_warehouse_is_supply_here_and_demand_there():
    world = World()
    here = world.line(world.order(), 10)
    there = world.line(world.order(warehouse_id=NORTH), 10)
    world.stock(10, warehouse=NORTH)
    world.move(CHAIR, 10, origin=NORTH, target=MAIN, at=in_days(3))
    assert (world.outlook(here).ready, world.outlook(there).ready) == (in_days(3), None)


def test_a_move_inside_a_warehouse_is_neither():
    world = World()
    line = world.line(world.order(), 10)
    world.move(CHAIR, 10, origin=MAIN, target=MAIN, at=in_days(1))
    world.stock(10)
    assert world.outlook(line).ready == NOW


def test_picking_and_shipping_steps_of_one_line_are_one_demand():
    world = World()
    line = world.line(world.order(), 10)
    world.move(CHAIR, 10, origin=MAIN, target=MAIN, at=in_days(1), sale_line_id=line.id)
    other = world.line(world.order(promise=in_days(9)), 10)
    world.stock(20)
    assert (world.outlook(line).ready, world.outlook(other).ready) == (NOW, NOW)


def test_make_to_order_follows_its_own_purchase_and_leaves_free_stock_alone():
    world = World()
    made = world.line(world.order(promise=in_days(1)), 10)
    other = world.line(world.order(promise=in_days(9)), 10)
    world.stock(10)
    world.purchase(10, at=in_days(6), for_lines=(made.id,))
    assert (world.outlook(made).ready, world.outlook(other).ready) == (in_days(6), NOW)


def test_make_to_order_is_found_through_the_moves_that_wait_for_each_other():
    world = World()
    purchase = world.purchase(10, at=in_days(6))
    receipt = world.moves[-1]
    putaway = world.move(CHAIR, 10, origin=MAIN, target=MAIN, at=in_days(6), waits_for=(receipt.id,))
    made = world.line(world.order(promise=in_days(9)), 10, waits_for=(putaway.id,))
    urgent = world.line(world.order(promise=in_days(1)), 10)
    assert world.outlook(made).allocation.pegs[0].supply.purchase == purchase
    assert (world.outlook(made).ready, world.outlook(urgent).ready) == (in_days(6), None)


def test_a_purchase_made_for_two_lines_serves_the_earlier_promise_first():
    world = World()
    later = world.line(world.order(promise=in_days(6)), 10)
    earlier = world.line(world.order(promise=in_days(5)), 10)
    world.purchase(15, at=in_days(2), for_lines=(later.id, earlier.id))
    assert (world.outlook(earlier).ready, world.outlook(later).unsupplied) == (in_days(2), 5)


def test_what_make_to_order_leaves_of_a_purchase_serves_others():
    world = World()
    made = world.line(world.order(promise=in_days(6)), 4)
    other = world.line(world.order(promise=in_days(5)), 6)
    world.purchase(10, at=in_days(2), for_lines=(made.id,))
    assert (world.outlook(made).ready, world.outlook(other).ready) == (in_days(2), in_days(2))


def test_make_to_order_whose_purchase_is_a_draft_has_no_date_even_beside_free_stock():
    world = World()
    made = world.line(world.order(), 10)
    world.stock(10)
    world.purchase(10, at=in_days(2), state="draft", for_lines=(made.id,))
    outlook = world.outlook(made)
    assert (outlook.ready, outlook.unsupplied) == (None, 10)


def test_goods_that_go_straight_from_vendor_to_customer_follow_the_purchase():
    world = World()
    line = world.line(world.order(), 10, move=False)
    purchase = world.purchase(10, at=in_days(4), receipt=False)
    world.move(CHAIR, 10, at=in_days(4), sale_line_id=line.id, purchase_line_id=purchase.id)
    assert world.outlook(line).ready == in_days(4)


def test_what_is_not_stocked_is_always_there():
    world = World()
    line = world.line(world.order(), 10, product=FILM)
    assert world.outlook(line).ready == NOW


def test_rounding_left_by_floats_is_not_demand():
    world = World()
    line = world.line(world.order(), 10, delivered=9.99999)
    assert line.id not in world.projection().lines


def test_products_do_not_mix():
    world = World()
    line = world.line(world.order(), 10, product=DESK)
    world.stock(10, product=CHAIR)
    assert world.outlook(line).ready is None


def test_waiting_moves_in_a_circle_end():
    world = World()
    line = world.line(world.order(), 10)
    first = world.moves[-1]
    second = world.move(CHAIR, 10, origin=MAIN, target=MAIN, at=in_days(1), waits_for=(first.id,))
    world.moves[0] = replace(first, waits_for=(second.id,))
    world.stock(10)
    assert world.outlook(line).ready == NOW
