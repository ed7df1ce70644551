"""The full pass says what nothing told of among purchases, prices, minimum stocks and offers, and only that."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.errors import ErpRefused
from agent.risk.live import ScanEngine
from tests.unit.risk.builders import CHAIR, NOW, POLICY, in_days
from tests.unit.risk.changing_world import ChangingWorld
from tests.unit.risk.engines import Clock, company, engine_of
from tests.unit.risk.events import rule


def trading() -> ChangingWorld:
    erp = company()
    erp.world.purchase(10, at=in_days(3))
    erp.world.price(9, 5)
    rule(erp.world, 5, 20)
    erp.world.order(None, state="sent", ordered_at=in_days(-3))
    return erp


def without_price(erp: ChangingWorld) -> str:
    gone = erp.world.prices.pop()
    return f"product.supplierinfo {gone.id} of product {gone.product_id} had gone unnoticed."


def without_rule(erp: ChangingWorld) -> str:
    return f"stock.warehouse.orderpoint {erp.world.more['reorder_rules'].pop().id} had gone unnoticed."


def with_another_vendor(erp: ChangingWorld) -> str:
    vendor_id = erp.world.purchases[0].vendor_id
    erp.world.vendor_classes[vendor_id] = ("steady",)
    return f"res.partner {vendor_id} had changed unnoticed: classes was frozenset() and is frozenset({{'steady'}})."


def with_a_bigger_offer(erp: ChangingWorld) -> str:
    old = erp.world.orders[-1]
    erp.world.orders[-1] = replace(old, customer_name="Borealis")
    return f"sale.order {old.id} had changed unnoticed: customer_name was Acme and is Borealis."


def without_stock(erp: ChangingWorld) -> str:
    del erp.world.levels[CHAIR, 1]
    return f"The stock of product {CHAIR} in warehouse 1 had gone unnoticed."


@pytest.mark.parametrize("happening", [without_price, without_rule, with_another_vendor, with_a_bigger_offer, without_stock])
def test_of_what_is_bought_kept_and_offered_too_the_full_pass_says_what_nothing_told_of(happening):
    erp = trading()
    engine = engine_of(erp)
    engine.scan()
    engine.scan()
    said = happening(erp)
    assert engine.full().missed == (said,)
    assert engine.full().missed == ()


def test_the_full_pass_tells_of_a_purchase_that_changed_unnoticed():
    erp = trading()
    engine = engine_of(erp)
    engine.scan()
    line = erp.world.purchases[0]
    erp.world.purchases[0] = replace(line, order_state="done")
    assert f"purchase.order {line.order_id} had changed unnoticed: state was purchase and is done." in engine.full().missed


def test_an_empty_shelf_whose_record_the_erp_drops_was_not_missed():
    erp = company()
    erp.world.stock(0, warehouse=2)
    engine = engine_of(erp)
    engine.scan()
    del erp.world.levels[CHAIR, 2]
    assert engine.full().missed == ()


def test_what_may_not_be_seen_any_more_was_not_missed():
    erp = trading()

    class Blind(ChangingWorld):
        blind = False

        def vendor_prices(self, product_ids):
            return self.ask(super().vendor_prices(product_ids))

        def reorder_rules(self):
            return self.ask(super().reorder_rules())

        def ask(self, found):
            if self.blind:
                raise ErpRefused("The login may not do this.")
            return found

    blind = Blind(erp.world)
    engine = ScanEngine(blind, blind, POLICY, lambda: NOW)
    engine.scan()
    for blind.blind in (True, False):
        assert engine.full().missed == ()


def test_prices_that_end_and_offers_that_are_forgotten_by_the_clock_alone_were_not_missed():
    erp, clock = trading(), Clock()

    class Dated(ChangingWorld):
        def vendor_prices(self, product_ids):
            return [] if clock.now.date() > NOW.date() else super().vendor_prices(product_ids)

    erp.world.order(None, state="sent", ordered_at=in_days(-60))
    dated = Dated(erp.world)
    engine = ScanEngine(dated, dated, POLICY, clock)
    engine.scan()
    clock.now += timedelta(days=1)
    assert engine.full().missed == ()


def test_a_purchase_whose_last_goods_came_is_no_news_to_the_full_pass():
    erp = trading()
    engine = engine_of(erp)
    engine.scan()
    line = erp.world.purchases.pop()
    [move] = [move for move in erp.world.moves if move.purchase_line_id == line.id]
    erp.finish_move(move)
    engine.scan()
    assert engine.full().missed == ()
