"""From a cause to the orders it endangers, and from an order to what it waits for."""

from dataclasses import replace

import pytest

from agent.errors import RecordMissing
from agent.risk.causes import find_cause, snapshot_of_cause
from agent.risk.impact import Cause, impact
from agent.risk.tree import tree_of
from tests.unit.risk.builders import CHAIR, DESK, MAIN, NORTH, NOW, World, euros, in_days, policy
from tests.unit.risk.world_reader import WorldReader


def impact_of(world: World, cause: Cause, new_date=None):
    return impact(snapshot_of_cause(WorldReader(world), cause, NOW), policy(), cause, new_date)


def of_purchase(line) -> Cause:
    return Cause(line.record, "it is late", purchase_line_ids=frozenset((line.id,)))


def test_the_orders_that_count_on_a_purchase_are_named_those_whose_promise_breaks_first():
    world = World()
    kept, broken = world.order(promise=in_days(20)), world.order(promise=in_days(3))
    world.line(kept, 4, value=9_000)
    world.line(broken, 6, value=600)
    world.line(world.order(promise=in_days(2)), 5, product=DESK)
    found = impact_of(world, of_purchase(world.purchase(10, at=in_days(8))))
    assert [(order.order, order.endangered, order.days_late) for order in found.orders] == [
        (broken.record, True, 5),
        (kept.record, False, 0),
    ]
    assert found.value_endangered == (euros(600),)
    assert found.orders[0].goods == "6 Units of Blue Chair"


def test_of_broken_promises_the_one_that_costs_most_comes_first():
    world = World()
    small, large = world.order(promise=in_days(3)), world.order(promise=in_days(4))
    world.line(small, 5, value=500)
    world.line(large, 5, value=50_000)
    found = impact_of(world, of_purchase(world.purchase(10, at=in_days(9))))
    assert [order.order for order in found.orders] == [large.record, small.record]


def test_another_date_tells_what_would_break_that_holds_today():
    world = World()
    order = world.order(promise=in_days(5))
    world.line(order, 10)
    purchase = world.purchase(10, at=in_days(4))
    assert not impact_of(world, of_purchase(purchase)).orders[0].endangered
    (late,) = impact_of(world, of_purchase(purchase), in_days(9)).orders
    assert (late.ready_before, late.ready_after, late.endangered, late.days_late) == (in_days(4), in_days(9), True, 4)


def test_an_earlier_date_helps_those_who_wait():
    world = World()
    world.line(world.order(promise=in_days(5)), 10)
    (early,) = impact_of(world, of_purchase(world.purchase(10, at=in_days(9))), in_days(3)).orders
    assert (early.ready_before, early.ready_after, early.endangered) == (in_days(9), in_days(3), False)


def test_a_delay_also_meets_orders_that_move_back_in_the_queue_for_the_rest():
    world = World()
    first, second = world.order(promise=in_days(5)), world.order(promise=in_days(6))
    world.line(first, 10)
    world.line(second, 10)
    delayed = world.purchase(10, at=in_days(2))
    world.purchase(10, at=in_days(4))
    found = impact_of(world, of_purchase(delayed), in_days(30))
    assert {order.order for order in found.orders} == {first.record, second.record}
    assert [order.order for order in found.orders if order.endangered] == [second.record]


def test_the_draft_is_in_the_customers_language_and_names_neither_vendor_nor_cause():
    world = World()
    order = world.order(promise=in_days(3), customer=world.customer("Werft Elbmann", language="de"))
    world.line(order, 10)
    purchase = world.purchase(10, at=in_days(8))
    (late,) = impact_of(world, of_purchase(purchase)).orders
    assert late.draft is not None
    assert "Ihren Auftrag" in late.draft
    assert "2026-08-11" in late.draft
    assert "10 Units Blue Chair" in late.draft
    assert purchase.vendor_name not in late.draft
    assert purchase.order_name not in late.draft


@pytest.mark.parametrize("language", ["en", "de", "fr", "nl", "es", "xx"])
def test_without_any_date_the_draft_promises_none(language):
    world = World()
    world.line(world.order(promise=in_days(3), customer=world.customer(language=language)), 10)
    cause = Cause(world.products[0].record, "it does not come", product_ids=frozenset((CHAIR,)))
    (late,) = impact_of(world, cause).orders
    assert late.draft is not None
    assert "2026-08-06" in late.draft  # the promise that breaks
    assert late.draft.count("2026-") == 1


def test_a_promise_that_holds_needs_no_draft():
    world = World()
    world.line(world.order(promise=in_days(20)), 10)
    (fine,) = impact_of(world, of_purchase(world.purchase(10, at=in_days(8)))).orders
    assert fine.draft is None


def test_a_cause_is_found_by_number_code_or_name_or_the_candidates_are_named():
    world = World()
    line = world.purchase(10, at=in_days(3))
    reader = NamedReader(world)
    assert find_cause(reader, line.order_name).purchase_line_ids == {line.id}
    assert find_cause(reader, "ch").product_ids == {CHAIR}
    with pytest.raises(RecordMissing, match="Oak Desk"):
        find_cause(reader, "a")
    with pytest.raises(RecordMissing, match="No purchase, transfer, product or vendor is called zebra"):
        find_cause(reader, "zebra")


class NamedReader(WorldReader):
    """Finds purchases by number and products by code or part of the name."""

    def find_by_number(self, model, numbers):
        known = {line.order_name: line.record for line in self.world.purchases} if model == "purchase.order" else {}
        return {number: [known[number]] for number in numbers if number in known}

    def search_products(self, text, limit=10):
        wanted = text.casefold()
        return [each for each in self.world.products if wanted in each.name.casefold() or wanted == (each.code or "").casefold()]

    def search_vendors(self, text, limit=10):
        return []


def test_the_tree_goes_from_the_order_to_the_purchase_behind_the_transfer():
    world = World()
    order = world.order(promise=in_days(9))
    world.line(order, 10, reserved=2)
    world.stock(2, reserved=2)
    world.move(CHAIR, 8, at=in_days(4), origin=NORTH, target=MAIN, reference="NO/INT/00007")
    purchase = world.purchase(8, at=in_days(3), warehouse=NORTH)
    top = tree_of(world.snapshot(), policy())
    (goods,) = top.waits_for
    reserved, transfer = goods.waits_for
    assert goods.said == "10 Units of Blue Chair still to ship"
    assert reserved.said == "2 Units reserved at Main"
    assert transfer.said.startswith("8 Units with transfer NO/INT/00007")
    (behind,) = transfer.waits_for
    assert behind.record == purchase.record
    assert behind.said == f"8 Units from Nordholz with {purchase.order_name}, announced for 2026-08-06"


def test_the_tree_says_where_nothing_comes_from():
    world = World()
    world.line(world.order(), 10)
    (goods,) = tree_of(world.snapshot(), policy()).waits_for
    (nothing,) = goods.waits_for
    assert (goods.ready, nothing.ready) == (None, None)
    assert nothing.said == "10 Units with neither stock nor supply"


def test_of_a_purchase_with_a_late_line_the_tree_says_that_it_is_overdue():
    world = World()
    line = world.line(world.order(), 10)
    world.purchase(10, at=in_days(-5), for_lines=(line.id,))
    world.purchases = [replace(each, order_state="purchase") for each in world.purchases]
    (goods,) = tree_of(world.snapshot(), policy()).waits_for
    assert "overdue" in goods.waits_for[0].said
