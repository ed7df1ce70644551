"""Each action on orders and messages, carried out on every ERP: done, taken back, refused, changed meanwhile."""

from datetime import timedelta
from decimal import Decimal

import pytest

from agent.actions import Effect, inverse, marker_of, prepare
from agent.errors import PreconditionFailed
from agent.ports.clock import utc_now
from tests.contract.erp.conftest import NUMBERS, Company
from tests.unit.execution.fakes import proposal_of

TEXT = "Two cartons arrived crushed.\nThe customer wants them again."


@pytest.fixture
def product(company: Company, healthy: str) -> str:
    return company.erp.reader.line_terms(company.erp.order("healthy").id)[0].label


def test_an_activity_is_asked_for_and_withdrawn(company: Company, healthy: str) -> None:
    due = (utc_now() + timedelta(days=20)).date()
    asked = company.do("schedule_activity", record=healthy, owner=company.trading.colleague, due=due, summary="Call them")
    found = company.reader.activity(asked.content.subject.record, marker_of(asked))
    assert found is not None
    assert (found.summary, found.due) == ("Call them", due)
    withdrawn = company.take_back(asked)
    assert inverse(withdrawn) == ("schedule_activity", asked.content.arguments)


def test_an_activity_that_was_done_counts_as_asked_for(company: Company, healthy: str) -> None:
    asked = company.do(
        "schedule_activity", record=healthy, owner=company.trading.colleague, due="2031-01-01", summary="Call them"
    )
    record, marker = asked.content.subject.record, marker_of(asked)
    company.trading.do_activity(record, marker)
    assert company.reader.activity(record, marker) is None
    assert company.effect(asked) is Effect.DONE
    assert company.effect(proposal_of(asked.content, id=next(NUMBERS))) is Effect.UNSEEN


def test_an_activity_of_nobody_or_on_nothing_is_refused(company: Company, healthy: str) -> None:
    wanted = {"due": "2031-01-01", "summary": "Call them"}
    assert "Nobody" in company.refused("schedule_activity", record=healthy, owner="no such person", **wanted)
    assert "no sale order" in company.refused("schedule_activity", record="S-none", owner=company.trading.colleague, **wanted)


def test_an_activity_that_somebody_changed_is_not_withdrawn_unseen(company: Company, healthy: str) -> None:
    asked = company.do(
        "schedule_activity", record=healthy, owner=company.trading.colleague, due="2031-01-01", summary="Call them"
    )
    back = inverse(asked)
    assert back is not None
    with pytest.raises(PreconditionFailed, match="was changed since"):
        prepare(back[0], back[1] | {"summary": "Call somebody else"}, company.reader)
    company.take_back(asked)


def test_a_tag_is_put_on_and_taken_off(company: Company, healthy: str) -> None:
    tag = company.erp.reader.sale_tags()[0].name
    tagged = company.do("tag_order", order=healthy, tag=tag.upper())
    assert tag in (company.reader.order_tags(tagged.content.subject.id) or ())
    assert not company.still(tagged)
    untagged = company.take_back(tagged)
    assert tag not in (company.reader.order_tags(tagged.content.subject.id) or ())
    assert inverse(untagged) == ("tag_order", tagged.content.arguments)
    assert "has no tag of that name" in company.refused("tag_order", order=healthy, tag="no such tag")


def test_an_order_is_held_and_released(company: Company, healthy: str) -> None:
    held = company.do("hold_order", order=healthy)
    assert company.erp.order("healthy").locked
    assert not company.still(held)
    assert "is on hold already" in company.refused("hold_order", order=healthy)
    assert "is on hold" in company.refused("cancel_order", order=healthy)
    released = company.take_back(held)
    assert not company.erp.order("healthy").locked
    assert inverse(released) == ("hold_order", {"order": healthy})
    assert "is not on hold" in company.refused("release_order", order=healthy)


def test_a_quantity_is_raised_and_set_back(company: Company, healthy: str, product: str) -> None:
    [before, *_] = company.erp.reader.line_terms(company.erp.order("healthy").id)
    more = company.do("change_quantity", order=healthy, product=product, quantity=before.quantity.amount + 2)
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


def test_a_quantity_that_changed_meanwhile_is_noticed(company: Company, healthy: str, product: str) -> None:
    approved = company.propose("change_quantity", order=healthy, product=product, quantity="700")
    meanwhile = company.do("change_quantity", order=healthy, product=product, quantity="500")
    assert not company.still(approved)
    assert company.effect(approved) is Effect.OTHER
    company.take_back(meanwhile)
    assert company.still(approved)


def test_a_product_that_is_not_on_the_order_is_refused_with_those_that_are(company: Company, healthy: str, product: str) -> None:
    assert product in company.refused("change_quantity", order=healthy, product="no such product", quantity="3")


def test_a_discount_and_a_price_are_given_and_taken_back(company: Company, healthy: str, product: str) -> None:
    [before, *_] = company.erp.reader.line_terms(company.erp.order("healthy").id)
    given = company.do("price_exception", order=healthy, product=product, discount_percent="12.5")
    [after, *_] = company.erp.reader.line_terms(company.erp.order("healthy").id)
    assert after.discount_percent == Decimal("12.5")
    assert Decimal(given.content.facts["amount_given_away"]) == before.value.amount - after.value.amount > 0
    company.take_back(given)
    dearer = company.do("price_exception", order=healthy, product=product, unit_price=before.unit_price * 2)
    assert Decimal(dearer.content.facts["amount_given_away"]) == -before.value.amount
    company.take_back(dearer)
    assert company.erp.reader.line_terms(company.erp.order("healthy").id)[0] == before


def test_a_price_that_changed_meanwhile_is_noticed_and_the_same_price_is_refused(
    company: Company, healthy: str, product: str
) -> None:
    approved = company.propose("price_exception", order=healthy, product=product, discount_percent="5")
    meanwhile = company.do("price_exception", order=healthy, product=product, discount_percent="7")
    assert not company.still(approved)
    assert company.effect(approved) is Effect.OTHER
    assert "has that price" in company.refused("price_exception", order=healthy, product=product, discount_percent="7")
    company.take_back(meanwhile)


def test_a_carrier_and_its_freight_are_changed_and_set_back(company: Company, healthy: str) -> None:
    [first, second, *_] = company.erp.reader.carriers()
    sent = company.do("change_carrier", order=healthy, carrier=first.name, freight="25")
    now = company.erp.reader.carriage(sent.content.subject.record)
    assert (now.carrier, now.freight and now.freight.amount) == (first, Decimal(25))
    assert set(now.carriers_of_deliveries) <= {first.name}
    other = company.do("change_carrier", order=healthy, carrier=second.name, freight="0")
    assert not company.still(other)
    company.take_back(other)
    assert company.erp.reader.carriage(sent.content.subject.record) == now
    company.take_back(sent)
    assert company.erp.reader.carriage(sent.content.subject.record).carrier is None
    assert first.name in company.refused("change_carrier", order=healthy, carrier="no such carrier", freight="1")


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


def test_a_case_is_opened_where_the_edition_has_them_and_closed(company: Company, healthy: str) -> None:
    desks = company.erp.reader.case_desks()
    desk = desks[-1].name if desks else None
    wanted = {"order": healthy, "owner": company.trading.colleague, "title": "Crushed pallet", "text": TEXT}
    opened = company.do("open_case", **wanted, desk=desk)
    assert opened.content.facts["case_kind"] == ("task" if desks else "activity")
    closed = company.take_back(opened)
    assert inverse(closed) is None
    assert company.refused("open_case", **wanted, desk="no such desk").startswith("The ERP has no one helpdesk team or project")
