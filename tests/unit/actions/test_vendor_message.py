"""What a message to a vendor may offer is what was stated, and so what was approved."""

from typing import Any, cast

import pytest

from agent.actions import prepare
from agent.domain.decisions import ProposalContent
from agent.errors import PreconditionFailed
from agent.guardrails.vocabulary import FACTS
from agent.ports.erp_reader import ErpReader
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.unit.actions.shop import Shop

HURRY = "Please ship P00007 by 4 December: 10 harnesses, HAR-4."


def message(text: str, **arguments: Any) -> ProposalContent:
    given = {"purchase": "P00007", "text": text, **arguments}
    return prepare("send_vendor_message", given, cast(ErpReader, Shop()))


def rule(content: ProposalContent) -> str:
    return PACKAGED_POLICY.require(content.action, content.facts).rule


def test_a_message_tells_the_policy_only_what_was_read_or_stated():
    assert message(HURRY).facts == {"cost": "0", "currency": "EUR", "vendor": "Acme", "recipients": 1}
    assert set(message(HURRY).facts) == set(FACTS["send_vendor_message"])


@pytest.mark.parametrize(
    ("cost", "expected"),
    [("0", "vendor-message"), ("0.01", "expedite-fee"), ("1000", "expedite-fee"), ("1000.01", "large-expedite-fee")],
)
def test_who_offers_money_is_approved_by_more_the_more_it_is(cost: str, expected: str):
    assert rule(message(HURRY, cost=cost)) == expected


def test_a_text_that_offers_money_without_a_stated_cost_is_refused():
    with pytest.raises(PreconditionFailed, match=r"names 500 EUR, and no cost is stated; state as cost, in EUR, what"):
        message("We pay 500 EUR if it ships today.")


@pytest.mark.parametrize("cost", ["500", "500.00", "800"])
def test_a_text_may_name_what_was_stated(cost: str):
    assert message("We pay 500 EUR if it ships today.", cost=cost).facts["cost"] == cost


def test_a_text_that_offers_more_than_was_stated_is_refused():
    with pytest.raises(PreconditionFailed, match=r"names €500\.01, and the stated cost is 500\.00 EUR"):
        message("We pay €500.01 if it ships today.", cost="500")


def test_an_offer_in_another_currency_is_not_what_was_stated():
    with pytest.raises(PreconditionFailed, match=r"names 50 USD"):
        message("We pay 50 USD if it ships today.", cost="500")


def test_an_amount_in_words_has_to_be_written_in_digits():
    with pytest.raises(PreconditionFailed, match=r"says `hundred euros`; write amounts of money in digits"):
        message("We pay five hundred euros.", cost="500")
