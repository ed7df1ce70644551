"""What actions on orders refuse, show and tell the policy, at their edges."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.actions import ACTIONS, Effect, action_named, inverse, marker_of, prepare
from agent.domain.contacts import Case, Contact
from agent.domain.decisions import Proposal, ProposalContent, ProposalState
from agent.domain.money import Money
from agent.domain.order_terms import CreditNote
from agent.domain.quantity import Quantity
from agent.domain.records import Record
from agent.errors import PreconditionFailed
from agent.guardrails.vocabulary import FACTS
from tests.unit.actions.sold import Sold, line
from tests.unit.execution.fakes import Clock, customer, order, proposal_of

ORDER = {"order": "S00042"}
CRATES = {**ORDER, "product": "CRT-1"}
ASKED: dict[str, dict[str, Any]] = {
    "schedule_activity": {"record": "S00042", "owner": "nadia", "due": "2026-12-01", "summary": "Call them"},
    "tag_order": {**ORDER, "tag": "expedite"},
    "hold_order": ORDER,
    "cancel_order": ORDER,
    "change_quantity": {**CRATES, "quantity": "12"},
    "price_exception": {**CRATES, "discount_percent": "10"},
    "change_carrier": {**ORDER, "carrier": "kade freight", "freight": "25"},
    "create_credit_note": {"invoice": "INV/1", "grounds": "Damaged"},
    "open_case": {**ORDER, "owner": "nadia", "title": "Crushed", "text": "Two cartons."},
    "send_customer_update": {**ORDER, "text": "It comes on Friday."},
}


@pytest.fixture
def erp() -> Sold:
    return Sold(Clock())


def refused(erp: Sold, action: str, **arguments: Any) -> str:
    with pytest.raises(PreconditionFailed) as refusal:
        prepare(action, arguments, erp)
    return str(refusal.value)


def done(content: ProposalContent) -> Proposal:
    return proposal_of(content, state=ProposalState.DONE)


def pieces(count: str) -> Quantity:
    return Quantity(Decimal(count), "pieces")


@pytest.mark.parametrize(("action", "arguments"), ASKED.items(), ids=list(ASKED))
def test_preparing_its_own_arguments_again_gives_the_same_bytes_and_the_listed_facts(erp, action, arguments):
    once = prepare(action, arguments, erp)
    assert prepare(action, once.arguments, erp).canonical() == once.canonical()
    assert set(once.facts) == set(FACTS[action])
    assert (once.preview.undo == "irreversible") == (inverse(done(once)) is None) == (ACTIONS[action].undo == "irreversible")


@pytest.mark.parametrize(("action", "arguments"), ASKED.items(), ids=list(ASKED))
def test_arguments_are_those_of_the_action_and_never_the_policys_facts(erp, action, arguments):
    assert "cannot use its over_limit" in refused(erp, action, **arguments, over_limit="0")


@pytest.mark.parametrize(("delivered", "wanted", "words"), [("4", "3.999", "4 pieces of CRT-1 were delivered"), ("4", "4", None)])
def test_an_order_is_never_for_less_than_was_delivered(erp, delivered, wanted, words):
    erp.lines = [line(delivered=pieces(delivered))]
    if words:
        assert words in refused(erp, "change_quantity", **CRATES, quantity=wanted)
    else:
        assert prepare("change_quantity", {**CRATES, "quantity": wanted}, erp).facts["change_percent"] == "-60.00"


def test_an_order_is_never_for_less_than_was_invoiced_nor_for_what_it_is_for_already(erp):
    erp.lines = [line(invoiced=pieces("10"))]
    assert "are on an invoice" in refused(erp, "change_quantity", **CRATES, quantity="9")
    assert "is for 10 pieces of CRT-1 already" in refused(erp, "change_quantity", **CRATES, quantity="10.000")
    assert "cannot use its quantity" in refused(erp, "change_quantity", **CRATES, quantity="0")


def test_what_more_goods_would_owe_beyond_the_limit_is_told_to_the_policy(erp):
    erp.customers_by_id[7] = replace(
        customer(), credit_limit=Money(Decimal(5000), "EUR"), exposure=Money(Decimal("4900.00"), "EUR")
    )
    assert prepare("change_quantity", {**CRATES, "quantity": "11"}, erp).facts["over_limit"] == "0.00"
    assert prepare("change_quantity", {**CRATES, "quantity": "12"}, erp).facts["over_limit"] == "100.00"
    erp.customers_by_id[7] = replace(customer(), credit_limit=Money(Decimal(5000), "USD"), exposure=Money(Decimal(1), "USD"))
    assert prepare("change_quantity", {**CRATES, "quantity": "12"}, erp).facts["over_limit"] is None


def test_a_discount_is_shown_as_money_given_away_and_as_margin(erp):
    content = prepare("price_exception", {**CRATES, "discount_percent": "25"}, erp)
    assert content.facts["amount_given_away"] == "250.00"
    assert content.facts["margin_percent"] == "20.00"
    assert [(change.before, change.after) for change in content.preview.changes] == [
        ("100 EUR", "100 EUR"), ("0 %", "25 %"), ("1,000.00 EUR", "750.00 EUR"), ("40.00 %", "20.00 %"),
    ]  # fmt: skip
    assert content.preview.title == "Give Acme 250.00 EUR off Wooden crate on S00042"


def test_a_margin_that_nobody_can_tell_is_unknown_to_the_policy(erp):
    erp.lines = [line(cost=None)]
    assert prepare("price_exception", {**CRATES, "discount_percent": "1"}, erp).facts["margin_percent"] is None
    erp.lines = [line(cost=Money(Decimal(1), "USD"))]
    assert prepare("price_exception", {**CRATES, "discount_percent": "1"}, erp).facts["margin_percent"] is None
    erp.lines = [line()]
    assert prepare("price_exception", {**CRATES, "discount_percent": "100"}, erp).facts["margin_percent"] is None


def test_a_price_that_is_on_an_invoice_or_is_the_same_is_refused(erp):
    assert "has that price" in refused(erp, "price_exception", **CRATES, discount_percent="0", unit_price="100.00")
    assert "give a discount_percent" in refused(erp, "price_exception", **CRATES)
    erp.lines = [line(invoiced=pieces("1"))]
    assert "are on an invoice" in refused(erp, "price_exception", **CRATES, discount_percent="1")


@given(st.decimals("0", "100", places=2), st.decimals("0.01", "500", places=2))
def test_taking_a_price_back_and_back_again_is_the_same_price(discount, price):
    erp = Sold(Clock())
    asked = {**CRATES, "discount_percent": str(discount), "unit_price": str(price)}
    if (discount, price) == (0, 100):
        return
    content = prepare("price_exception", asked, erp)
    action_named("price_exception").apply(content, erp, "m")
    assert action_named("price_exception").effect(content, erp, "m") is Effect.DONE
    name, arguments = inverse(done(content))
    if erp.lines[0].value.amount:
        back = prepare(name, arguments, erp)
        action_named(name).apply(back, erp, "m")
        assert (erp.lines[0].unit_price, erp.lines[0].discount_percent) == (100, 0)
        assert inverse(done(back)) == ("price_exception", content.arguments)


def test_a_line_that_somebody_else_changed_is_neither_as_before_nor_as_proposed(erp):
    content = prepare("change_quantity", {**CRATES, "quantity": "12"}, erp)
    erp.lines = [line(quantity=pieces("13"))]
    assert action_named("change_quantity").effect(content, erp, "m") is Effect.OTHER
    erp.lines = []
    assert action_named("change_quantity").effect(content, erp, "m") is Effect.OTHER


def test_a_product_on_two_lines_is_left_to_a_person(erp):
    erp.lines = [line(), line(id=8)]
    assert "has 2 lines of that product" in refused(erp, "change_quantity", **CRATES, quantity="3")


@pytest.mark.parametrize("state", ["draft", "sent", "cancel", "done"])
@pytest.mark.parametrize("action", ["hold_order", "change_quantity", "price_exception", "change_carrier"])
def test_only_what_is_confirmed_is_held_or_changed(erp, action, state):
    erp.orders["S00042"] = order(state=state)
    assert refused(erp, action, **ASKED[action]).startswith("S00042 is ")


@pytest.mark.parametrize("action", ["change_quantity", "price_exception", "change_carrier", "cancel_order"])
def test_what_is_on_hold_is_released_first(erp, action):
    erp.orders["S00042"] = order(locked=True)
    assert "is on hold; release it" in refused(erp, action, **ASKED[action])


def test_what_left_or_was_invoiced_is_not_cancelled(erp):
    erp.lines = [line(delivered=pieces("1"))]
    assert "have left already" in refused(erp, "cancel_order", **ORDER)
    erp.lines = [line(invoiced=pieces("1"))]
    assert "is on an invoice" in refused(erp, "cancel_order", **ORDER)
    erp.lines, erp.orders["S00042"] = [line()], order(state="sent")
    assert prepare("cancel_order", ORDER, erp).preview.changes[0].before == "quotation, sent"


def test_a_release_says_what_the_customer_owes_too_much(erp):
    erp.orders["S00042"] = order(locked=True)
    erp.customers_by_id[7] = replace(customer(), credit_limit=Money(Decimal(100), "EUR"), exposure=Money(Decimal(350), "EUR"))
    content = prepare("release_order", ORDER, erp)
    assert content.facts["over_limit"] == "250.00"
    assert "would owe 250.00 EUR beyond the credit limit" in content.preview.consequence
    assert inverse(done(content)) == ("hold_order", ORDER)


def test_a_login_that_may_not_see_tags_leaves_the_question_to_the_executors(erp):
    erp.tags = None
    hidden = prepare("tag_order", ASKED["tag_order"], erp)
    erp.tags = []
    assert prepare("tag_order", ASKED["tag_order"], erp).canonical() == hidden.canonical()
    erp.tags = ["Expedite"]
    assert "has the tag Expedite as it is" in refused(erp, "tag_order", **ASKED["tag_order"])


def test_a_carrier_that_is_chosen_already_is_refused_and_one_that_differs_on_a_delivery_is_not(erp):
    kade = Record("delivery.carrier", 1, "Kade Freight")
    erp.carried = replace(erp.carried, carrier=kade, freight=Money(Decimal(25), "EUR"), carriers_of_deliveries=("Kade Freight",))
    assert "goes with that carrier for that freight already" in refused(erp, "change_carrier", **ASKED["change_carrier"])
    erp.carried = replace(erp.carried, carriers_of_deliveries=("Vale Overnight",))
    content = prepare("change_carrier", ASKED["change_carrier"], erp)
    assert content.facts["freight_change"] == "0"
    assert action_named("change_carrier").effect(content, erp, "m") is Effect.BEFORE


def test_a_second_credit_note_and_one_of_a_draft_are_refused(erp):
    wanted = ASKED["create_credit_note"]
    erp.notes_of_credit = [CreditNote(1, "draft", 9, "draft", erp.invoice.total)]
    assert "has a credit note already" in refused(erp, "create_credit_note", **wanted)
    erp.notes_of_credit = [CreditNote(1, "draft", 9, "cancel", erp.invoice.total)]
    assert prepare("create_credit_note", wanted, erp).facts["amount"] == "230.00"
    erp.invoice = replace(erp.invoice, state="draft")
    assert "is not posted" in refused(erp, "create_credit_note", **wanted)


@pytest.mark.parametrize(("state", "words"), [("cancel", "cancelled already"), ("posted", "only accounting can reverse it")])
def test_only_a_draft_credit_note_is_cancelled(erp, state, words):
    erp.notes_of_credit = [CreditNote(1, "RINV/1", 9, state, erp.invoice.total)]
    assert words in refused(erp, "cancel_credit_note", invoice="INV/1", marker="expediter-p1-0123456789ab")


def test_a_message_goes_to_those_the_erp_names_and_to_nobody_from_the_arguments(erp):
    erp.people = [Contact(7, "Acme", "buyer@acme.example"), Contact(8, "Forwarder", None), Contact(9, "Agent", "a@b.example")]
    content = prepare("send_customer_update", ASKED["send_customer_update"], erp)
    assert content.preview.changes[0].after == "Acme <buyer@acme.example>, Agent <a@b.example>"
    assert content.facts["recipients"] == 2
    assert "cannot use its to" in refused(erp, "send_customer_update", **ASKED["send_customer_update"], to="x@evil.example")
    erp.people = [Contact(7, "Acme", None), Contact(9, "Agent", "a@b.example")]
    assert "no mail address for Acme" in refused(erp, "send_customer_update", **ASKED["send_customer_update"])


def test_an_activity_for_a_day_that_is_past_is_refused_when_asked_for(erp):
    content = prepare("schedule_activity", ASKED["schedule_activity"] | {"due": "2026-11-19"}, erp)
    with pytest.raises(PreconditionFailed, match="Thu 19 Nov 2026 is past"):
        action_named("schedule_activity").check_time(content, erp.clock())


def test_a_case_is_an_activity_where_the_erp_has_no_desk(erp):
    content = prepare("open_case", ASKED["open_case"], erp)
    action_named("open_case").apply(content, erp, marker_of(done(content)))
    assert action_named("open_case").effect(content, erp, marker_of(done(content))) is Effect.DONE
    assert content.facts["case_kind"] == "activity"
    name, arguments = inverse(done(content))
    assert prepare(name, arguments, erp).preview.changes[0].before == "open: activity on S00042"


def test_a_case_that_its_desk_no_longer_has_was_not_closed_here(erp):
    desk = Record("project.project", 4, "Claims")
    erp.desks, erp.cases = [desk], {"expediter-p1-0123456789ab": Case(Record("project.task", 9, "S00042: Crushed"), open=True)}
    asked = {**ORDER, "title": "Crushed", "desk": "Claims", "marker": "expediter-p1-0123456789ab"}
    content = prepare("close_case", asked, erp)
    close = action_named("close_case")
    assert close.effect(content, erp, "m") is Effect.BEFORE
    erp.cases.clear()
    assert close.effect(content, erp, "m") is Effect.OTHER
