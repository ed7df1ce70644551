"""What is read, in how many calls, and what is said when an order cannot be looked at."""

import gc
from decimal import Decimal

import pytest

from agent.domain.purchasing import VendorPrice
from agent.domain.stock import Product, ReorderRule
from agent.errors import ErpIncomplete, ErpRefused, RecordMissing
from agent.guardrails.policy import ThresholdBook, Thresholds
from agent.guardrails.thresholds import ThresholdException, Where
from agent.risk.assess import assess
from agent.risk.rows import order_row
from agent.risk.taking import take_snapshot
from tests.unit.risk.builders import CHAIR, DESK, MAIN, NOW, POLICY, World, euros, in_days, units
from tests.unit.risk.world_reader import WorldReader


def busy_world(orders: int) -> World:
    """Orders that compete for two products, with too little of both."""
    world = World()
    for number in range(orders):
        order = world.order(promise=in_days(number % 7 - 1))
        world.line(order, 3 + number % 5, product=CHAIR)
        world.line(order, 2 + number % 3, product=DESK, reserved=1)
        world.picking(order, in_days(-4 + number % 3))
    world.stock(2 * orders)
    world.stock(orders, product=DESK, reserved=orders)
    made = next(line for line in world.lines if line.product_id == DESK)
    world.purchase(3 * orders, at=in_days(3))
    world.purchase(2 * orders, at=in_days(-3), product=DESK, for_lines=(made.id,))
    world.invoice(next(iter(world.customers.values())), in_days(-2))
    return world


def rows(world: World, names: list[str] | None = None) -> list[dict]:
    report = assess(take_snapshot(WorldReader(world), NOW, names), POLICY)
    return [order_row(risk, report.as_of, lambda record: None) for risk in report.orders]


def test_the_number_of_calls_does_not_depend_on_the_number_of_orders():
    counts = []
    for orders in (1, 60):
        reader = WorldReader(busy_world(orders))
        take_snapshot(reader, NOW)
        counts.append(reader.calls)
    assert counts[0] == counts[1]
    assert set(counts[0].values()) == {1}


def test_the_number_of_calls_for_one_order_is_fixed_too():
    for orders in (1, 60):
        world = busy_world(orders)
        reader = WorldReader(world)
        take_snapshot(reader, NOW, [world.orders[0].name])
        assert reader.calls.total() == 14


def as_seen_alone(row):
    """Who else waits for a purchase, or is held with the customer, is not looked at for one order."""
    shared = ("receipt_overdue", "credit_hold")
    findings = [
        {**finding, "summary": "", "evidence": []} if finding["kind"] in shared else finding for finding in row["findings"]
    ]
    return {**row, "findings": findings}


def test_one_order_looked_at_alone_is_judged_as_in_the_whole_list():
    world = busy_world(30)
    whole = {row["order"]: row for row in rows(world)}
    for order in world.orders:
        alone = [as_seen_alone(row) for row in rows(world, [order.name])]
        assert alone == ([as_seen_alone(whole[order.name])] if order.name in whole else [])


def test_a_kit_is_judged_by_its_parts_alone_as_in_the_whole_list():
    """Two kits compete for a part with somebody who buys the part; the desk nobody orders by itself."""
    world = World()
    world.products = (*world.products, Product(104, "Dining set", "SET", "Units", storable=False, kit=True))
    for promise in (4, 2):
        kit = world.line(world.order(promise=in_days(promise)), 2, product=104, move=False)
        world.move(CHAIR, 8, origin=MAIN, at=in_days(9 - promise), sale_line_id=kit.id)
        world.move(DESK, 2, origin=MAIN, at=in_days(9 - promise), sale_line_id=kit.id)
    world.line(world.order(promise=in_days(3)), 4)
    world.stock(12)
    world.stock(4, product=DESK)
    late, early, chairs = world.orders
    whole = rows(world)
    assert [row["order"] for row in whole] == [late.name]
    assert whole[0]["findings"][0]["summary"].startswith("8 Units of Blue Chair (part of Dining set)")
    assert rows(world, [late.name]) == whole
    assert rows(world, [early.name]) == rows(world, [chairs.name]) == []


def test_a_rival_without_a_planned_delivery_wants_its_goods_too():
    world = World()
    world.line(world.order(promise=in_days(2)), 10, move=False)
    later = world.order(promise=in_days(5))
    world.line(later, 10)
    world.stock(10)
    [row] = rows(world)
    assert row["order"] == later.name
    assert rows(world, [later.name]) == [row]


def test_invoices_that_may_not_be_seen_are_said_to_be_missing_and_the_rest_is_told():
    world = busy_world(3)

    class WithoutInvoices(WorldReader):
        def overdue_invoices(self, now, customer_ids=None):
            raise ErpRefused("The login may not do this with account.move.")

    report = assess(take_snapshot(WithoutInvoices(world), NOW), POLICY)
    assert report.not_seen == ("Credit was judged without overdue invoices. The login may not do this with account.move.",)
    kinds = {finding.kind.value for risk in report.orders for finding in risk.findings}
    assert "credit_hold" not in kinds
    assert "promise_missed" in kinds


def test_only_the_named_orders_are_reported():
    world = busy_world(5)
    snapshot = take_snapshot(WorldReader(world), NOW, [world.orders[1].name])
    assert snapshot.subjects == {world.orders[1].id}
    assert len(snapshot.orders) == 5


def test_indexes_find_what_belongs_together():
    world = busy_world(3)
    snapshot = take_snapshot(WorldReader(world), NOW)
    line, picking = world.lines[0], world.pickings[0]
    assert [move.sale_line_id for move in snapshot.moves_by_sale_line[line.id]] == [line.id]
    assert snapshot.pickings_by_order[picking.sale_order_id] == [picking]
    assert {move.product_id for move in snapshot.moves_by_product[CHAIR]} == {CHAIR}
    assert snapshot.purchase_lines_by_sale_line[world.lines[1].id] == [world.purchases[1]]
    assert {line.product_id for line in snapshot.purchase_lines_by_product[DESK]} == {DESK}


def test_delivered_and_intangible_lines_are_left_out():
    world = World()
    order = world.order()
    world.line(order, 5, delivered=5)
    world.line(order, 5, goods=False)
    kept = world.line(order, 5, delivered=4)
    assert take_snapshot(WorldReader(world), NOW).lines == [kept]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"state": "draft"}, "is still a quotation (state draft)"),
        ({"state": "sent"}, "is a quotation that was sent and not confirmed (state sent)"),
        ({"state": "cancel"}, "is cancelled (state cancel)"),
        ({"complete": True}, "has nothing left to deliver"),
    ],
)
def test_an_order_that_is_not_open_says_in_which_state_it_is(given, words):
    world = World()
    order = world.order(**given)
    with pytest.raises(RecordMissing) as refused:
        take_snapshot(WorldReader(world), NOW, [order.name])
    assert str(refused.value).startswith(f"{order.name} {words}")


def test_an_order_that_does_not_exist_is_named():
    world = busy_world(1)
    with pytest.raises(
        RecordMissing, match="There is no order S99999, or its company may not be read; `expediter risk list` names orders"
    ):
        take_snapshot(WorldReader(world), NOW, [world.orders[0].name, "S99999"])


def test_the_cycle_collector_is_on_again_after_a_refusal():
    assert gc.isenabled()
    with pytest.raises(RecordMissing):
        take_snapshot(WorldReader(World()), NOW, ["S99999"])
    assert gc.isenabled()


def test_all_that_is_bought_kept_and_offered_belongs_to_a_whole_snapshot_only():
    world = busy_world(2)
    film, box = 900, 901
    world.products += (
        Product(film, "Pallet Film", "PF", "Units", storable=True),
        Product(box, "Box", "BX", "Units", storable=True),
    )
    world.purchase(5, at=in_days(3), product=film)
    world.more["reorder_rules"].append(ReorderRule(1, "OP/1", box, MAIN, units(20), units(50), 4))
    world.stock(7, product=box)
    asked = world.order(state="sent", ordered_at=in_days(-59))
    world.order(state="sent", ordered_at=in_days(-61))
    whole = take_snapshot(WorldReader(world), NOW)
    assert {purchase.id for purchase in whole.purchases} == {line.order_id for line in world.purchases}
    assert whole.reorder_rules == world.more["reorder_rules"]
    assert whole.quotations == [asked], "what is older than 60 days is forgotten"
    assert {film, box} <= set(whole.products), "also what no customer waits for"
    assert whole.levels[box, MAIN].on_hand.amount == 7
    alone = take_snapshot(WorldReader(world), NOW, [world.orders[0].name])
    assert (alone.purchases, alone.reorder_rules, alone.quotations) == ((), (), ())


def test_how_far_back_an_offer_matters_is_the_policys_longest():
    world = busy_world(1)
    asked = world.order(state="sent", ordered_at=in_days(-89))
    elsewhere = ThresholdException(where=Where(warehouse="NO"), thresholds=Thresholds(quotation_forgotten_days=90))
    limits = ThresholdBook(Thresholds(), (elsewhere,))
    assert take_snapshot(WorldReader(world), NOW, limits=limits).quotations == [asked]


def test_vendors_and_their_prices_are_known_for_one_order_too():
    world = busy_world(1)
    [mine] = [line for line in world.purchases if line.product_id == DESK]
    price = VendorPrice(1, 77, "Other Desks", DESK, euros(40), Decimal(0), 3, None, None)
    world.prices.append(price)
    alone = take_snapshot(WorldReader(world), NOW, [world.orders[0].name])
    assert mine.vendor_id in alone.vendors
    assert alone.vendor_prices == [price]


def test_price_lists_and_rules_that_may_not_be_seen_are_said_and_the_rest_is_told():
    class Blind(WorldReader):
        def vendor_prices(self, product_ids):
            raise ErpRefused("The login may not see prices.")

        def reorder_rules(self):
            raise ErpIncomplete("There are no rules.")

    snapshot = take_snapshot(Blind(busy_world(2)), NOW)
    assert list(snapshot.not_seen) == [
        "Minimum stocks were not looked at. There are no rules.",
        "Vendors' price lists were not looked at. The login may not see prices.",
    ]
    assert snapshot.subjects
