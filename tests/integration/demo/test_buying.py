"""Purchases, vendors, price lists and reorder rules of the demo company, as the worker reads them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from agent.domain.purchasing import PurchaseLine, PurchaseOrder, VendorPrice
from integrations.demo import ONCE_EACH
from integrations.demo.once_each import FIRST_OF_TWO, SECOND_OF_TWO
from tests.fixtures.demo import DemoErp

NOBODY = 2_000_000_000
TODAY = datetime.now(UTC).date()


def purchases_of(erp: DemoErp) -> dict[int, PurchaseOrder]:
    ids = sorted({line.order_id for line in erp.reader.open_purchase_lines()})
    return {purchase.id: purchase for purchase in erp.reader.purchases([*ids, NOBODY])}


def price_of(prices: list[VendorPrice], line: PurchaseLine) -> VendorPrice:
    """The first price of its vendor that holds."""
    return next(
        one
        for one in prices
        if (one.product_id, one.vendor_id) == (line.product_id, line.vendor_id) and one.holds(line.ordered.amount, TODAY)
    )


def listed(erp: DemoErp) -> list[tuple[PurchaseLine, VendorPrice]]:
    """Every open purchase line with the price it should have."""
    lines = erp.reader.open_purchase_lines()
    prices = erp.reader.vendor_prices(sorted({line.product_id for line in lines}))
    return [(line, price_of(prices, line)) for line in lines]


def test_only_the_planted_purchase_waits_for_its_vendor_to_acknowledge(demo_erp: DemoErp) -> None:
    waiting = [each for each in purchases_of(demo_erp).values() if each.state in ("purchase", "done") and not each.acknowledged]
    [purchase] = waiting
    assert purchase.name == ONCE_EACH["purchase_unconfirmed"]
    assert (TODAY - purchase.ordered_at.date()).days == 5


def test_only_the_planted_purchase_waits_long_for_approval(demo_erp: DemoErp) -> None:
    waiting = [each for each in purchases_of(demo_erp).values() if each.state == "to approve"]
    old = [each.name for each in waiting if datetime.now(UTC) - each.changed_at > timedelta(hours=24)]
    assert old == [ONCE_EACH["purchase_approval_stalled"]]
    assert len(waiting) > 3


def test_only_the_planted_purchase_is_dearer_than_its_vendors_list(demo_erp: DemoErp) -> None:
    dear = {
        line.order_name
        for line, price in listed(demo_erp)
        if line.value and line.value.amount > price.price.amount * line.ordered.amount * Decimal("1.01")
    }
    assert dear == {ONCE_EACH["price_variance"]}


def test_only_the_planted_purchase_takes_longer_than_its_vendors_list_says(demo_erp: DemoErp) -> None:
    ordered = {key: purchase.ordered_at for key, purchase in purchases_of(demo_erp).items()}
    slow = {
        line.order_name
        for line, price in listed(demo_erp)
        if line.vendor_promise_date - ordered[line.order_id] > timedelta(days=price.lead_days + 3)
    }
    assert slow == {ONCE_EACH["lead_time_variance"]}


def test_nothing_but_the_planted_wipes_is_on_order_twice(demo_erp: DemoErp) -> None:
    purchases: dict[tuple[int, int | None], list[str]] = {}
    for line in demo_erp.reader.open_purchase_lines():
        purchases.setdefault((line.product_id, line.warehouse_id), []).append(line.order_name)
    twice = [sorted(names) for names in purchases.values() if len(names) > 1]
    assert twice == [[FIRST_OF_TWO, SECOND_OF_TWO]]


def test_a_purchase_is_worth_what_its_lines_are(demo_erp: DemoErp) -> None:
    lines = demo_erp.reader.open_purchase_lines()
    for purchase in purchases_of(demo_erp).values():
        values = [line.value.amount for line in lines if line.order_id == purchase.id and line.value]
        assert purchase.amount.amount >= sum(values), "lines that have come are not among the open ones"


def test_price_lists_tell_minimum_and_validity_and_no_price_that_is_over(demo_erp: DemoErp) -> None:
    [box] = [product for product in demo_erp.reader.search_products("BOX-1") if product.code == "BOX-1"]
    prices = [one for one in demo_erp.reader.vendor_prices([box.id]) if one.vendor_name == "Cartonnerie Valmont"]
    now, truck, later = sorted(prices, key=lambda one: (one.valid_from or date.min, one.minimum))
    assert truck.price.amount < now.price.amount < later.price.amount
    assert [one.holds(Decimal(1000), TODAY) for one in (now, truck, later)] == [True, False, False]
    assert demo_erp.reader.vendor_prices([]) == []


def test_vendors_come_with_their_classes(demo_erp: DemoErp) -> None:
    [kessler] = demo_erp.reader.search_vendors("kessler")
    [vendor] = demo_erp.reader.vendors([kessler.id, NOBODY])
    assert (vendor.record, vendor.classes) == (kessler, {"strategic", "made to order"})


def test_only_the_planted_rule_is_below_its_minimum(demo_erp: DemoErp) -> None:
    rules = demo_erp.reader.reorder_rules()
    levels = demo_erp.reader.stock_levels(sorted({rule.product_id for rule in rules}))
    on_hand = {(level.product_id, level.warehouse_id): level.on_hand for level in levels}
    below = [rule.name for rule in rules if on_hand[rule.product_id, rule.warehouse_id] < rule.minimum]
    assert below == [ONCE_EACH["reorder_breach"]]
    assert len(rules) > 50
    assert all(rule.minimum < rule.maximum for rule in rules)


@pytest.mark.parametrize(("days", "there"), [(16, False), (18, True)])
def test_quotations_are_told_from_the_day_they_were_sent(demo_erp: DemoErp, days: int, there: bool) -> None:
    quotations = demo_erp.reader.sent_quotations(datetime.now(UTC) - timedelta(days=days))
    assert (ONCE_EACH["order_stale"] in {each.name for each in quotations}) is there
    assert {each.state for each in quotations} == {"sent"}
