"""Messages to customers and vendors, sent on every ERP: to whom, in which words, and once."""

from datetime import timedelta
from typing import Any

import pytest

from agent.actions import Effect, inverse, marker_of
from agent.ports.clock import utc_now
from tests.contract.erp.conftest import NUMBERS, Company
from tests.contract.erp.trading import ODOO, OdooTrading
from tests.unit.execution.fakes import proposal_of

TEXT = "Two cartons arrived crushed.\nThe customer wants them again."


def test_a_message_reaches_the_customer_under_its_own_mark(company: Company, healthy: str) -> None:
    sent = company.do("send_customer_update", order=healthy, text=TEXT)
    assert company.reader.note_exists(sent.content.subject.record, marker_of(sent))
    to = sent.content.before["recipients"]
    assert "@" in to[0]
    assert sent.content.preview.changes[0].after == ", ".join(to)
    assert inverse(sent) is None
    other = proposal_of(sent.content, id=next(NUMBERS))
    assert company.effect(other) is Effect.BEFORE


@pytest.mark.parametrize("erp", sorted(ODOO), indirect=True)
def test_a_contact_without_an_address_is_not_written_to_at_its_companys(company: Company) -> None:
    assert isinstance(company.trading, OdooTrading), "customers of the demo company have no contacts below them"
    order = company.trading.mail_goes_to_the_company()
    assert company.refused("send_customer_update", order=order, text=TEXT).startswith("The ERP has no mail address for Acted")


def late(company: Company, name: str) -> dict[str, Any]:
    """This order, promised for a day, comes nine days later."""
    [order] = company.reader.sale_orders([name])
    if order.promise_date is None:
        company.do("move_promise_date", order=name, promise_date=(utc_now() + timedelta(days=3)).isoformat())
        [order] = company.reader.sale_orders([name])
    promised = order.promise_date
    assert promised is not None
    owed = next(line for line in company.reader.sale_order_lines([order.id]) if line.goods and line.outstanding)
    return {"order": name, "promised": promised, "expected": promised + timedelta(days=9), "lines": [owed.id]}


def test_who_is_late_is_told_in_the_customers_language_in_the_words_of_the_template(company: Company) -> None:
    name = company.trading.of_a_german_company()
    delay = late(company, name)
    [order] = company.reader.sale_orders([name])
    assert company.reader.addressees(order.record)[0].language == "de"
    sent = company.propose("send_customer_update", order=name, delays=[delay])
    text = sent.content.arguments["text"]
    assert f"Ihren Auftrag {name}" in text
    [owed] = [line for line in company.reader.sale_order_lines([order.id]) if line.id in delay["lines"]]
    assert f"- {owed.outstanding} {owed.product_name}" in text
    assert sent.content.before["template"] == "customer delay, version 1 (de)"
    company.carry_out(sent)
    company.do("move_promise_date", order=name, promise_date=delay["expected"].isoformat())
    assert company.still(sent), "the new promise is what the customer was told"
    company.do("move_promise_date", order=name, promise_date=(delay["promised"] + timedelta(days=1)).isoformat())
    assert not company.still(sent)


def test_two_late_orders_of_a_customer_are_one_message_and_those_of_two_are_not(company: Company, healthy: str) -> None:
    first, second = company.trading.two_of_one_customer()
    delays = [late(company, first), late(company, second)]
    sent = company.do("send_customer_update", order=first, delays=delays)
    assert first in sent.content.arguments["text"]
    assert second in sent.content.arguments["text"]
    assert sent.content.facts["recipients"] == len(sent.content.before["to"]) == 1
    refused = company.refused("send_customer_update", order=first, delays=[delays[0], late(company, healthy)])
    assert f"{healthy} is not of " in refused


def test_a_message_reaches_the_vendor_and_names_what_it_offers(company: Company) -> None:
    purchase = min(company.erp.reader.open_purchase_lines(), key=lambda line: line.id)
    sent = company.do("send_vendor_message", purchase=purchase.order_name, text="Please ship it earlier.", cost="50")
    assert sent.content.facts["cost"] == "50"
    assert sent.content.preview.title.endswith(f"and offers 50.00 {sent.content.facts['currency']}")
    assert "There is no purchase" in company.refused("send_vendor_message", purchase="P-none", text="Hello")


def test_nothing_is_sent_where_the_erp_has_no_mail_address(company: Company) -> None:
    assert "has no mail address for" in company.refused(
        "send_customer_update", order=company.trading.without_address(), text=TEXT
    )
