"""price_variance and lead_time_variance at their boundaries."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.findings import Severity
from agent.domain.money import Money
from tests.unit.risk.builders import DESK, NOW, euros, in_days, units
from tests.unit.risk.purchasing_world import LATELY, PurchasingWorld

PRICE, LEAD = "price_variance", "lead_time_variance"


def bought(world: PurchasingWorld, value: float, amount: float = 10, *, ordered_at=LATELY, currency="EUR", **given):
    """A purchase line of that value."""
    line = world.purchase(amount, at=given.pop("at", in_days(8)), **given)
    world.purchases[-1] = replace(line, value=Money(Decimal(str(value)), currency), ordered_at=ordered_at)
    return world.purchases[-1]


@pytest.mark.parametrize(("value", "found"), [(100, 0), (105, 0), (105.02, 1), (95, 0), (94.98, 1)])
def test_a_price_may_differ_from_the_list_by_the_policys_share(value, found):
    world = PurchasingWorld()
    world.price(10)
    bought(world, value)
    assert len(world.of_kind(PRICE, price_variance_percent=5)) == found


def test_the_summary_says_both_prices_and_what_the_difference_comes_to():
    world = PurchasingWorld()
    world.price(10)
    line = bought(world, 3450, 300)
    (found,) = world.of_kind(PRICE)
    assert found.summary == (
        f"{line.order_name} from Nordholz buys Blue Chair at 11.50 EUR instead of the listed 10.00 EUR (15 % more): "
        "450.00 EUR more than by the list."
    )
    assert (found.subject, found.since, found.at_stake, found.severity) == (line.record, in_days(-2), euros(450), Severity.MEDIUM)
    facts = {(fact.record, fact.field): fact.value for fact in found.evidence}
    assert facts[line.line_record, "price_subtotal"] == "3,450.00 EUR"
    assert facts[world.prices[0].record, "price"] == "10.00 EUR"


@pytest.mark.parametrize(
    ("value", "severity"), [(11_000, "high"), (10_999, "medium"), (1_021, "medium"), (1_020, "low"), (800, "low")]
)
def test_what_is_overpaid_is_grave_by_its_amount_and_a_bargain_is_not(value, severity):
    world = PurchasingWorld()
    world.price(10)
    bought(world, value, 100)
    (found,) = world.of_kind(PRICE, price_variance_percent=1, weighty_order_value=10_000, bill_variance_value=20)
    assert found.severity == severity


def test_a_price_below_the_list_may_come_back_with_the_bill():
    world = PurchasingWorld()
    world.price(10)
    bought(world, 80)
    assert world.of_kind(PRICE)[0].summary.endswith(
        "(20 % less): 20.00 EUR less than by the list; the bill may ask for the listed price."
    )


def test_the_price_for_the_largest_quantity_that_is_bought_counts_and_of_equals_the_cheapest():
    world = PurchasingWorld()
    for price, minimum in ((10, 0), (9, 0), (8, 100), (5, 101)):
        world.price(price, minimum=Decimal(minimum))
    bought(world, 900, 100)
    (found,) = world.of_kind(PRICE)
    assert "at 9.00 EUR instead of the listed 8.00 EUR" in found.summary
    assert ("min_qty", "100 Units") in [(fact.field, fact.value) for fact in found.evidence]


def test_a_price_holds_on_the_day_of_the_order_not_today():
    world = PurchasingWorld()
    world.price(10, valid_until=in_days(-2).date())
    world.price(20, valid_from=in_days(-1).date())
    bought(world, 100, ordered_at=in_days(-2))
    assert not world.of_kind(PRICE)
    world.purchases[-1] = replace(world.purchases[-1], ordered_at=in_days(-1))
    assert "the listed 20.00 EUR" in world.of_kind(PRICE)[0].summary


def test_without_a_day_of_its_own_a_line_was_ordered_when_its_purchase_was():
    world = PurchasingWorld()
    world.price(10, valid_until=in_days(-5).date())
    line = bought(world, 200, ordered_at=None)
    assert not world.of_kind(PRICE)
    world.order_of(line, ordered_at=in_days(-6))
    assert world.of_kind(PRICE)[0].since == in_days(-6)


@pytest.mark.parametrize("case", ["another vendor", "another product", "another currency", "no value told", "no price asked yet"])
def test_what_cannot_be_compared_is_not(case):
    world = PurchasingWorld()
    if case == "another vendor":
        world.price(10, vendor=(902, "Elsewhere"))
    elif case == "another product":
        world.price(10, product=DESK)
    else:
        world.price(10, **({"money": Money(Decimal(10), "USD")} if case == "another currency" else {}))
    line = bought(world, 0 if case == "no price asked yet" else 500, state="sent" if case == "no price asked yet" else "purchase")
    if case == "no value told":
        world.purchases[-1] = replace(line, value=None)
    assert not world.of_kind(PRICE)


def test_a_confirmed_purchase_for_nothing_and_a_draft_too_dear_are_both_told():
    world = PurchasingWorld()
    world.price(10)
    bought(world, 0)
    bought(world, 200, state="draft")
    assert len(world.of_kind(PRICE)) == 2


def test_a_cent_of_rounding_is_no_difference():
    world = PurchasingWorld()
    world.price(0.004)
    bought(world, 0.01, 1)
    assert not world.of_kind(PRICE)


def test_the_lines_of_one_purchase_are_one_finding_with_their_differences_added_up():
    world = PurchasingWorld()
    world.price(10)
    world.price(100, product=DESK)
    first = bought(world, 120)
    second = bought(world, 700, product=DESK)
    world.purchases[-1] = replace(second, order_id=first.order_id, order_name=first.order_name)
    (found,) = world.of_kind(PRICE)
    assert found.at_stake == euros(320)
    assert "buys Oak Desk at 70.00 EUR instead of the listed 100.00 EUR (30 % less) and Blue Chair at 12.00 EUR" in found.summary
    assert found.summary.endswith(": 320.00 EUR of difference.")


def test_a_class_of_vendors_may_have_a_wider_tolerance():
    world = PurchasingWorld()
    world.price(10)
    bought(world, 118)
    assert world.of_kind(PRICE, {"price_variance_percent": 20})
    world.vendor_class("patient")
    assert not world.of_kind(PRICE, {"price_variance_percent": 20})


@given(st.integers(1, 500), st.integers(1, 50), st.integers(0, 20_000), st.integers(0, 60))
def test_the_difference_is_what_is_at_stake_and_is_beyond_the_tolerance(price, amount, value, percent):
    world = PurchasingWorld()
    world.price(price)
    bought(world, value, amount)
    for found in world.of_kind(PRICE, price_variance_percent=percent):
        assert found.at_stake == euros(abs(value - price * amount))
        assert found.at_stake.amount * 100 > percent * price * amount


@pytest.mark.parametrize(("due", "found"), [(8, 0), (11, 0), (12, 1), (5, 0), (4, 1)])
def test_a_promise_may_differ_from_the_listed_lead_time_by_the_policys_days(due, found):
    world = PurchasingWorld()
    world.price(10, lead_days=10)
    bought(world, 100, at=in_days(due), ordered_at=in_days(-2))
    assert len(world.of_kind(LEAD, lead_time_variance_days=3)) == found


def test_later_than_the_list_is_told_with_the_orders_whose_promise_it_breaks():
    world = PurchasingWorld()
    world.price(10, lead_days=14)
    broken, kept = world.order(in_days(20)), world.order(in_days(30))
    for order in (broken, kept):
        world.line(order, 10)
    line = bought(world, 200, 20, at=in_days(24), ordered_at=in_days(-2))
    (found,) = world.of_kind(LEAD)
    assert found.summary == (
        f"{line.order_name} from Nordholz (Blue Chair) is promised for 2026-08-27, 26 days after it was ordered, but its price "
        f"list says 14 days; {broken.name} waits for it."
    )
    assert [(each.order.name, each.days) for each in found.affects] == [(broken.name, 4)]
    assert (found.severity, found.since, found.subject) == (Severity.HIGH, in_days(-2), line.record)
    assert {(fact.field, fact.value) for fact in found.evidence} >= {
        ("delay", "14 days"),
        ("date_planned", in_days(24).isoformat()),
    }


def test_sooner_than_the_list_is_doubtful_for_the_orders_that_would_be_late_if_it_took_as_long():
    world = PurchasingWorld()
    world.price(10, lead_days=14)
    endangered, safe = world.order(in_days(7)), world.order(in_days(13))
    for order in (endangered, safe):
        world.line(order, 10)
    bought(world, 200, 20, at=in_days(2), ordered_at=in_days(-2))
    (found,) = world.of_kind(LEAD)
    assert "4 days after it was ordered, but its price list says 14 days; by that it comes on 2026-08-15" in found.summary
    assert found.summary.endswith(f", too late for {endangered.name}.")
    assert [(each.order.name, each.days, each.severity) for each in found.affects] == [(endangered.name, 5, Severity.MEDIUM)]


def test_a_hasty_promise_whose_day_is_over_is_overdue_and_no_longer_doubtful():
    world = PurchasingWorld()
    world.price(10, lead_days=14)
    bought(world, 100, at=in_days(-3), ordered_at=in_days(-5))
    assert not world.of_kind(LEAD)


@pytest.mark.parametrize("state", ["draft", "sent", "to approve"])
def test_what_is_not_confirmed_has_no_promise_yet(state):
    world = PurchasingWorld()
    world.price(10, lead_days=1)
    bought(world, 100, at=in_days(30), state=state)
    assert not world.of_kind(LEAD)


def test_nobody_waits_and_it_is_told_all_the_same():
    world = PurchasingWorld()
    world.price(10, lead_days=5)
    bought(world, 100, at=in_days(30))
    (found,) = world.of_kind(LEAD)
    assert (found.affects, found.severity) == ((), "low")


def test_one_purchase_is_one_finding_by_its_worst_line():
    world = PurchasingWorld()
    world.price(10, lead_days=5)
    world.price(10, lead_days=5, product=DESK)
    first = bought(world, 100, at=in_days(20))
    second = bought(world, 100, at=in_days(40), product=DESK)
    world.purchases[-1] = replace(second, order_id=first.order_id, order_name=first.order_name)
    (found,) = world.of_kind(LEAD)
    assert "(Blue Chair and Oak Desk) is promised for 2026-09-12, 42 days after" in found.summary


def test_a_class_of_vendors_may_take_other_days():
    world = PurchasingWorld()
    world.price(10, lead_days=5)
    bought(world, 100, at=in_days(20))
    assert world.of_kind(LEAD, {"lead_time_variance_days": 30})
    world.vendor_class("patient")
    assert not world.of_kind(LEAD, {"lead_time_variance_days": 30})


def test_nothing_is_bought_of_a_line_of_nothing():
    world = PurchasingWorld()
    world.price(10)
    line = bought(world, 100)
    world.purchases[-1] = replace(line, ordered=units(0), value=euros(0), ordered_at=NOW)
    assert not world.of_kind(PRICE)
