"""Each action on orders and messages, carried out on every ERP: done, taken back, refused, changed meanwhile."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from agent.actions import Effect, action_named, inverse, marker_of, prepare
from agent.domain.decisions import Proposal, ProposalContent, ProposalState
from agent.errors import PreconditionFailed, RecordMissing
from agent.guardrails.vocabulary import FACTS
from agent.ports.clock import utc_now
from agent.ports.erp_reader import ErpReader
from tests.contract.erp.conftest import Erp
from tests.contract.erp.trading import ODOO, OdooTrading, Trading, trading_of
from tests.unit.execution.fakes import proposal_of

NUMBERS = count(int(utc_now().timestamp()))
TEXT = "Two cartons arrived crushed.\nThe customer wants them again."


@dataclass(frozen=True)
class Company:
    """Proposed with the reader's login, carried out and read back with the writer's, as worker and executor do."""

    erp: Erp
    trading: Trading

    @property
    def reader(self) -> ErpReader:
        """The writer's own."""
        return self.trading.reader

    def propose(self, action: str, **arguments: Any) -> Proposal:
        content = prepare(action, arguments, self.erp.reader)
        assert set(content.facts) == set(FACTS[action])
        assert prepare(action, content.arguments, self.reader).canonical() == content.canonical()
        return proposal_of(content, id=next(NUMBERS), state=ProposalState.DONE)

    def effect(self, proposal: Proposal) -> Effect:
        return action_named(proposal.content.action).effect(proposal.content, self.reader, marker_of(proposal))

    def carry_out(self, proposal: Proposal) -> Proposal:
        action = action_named(proposal.content.action)
        before = Effect.DONE if action.repeatable else Effect.UNSEEN
        assert self.effect(proposal) in (Effect.BEFORE, before)
        action.apply(proposal.content, self.erp.writer, marker_of(proposal))
        assert self.effect(proposal) is Effect.DONE
        assert action.verified(proposal.content).startswith("Read back: ")
        return proposal

    def do(self, action: str, **arguments: Any) -> Proposal:
        return self.carry_out(self.propose(action, **arguments))

    def take_back(self, done: Proposal) -> Proposal:
        back = inverse(done)
        assert back is not None
        return self.do(back[0], **back[1])

    def refused(self, action: str, **arguments: Any) -> str:
        with pytest.raises((PreconditionFailed, RecordMissing)) as refusal:
            prepare(action, arguments, self.erp.reader)
        return str(refusal.value)

    def still(self, approved: Proposal) -> bool:
        """Whether what was approved is what would be proposed now."""
        content: ProposalContent = approved.content
        try:
            return prepare(content.action, content.arguments, self.reader).canonical() == content.canonical()
        except PreconditionFailed:
            return False


@pytest.fixture
def company(erp: Erp, request: pytest.FixtureRequest) -> Company:
    return Company(erp, trading_of(request.node.callspec.params["erp"], request))


@pytest.fixture
def order(erp: Erp) -> str:
    return erp.situations["healthy"]


@pytest.fixture
def product(company: Company, order: str) -> str:
    return company.erp.reader.line_terms(company.erp.order("healthy").id)[0].label


def test_an_activity_is_asked_for_and_withdrawn(company: Company, order: str) -> None:
    due = (utc_now() + timedelta(days=20)).date()
    asked = company.do("schedule_activity", record=order, owner=company.trading.colleague, due=due, summary="Call them")
    found = company.reader.activity(asked.content.subject.record, marker_of(asked))
    assert found is not None
    assert (found.summary, found.due) == ("Call them", due)
    withdrawn = company.take_back(asked)
    assert inverse(withdrawn) == ("schedule_activity", asked.content.arguments)


def test_an_activity_that_was_done_counts_as_asked_for(company: Company, order: str) -> None:
    asked = company.do("schedule_activity", record=order, owner=company.trading.colleague, due="2031-01-01", summary="Call them")
    record, marker = asked.content.subject.record, marker_of(asked)
    company.trading.do_activity(record, marker)
    assert company.reader.activity(record, marker) is None
    assert company.effect(asked) is Effect.DONE
    assert company.effect(proposal_of(asked.content, id=next(NUMBERS))) is Effect.UNSEEN


def test_an_activity_of_nobody_or_on_nothing_is_refused(company: Company, order: str) -> None:
    wanted = {"due": "2031-01-01", "summary": "Call them"}
    assert "Nobody" in company.refused("schedule_activity", record=order, owner="no such person", **wanted)
    assert "no sale order" in company.refused("schedule_activity", record="S-none", owner=company.trading.colleague, **wanted)


def test_an_activity_that_somebody_changed_is_not_withdrawn_unseen(company: Company, order: str) -> None:
    asked = company.do("schedule_activity", record=order, owner=company.trading.colleague, due="2031-01-01", summary="Call them")
    back = inverse(asked)
    assert back is not None
    with pytest.raises(PreconditionFailed, match="was changed since"):
        prepare(back[0], back[1] | {"summary": "Call somebody else"}, company.reader)
    company.take_back(asked)


def test_a_tag_is_put_on_and_taken_off(company: Company, order: str) -> None:
    tag = company.erp.reader.sale_tags()[0].name
    tagged = company.do("tag_order", order=order, tag=tag.upper())
    assert tag in (company.reader.order_tags(tagged.content.subject.id) or ())
    assert not company.still(tagged)
    untagged = company.take_back(tagged)
    assert tag not in (company.reader.order_tags(tagged.content.subject.id) or ())
    assert inverse(untagged) == ("tag_order", tagged.content.arguments)
    assert "has no tag of that name" in company.refused("tag_order", order=order, tag="no such tag")


def test_an_order_is_held_and_released(company: Company, order: str) -> None:
    held = company.do("hold_order", order=order)
    assert company.erp.order("healthy").locked
    assert not company.still(held)
    assert "is on hold already" in company.refused("hold_order", order=order)
    assert "is on hold" in company.refused("cancel_order", order=order)
    released = company.take_back(held)
    assert not company.erp.order("healthy").locked
    assert inverse(released) == ("hold_order", {"order": order})
    assert "is not on hold" in company.refused("release_order", order=order)


def test_a_quantity_is_raised_and_set_back(company: Company, order: str, product: str) -> None:
    [before, *_] = company.erp.reader.line_terms(company.erp.order("healthy").id)
    more = company.do("change_quantity", order=order, product=product, quantity=before.quantity.amount + 2)
    [after, *_] = company.erp.reader.line_terms(company.erp.order("healthy").id)
    assert after.quantity.amount == before.quantity.amount + 2
    assert (after.unit_price, after.discount_percent) == (before.unit_price, before.discount_percent)
    assert Decimal(more.content.facts["value_change"]) == after.value.amount - before.value.amount > 0
    company.take_back(more)
    assert company.erp.reader.line_terms(company.erp.order("healthy").id)[0] == before


def test_a_quantity_below_what_was_delivered_is_refused(company: Company) -> None:
    name, product = company.trading.partly_delivered()
    assert "were delivered; the order cannot be for less" in company.refused(
        "change_quantity", order=name, product=product, quantity="0.5"
    )
    assert "Goods of" in company.refused("cancel_order", order=name)


def test_a_quantity_that_changed_meanwhile_is_noticed(company: Company, order: str, product: str) -> None:
    approved = company.propose("change_quantity", order=order, product=product, quantity="700")
    meanwhile = company.do("change_quantity", order=order, product=product, quantity="500")
    assert not company.still(approved)
    assert company.effect(approved) is Effect.OTHER
    company.take_back(meanwhile)
    assert company.still(approved)


def test_a_product_that_is_not_on_the_order_is_refused_with_those_that_are(company: Company, order: str, product: str) -> None:
    assert product in company.refused("change_quantity", order=order, product="no such product", quantity="3")


def test_a_discount_and_a_price_are_given_and_taken_back(company: Company, order: str, product: str) -> None:
    [before, *_] = company.erp.reader.line_terms(company.erp.order("healthy").id)
    given = company.do("price_exception", order=order, product=product, discount_percent="12.5")
    [after, *_] = company.erp.reader.line_terms(company.erp.order("healthy").id)
    assert after.discount_percent == Decimal("12.5")
    assert Decimal(given.content.facts["amount_given_away"]) == before.value.amount - after.value.amount > 0
    company.take_back(given)
    dearer = company.do("price_exception", order=order, product=product, unit_price=before.unit_price * 2)
    assert Decimal(dearer.content.facts["amount_given_away"]) == -before.value.amount
    company.take_back(dearer)
    assert company.erp.reader.line_terms(company.erp.order("healthy").id)[0] == before


def test_a_price_that_changed_meanwhile_is_noticed_and_the_same_price_is_refused(
    company: Company, order: str, product: str
) -> None:
    approved = company.propose("price_exception", order=order, product=product, discount_percent="5")
    meanwhile = company.do("price_exception", order=order, product=product, discount_percent="7")
    assert not company.still(approved)
    assert company.effect(approved) is Effect.OTHER
    assert "has that price" in company.refused("price_exception", order=order, product=product, discount_percent="7")
    company.take_back(meanwhile)


def test_a_carrier_and_its_freight_are_changed_and_set_back(company: Company, order: str) -> None:
    [first, second, *_] = company.erp.reader.carriers()
    sent = company.do("change_carrier", order=order, carrier=first.name, freight="25")
    now = company.erp.reader.carriage(sent.content.subject.record)
    assert (now.carrier, now.freight and now.freight.amount) == (first, Decimal(25))
    assert set(now.carriers_of_deliveries) <= {first.name}
    other = company.do("change_carrier", order=order, carrier=second.name, freight="0")
    assert not company.still(other)
    company.take_back(other)
    assert company.erp.reader.carriage(sent.content.subject.record) == now
    company.take_back(sent)
    assert company.erp.reader.carriage(sent.content.subject.record).carrier is None
    assert first.name in company.refused("change_carrier", order=order, carrier="no such carrier", freight="1")


def test_an_order_is_cancelled_with_its_deliveries_and_not_twice(company: Company) -> None:
    name = company.trading.order_to_lose()
    approved = company.propose("hold_order", order=name)
    cancelled = company.do("cancel_order", order=name)
    [order] = company.erp.reader.sale_orders([name])
    assert order.state == "cancel"
    assert company.erp.reader.open_pickings([order.id]) == []
    assert inverse(cancelled) is None
    assert not company.still(approved)
    assert "is cancelled" in company.refused("cancel_order", order=name)


def test_a_credit_note_is_drafted_once_and_cancelled(company: Company) -> None:
    invoice = company.trading.posted_invoice()
    drafted = company.do("create_credit_note", invoice=invoice, grounds="Two cartons damaged")
    [note] = company.erp.reader.credit_notes(drafted.content.subject.id, marker_of(drafted))
    assert (note.state, note.total) == ("draft", company.erp.reader.customer_invoices([invoice])[0].total)
    assert not company.still(drafted)
    assert "has a credit note already" in company.refused("create_credit_note", invoice=invoice, grounds="Again")
    cancelled = company.take_back(drafted)
    assert "is cancelled already" in company.refused(cancelled.content.action, **cancelled.content.arguments)
    assert inverse(cancelled) is None
    assert "no customer invoice" in company.refused("create_credit_note", invoice="INV/none", grounds="Nothing")


def test_a_case_is_opened_where_the_edition_has_them_and_closed(company: Company, order: str) -> None:
    desks = company.erp.reader.case_desks()
    desk = desks[-1].name if desks else None
    wanted = {"order": order, "owner": company.trading.colleague, "title": "Crushed pallet", "text": TEXT}
    opened = company.do("open_case", **wanted, desk=desk)
    assert opened.content.facts["case_kind"] == ("task" if desks else "activity")
    closed = company.take_back(opened)
    assert inverse(closed) is None
    assert company.refused("open_case", **wanted, desk="no such desk").startswith("The ERP has no one helpdesk team or project")


def test_a_message_reaches_the_customer_under_its_own_mark(company: Company, order: str) -> None:
    sent = company.do("send_customer_update", order=order, text=TEXT)
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


def test_two_late_orders_of_a_customer_are_one_message_and_those_of_two_are_not(company: Company, order: str) -> None:
    first, second = company.trading.two_of_one_customer()
    delays = [late(company, first), late(company, second)]
    sent = company.do("send_customer_update", order=first, delays=delays)
    assert first in sent.content.arguments["text"]
    assert second in sent.content.arguments["text"]
    assert sent.content.facts["recipients"] == len(sent.content.before["to"]) == 1
    refused = company.refused("send_customer_update", order=first, delays=[delays[0], late(company, order)])
    assert f"{order} is not of " in refused


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
