"""What can be done about an order at risk."""

from datetime import datetime

import pytest

from agent.actions import prepare
from agent.domain.findings import Option, OptionKind
from agent.domain.sales import Segment
from agent.domain.stock import Product, Warehouse
from agent.risk.options import promise_facts
from agent.risk.situation import situations
from tests.unit.risk.builders import CHAIR, DESK, MAIN, NORTH, NOW, POLICY, World, in_days
from tests.unit.risk.world_reader import WorldReader


def options(world: World, kind: OptionKind, order_index: int = 0) -> list[Option]:
    """Of the order that was built first, unless said otherwise."""
    name = world.orders[order_index].name
    (risk,) = [risk for risk in world.risks() if risk.order.name == name]
    return [option for option in risk.options if option.kind == kind]


def test_what_is_there_can_be_shipped_in_part():
    world = World()
    order = world.order()
    world.line(order, 10, reserved=3)
    world.line(order, 5, product=DESK)
    world.stock(5, reserved=3)
    (option,) = options(world, OptionKind.SHIP_AVAILABLE)
    assert option.summary == f"Ship {order.name} in part now, from stock: 5 Units of Blue Chair."
    assert (option.ready_date, option.harms, option.cost) == (NOW, (), None)


def test_a_missed_order_that_is_all_there_can_be_shipped():
    world = World()
    order = world.order(promise=in_days(-2))
    world.line(order, 10, reserved=10)
    (option,) = options(world, OptionKind.SHIP_AVAILABLE)
    assert option.summary.startswith(f"Ship {order.name} complete now, from stock: 10 Units of Blue Chair")


def test_nothing_there_is_no_partial_shipment():
    world = World()
    world.line(world.order())
    assert options(world, OptionKind.SHIP_AVAILABLE) == []


def test_stock_that_an_earlier_order_needs_is_not_offered():
    world = World()
    world.line(world.order(promise=in_days(5)))
    world.line(world.order(promise=in_days(1)))
    world.stock(10)
    assert options(world, OptionKind.SHIP_AVAILABLE) == []


def test_another_warehouse_gives_what_its_own_demand_leaves():
    world = World()
    world.line(world.order(), 10)
    world.line(world.order(warehouse_id=NORTH), 15)
    world.stock(20, warehouse=NORTH)
    (option,) = options(world, OptionKind.MOVE_STOCK)
    assert option.summary == ("Move 5 Units of Blue Chair from North (2 days transit): that part can then ship on 2026-08-05.")
    assert (option.ready_date, option.harms) == (in_days(2), ())


def test_a_transfer_of_everything_makes_the_order_complete():
    world = World()
    order = world.order(promise=in_days(3))
    world.line(order, 10)
    world.line(order, 1, product=DESK)
    world.stock(20, warehouse=NORTH)
    world.purchase(1, at=in_days(4), product=DESK)
    (option,) = options(world, OptionKind.MOVE_STOCK)
    assert "the order can then ship complete on 2026-08-07" in option.summary
    assert option.ready_date == in_days(4)


def test_taking_what_others_need_names_who_would_wait():
    world = World()
    world.line(world.order(promise=in_days(3)), 10)
    other = world.order(promise=in_days(4), warehouse_id=NORTH, customer=world.customer("Borealis"))
    world.line(other, 8, value=800)
    world.stock(8, warehouse=NORTH)
    world.purchase(8, at=in_days(10), warehouse=NORTH)
    (option,) = options(world, OptionKind.MOVE_STOCK)
    (harm,) = option.harms
    assert (harm.order, harm.customer_name, harm.days, str(harm.value)) == (other.record, "Borealis", 6, "800.00 EUR")
    assert f"{other.name} would be late for want of it" in option.summary


@pytest.mark.parametrize(("promise", "harmed"), [(9.9, True), (10, False)])
def test_taking_what_others_get_again_in_time_harms_nobody(promise, harmed):
    world = World()
    world.line(world.order(promise=in_days(3)), 10)
    other = world.order(promise=in_days(promise), warehouse_id=NORTH)
    world.line(other, 8)
    world.stock(8, warehouse=NORTH)
    world.purchase(8, at=in_days(10), warehouse=NORTH)
    (option,) = options(world, OptionKind.MOVE_STOCK)
    assert [harm.order for harm in option.harms] == ([other.record] if harmed else [])


def test_goods_that_come_sooner_than_a_transfer_are_awaited():
    for arrival, offered in ((in_days(2), False), (in_days(2.1), True)):
        world = World()
        world.line(world.order(promise=in_days(1)), 10)
        world.stock(20, warehouse=NORTH)
        world.purchase(10, at=arrival)
        assert bool(options(world, OptionKind.MOVE_STOCK)) is offered


def test_the_promise_can_move_to_a_day_that_can_be_kept():
    world = World()
    order = world.order(promise=in_days(5))
    world.line(order)
    world.purchase(at=in_days(9))
    (option,) = options(world, OptionKind.MOVE_PROMISE_DATE)
    assert option.summary == f"Promise {order.name} for 2026-08-12 instead of 2026-08-08 (4 days later) and tell Acme."
    assert option.action == "move_promise_date"
    assert option.arguments == {"order": order.name, "promise_date": "2026-08-12T12:00:00+00:00"}
    assert option.approval == "one of sales_manager or ops_manager"


@pytest.mark.parametrize(("arrival", "promised"), [(4.125, "2026-08-07T12:00"), (4.126, "2026-08-08T12:00")])
def test_the_new_promise_is_never_before_the_goods(arrival, promised):
    world = World()
    world.line(world.order(promise=in_days(1)))
    world.purchase(at=in_days(arrival))
    (option,) = options(world, OptionKind.MOVE_PROMISE_DATE)
    assert option.arguments["promise_date"].startswith(promised)


def test_a_missed_promise_moves_at_least_a_day_ahead_even_when_all_is_there():
    """Its approval takes time, and a date that is past by then could not be promised."""
    world = World()
    world.line(world.order(promise=in_days(-4)), reserved=10)
    (option,) = options(world, OptionKind.MOVE_PROMISE_DATE)
    assert datetime.fromisoformat(option.arguments["promise_date"]) >= in_days(1)


def test_shipping_waits_for_finance_while_the_credit_holds_it():
    world = World()
    customer = world.customer()
    world.line(world.order(promise=in_days(-4)), reserved=10)
    (before,) = options(world, OptionKind.SHIP_AVAILABLE)
    world.invoice(customer, in_days(-9))
    (held,) = options(world, OptionKind.SHIP_AVAILABLE)
    assert held.approval == f"finance has to release the credit first; then {before.approval}"


def test_without_any_supply_there_is_no_date_to_promise():
    world = World()
    world.line(world.order())
    assert options(world, OptionKind.MOVE_PROMISE_DATE) == []


def test_where_the_policy_rejects_the_option_says_so():
    world = World()
    world.line(world.order(promise=in_days(5)))
    world.purchase(at=in_days(200))
    (option,) = options(world, OptionKind.MOVE_PROMISE_DATE)
    assert option.approval == "nobody: the policy has no rule that allows it"


def test_a_strategic_customers_delay_needs_two_approvals():
    world = World()
    world.line(world.order(in_days(5), world.customer(segment=Segment.STRATEGIC)))
    world.purchase(at=in_days(9))
    (option,) = options(world, OptionKind.MOVE_PROMISE_DATE)
    assert option.approval == "one sales_manager, then one ops_manager"


def test_the_approval_is_the_one_the_proposal_would_need():
    """The option rates itself on the same facts that the action reads from the ERP."""
    world = World()
    order = world.order(in_days(5), world.customer(segment=Segment.KEY))
    world.line(order)
    world.purchase(at=in_days(9))
    (option,) = options(world, OptionKind.MOVE_PROMISE_DATE)
    content = prepare(option.action, option.arguments, WorldReader(world), now=NOW)
    (situation,) = situations(world.snapshot(), world.projection(), POLICY.limits)
    assert content.facts == promise_facts(situation, datetime.fromisoformat(option.arguments["promise_date"]))
    assert content.facts == {
        "change": "later",
        "days_slipped": 4,
        "order_value": "1000",
        "currency": "EUR",
        "segment": "key",
        "customer": "Acme",
    }
    assert option.approval == "one of sales_manager or ops_manager"


def test_what_one_warehouse_lacks_another_may_have():
    world = World()
    order = world.order()
    world.line(order, 10, product=CHAIR)
    world.line(order, 10, product=DESK)
    world.stock(10, product=CHAIR, warehouse=NORTH)
    world.stock(4, product=DESK, warehouse=NORTH)
    (option,) = options(world, OptionKind.MOVE_STOCK)
    assert option.summary.startswith("Move 10 Units of Blue Chair and 4 Units of Oak Desk from North")
    assert "that part can then ship" in option.summary


def test_stock_of_another_company_is_not_ours_to_move():
    world = World()
    world.warehouses = (Warehouse(MAIN, "Main", "MA", 1), Warehouse(NORTH, "North", "NO", 2))
    world.line(world.order(), 10)
    world.stock(10, warehouse=NORTH)
    assert options(world, OptionKind.MOVE_STOCK) == []


def test_of_a_kit_whose_parts_are_not_known_neither_shipping_nor_a_date_is_promised():
    world = World()
    world.products = (Product(CHAIR, "Dining set", "SET", "Units", storable=False, kit=True),)
    world.line(world.order(promise=in_days(-1)), 2)
    [risk] = world.risks()
    assert [finding.kind.value for finding in risk.findings] == ["promise_missed"]
    assert risk.options == ()
