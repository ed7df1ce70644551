"""A price that whoever asks states never chooses who approves."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.actions import prepare
from agent.domain.decisions import ProposalContent
from agent.errors import PreconditionFailed
from agent.guardrails.vocabulary import FACTS
from agent.ports.erp_reader import ErpReader
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.unit.actions.shop import ACME, BOLT, Shop, euros, listed, paper_line

TEN = {"vendor": "Acme", "warehouse": "WH", "goods": "HAR-4: 10", "arrives": "2026-12-07"}
TO_BOLT = {"purchase": "P00007", "vendor": "Bolt"}


def prepared(action: str, shop: Shop | None = None, **arguments: Any) -> ProposalContent:
    reader = cast(ErpReader, shop or Shop())
    content = prepare(action, arguments, reader)
    assert prepare(action, content.arguments, reader).canonical() == content.canonical()
    assert set(content.facts) == set(FACTS[action])
    return content


def rule(content: ProposalContent) -> str:
    return PACKAGED_POLICY.require(content.action, content.facts).rule


def test_a_hundredth_of_the_list_price_is_decided_on_as_the_list_has_it():
    content = prepared("create_rfq", **TEN, prices="HAR-4: 1")
    facts = content.facts
    assert (facts["cost"], facts["agreed_cost"], facts["under_list_percent"]) == ("1000.00", "10.00", "99.0")
    assert rule(content) == "urgent-purchase"
    assert "at 1.00 EUR each (99.0 % under its list price): 10.00 EUR" in content.preview.changes[0].after
    assert content.preview.changes[-1].after == "draft over 10.00 EUR, for Main"
    assert content.preview.consequence.endswith("At list prices it would be 1,000.00 EUR, and that decides who approves.")


@pytest.mark.parametrize(("price", "expected"), [("80", "small-urgent-purchase"), ("79.94", "urgent-purchase")])
def test_a_fifth_below_the_list_is_the_cheapest_that_one_person_believes(price: str, expected: str):
    assert rule(prepared("create_rfq", **TEN, prices=f"HAR-4: {price}")) == expected


@pytest.mark.parametrize(("price", "expected"), [("110", "small-urgent-purchase"), ("110.06", "urgent-purchase")])
def test_a_tenth_above_the_list_is_the_dearest_that_one_person_accepts(price: str, expected: str):
    content = prepared("create_rfq", **TEN, prices=f"HAR-4: {price}")
    assert content.facts["cost"] == content.facts["agreed_cost"]
    assert rule(content) == expected


def test_one_cheap_price_among_usual_ones_is_not_hidden_by_them():
    wanted = {**TEN, "goods": "HAR-4: 10; GLV-1: 10"}
    content = prepared("create_rfq", **wanted, prices="GLV-1: 0.08")
    assert (content.facts["over_list_percent"], content.facts["under_list_percent"]) == ("0.0", "99.0")
    assert rule(content) == "urgent-purchase"


def test_without_a_list_nobody_can_tell_how_cheap_a_price_is():
    content = prepared("create_rfq", **{**TEN, "vendor": "Cash Only"}, prices="HAR-4: 1", currency="EUR")
    assert (content.facts["over_list_percent"], content.facts["under_list_percent"]) == (None, None)
    assert rule(content) == "urgent-purchase"


@given(price=st.decimals(Decimal("0.01"), 10000, places=2), quantity=st.integers(1, 400), usual=st.integers(1, 5000))
def test_stating_a_price_never_makes_the_cost_that_is_decided_on_less(price: Decimal, quantity: int, usual: int):
    shop = Shop(prices=[listed(ACME, str(usual))])
    wanted = {**TEN, "goods": f"HAR-4: {quantity}"}
    plain = prepared("create_rfq", shop, **wanted).facts
    stated = prepared("create_rfq", shop, **wanted, prices=f"HAR-4: {price}").facts
    assert Decimal(stated["cost"]) == max(Decimal(plain["cost"]), Decimal(stated["agreed_cost"]))


def test_a_draft_with_a_stated_price_is_confirmed_by_those_who_would_confirm_it_at_the_list_price():
    shop = Shop(lines=(paper_line("1", "60"),))
    content = prepared("confirm_purchase", shop, purchase="P00007")
    assert (content.facts["cost"], content.facts["agreed_cost"]) == ("6000.00", "60.00")
    assert rule(content) == "purchase"
    assert "are ordered from Acme for 60.00 EUR" in content.preview.consequence
    assert content.preview.consequence.endswith("At list prices it would be 6,000.00 EUR, and that decides who approves.")


def test_a_dear_line_does_not_make_up_for_one_below_the_list():
    cheap, dear = paper_line("1", "50"), paper_line("107", "50", id=72, product_id=12, product_code="GLV-1")
    content = prepared("confirm_purchase", Shop(lines=(cheap, dear)), purchase="P00007")
    assert content.facts["cost"] == "10350.00"


def test_a_purchase_that_no_list_speaks_of_counts_as_it_stands():
    for prices in ([], [listed(BOLT, "100")], [listed(ACME, "500", currency="USD")]):
        content = prepared("confirm_purchase", Shop(prices=prices), purchase="P00007")
        assert (content.facts["cost"], content.facts["agreed_cost"]) == ("1000.00", "1000.00")
        assert "list prices" not in content.preview.consequence


def test_a_stated_price_of_another_vendor_is_held_against_that_vendors_list():
    content = prepared("change_vendor", **TO_BOLT, prices="HAR-4: 1")
    facts = content.facts
    assert (facts["cost"], facts["agreed_cost"], facts["extra_percent"]) == ("1000.00", "10.00", "0.0")
    assert (facts["over_list_percent"], facts["under_list_percent"]) == ("-99.0", "99.0")
    assert rule(content) == "other-vendor"
    assert content.preview.changes[1].after == "1.00 EUR (99.0 % under its list price)"
    assert content.preview.changes[-1].after == "10.00 EUR"
    assert "The purchase costs 990.00 EUR less" in content.preview.consequence


def test_another_vendor_at_its_own_price_is_still_decided_by_two():
    assert rule(prepared("change_vendor", **TO_BOLT)) == "cheaper-or-little-dearer-vendor"


def test_a_price_of_a_vendor_without_a_list_is_not_decided_by_two():
    content = prepared("change_vendor", **{**TO_BOLT, "vendor": "Cash Only"}, prices="HAR-4: 90")
    assert rule(content) == "other-vendor"


def test_a_list_in_another_currency_is_no_measure_of_a_stated_price_and_sells_no_goods():
    shop = Shop(prices=[listed(BOLT, "100", currency="USD")])
    content = prepared("change_vendor", shop, **TO_BOLT, prices="HAR-4: 90")
    assert (content.facts["cost"], content.facts["under_list_percent"]) == ("900.00", None)
    with pytest.raises(PreconditionFailed, match=r"^Bolt sells in another currency"):
        prepared("change_vendor", shop, **TO_BOLT)


def test_the_cheapest_price_that_can_still_be_ordered_for_the_day_is_the_list_price():
    late = listed(ACME, "60", valid_from=date(2026, 12, 5))
    shop = Shop(prices=[listed(ACME, "100"), late, replace(late, price=euros("70"), valid_from=date(2026, 12, 4))])
    assert prepared("create_rfq", shop, **TEN).facts["cost"] == "700.00"


def test_a_day_before_all_calendars_has_no_order_day_and_no_error():
    assert prepared("create_rfq", **{**TEN, "arrives": "0001-01-01"}).facts["cost"] == "1000.00"
    shop = Shop(prices=[listed(ACME, "100", lead_days=10**7)])
    assert prepared("create_rfq", shop, **TEN).facts["cost"] == "1000.00"
