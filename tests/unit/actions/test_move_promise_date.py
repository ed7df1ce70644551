"""An exact change of a promise date: what is shown, what is decided on, what is refused."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from agent.actions import ACTIONS, Effect, action_named, inverse, marker_of, prepare
from agent.domain.decisions import ProposalState
from agent.domain.money import Money
from agent.domain.sales import Segment
from agent.errors import PolicyRejected, PreconditionFailed, RecordMissing
from agent.guardrails.vocabulary import FACTS
from agent.guardrails.vocabulary.own import OWN
from tests.unit.execution.fakes import NOW, Clock, Erp, customer, order, proposal_of

OLD = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


@pytest.fixture
def erp() -> Erp:
    return Erp(Clock())


def move(erp, promise_date, **options):
    return prepare("move_promise_date", {"order": "S00042", "promise_date": promise_date}, erp, **options)


def done(content):
    return proposal_of(content, state=ProposalState.DONE)


def test_the_preview_shows_before_and_after_in_words(erp):
    preview = move(erp, "2026-11-23").preview
    assert preview.title == "Promise S00042 3 days later"
    assert [(change.label, change.before, change.after) for change in preview.changes] == [
        ("Promise date", "Fri 20 Nov 2026, 17:00 UTC", "Mon 23 Nov 2026, 17:00 UTC")
    ]
    assert preview.consequence == "Acme (standard), whose order S00042 is worth 4,200.00 EUR, is promised it 3 days later."
    assert preview.undo == "The promise date goes back to Fri 20 Nov 2026, 17:00 UTC."


def test_the_facts_come_from_the_erp(erp):
    erp.customers_by_id[7] = customer(Segment.KEY)
    assert move(erp, "2026-11-23").facts == {
        "change": "later",
        "days_slipped": 3,
        "order_value": "4200.00",
        "currency": "EUR",
        "segment": "key",
        "customer": "Acme",
    }


def test_every_value_that_is_shown_or_decided_on_is_among_the_before_values(erp):
    assert move(erp, "2026-11-23").before == {
        "promise_date": "2026-11-20T17:00:00+00:00",
        "state": "sale",
        "complete": False,
        "locked": False,
        "amount": "4200.00",
        "currency": "EUR",
        "customer": "Acme",
        "segment": "standard",
    }


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2026-11-23", "2026-11-23T17:00:00+00:00"),
        (date(2026, 11, 23), "2026-11-23T17:00:00+00:00"),
        ("2026-11-23T08:30:00Z", "2026-11-23T08:30:00+00:00"),
        ("2026-11-23T08:30:00.7+02:00", "2026-11-23T06:30:00+00:00"),
        (datetime(2026, 11, 23, 8, 30, tzinfo=timezone(timedelta(hours=1))), "2026-11-23T07:30:00+00:00"),
        (None, None),
    ],
)
def test_a_date_keeps_the_time_of_day_and_a_moment_is_taken_as_it_is(erp, given, meant):
    assert move(erp, given).arguments == {"order": "S00042", "promise_date": meant}


def test_a_first_promise_for_a_date_means_noon(erp):
    erp.orders["S00042"] = order(promise_date=None)
    content = move(erp, "2026-11-23")
    assert content.arguments["promise_date"] == "2026-11-23T12:00:00+00:00"
    assert content.facts["change"] == "first"
    assert content.facts["days_slipped"] is None
    assert content.preview.changes[0].before == "none"


@pytest.mark.parametrize(
    ("given", "change", "days"),
    [
        ("2026-11-18", "earlier", -2),
        ("2026-11-20T16:00:00Z", "earlier", 0),
        ("2026-11-20T18:00:00Z", "later", 0),
        ("2026-12-20", "later", 30),
        (None, "cleared", None),
    ],
)
def test_the_slip_is_counted_in_calendar_days(erp, given, change, days):
    facts = move(erp, given).facts
    assert (facts["change"], facts["days_slipped"]) == (change, days)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"state": "draft"}, "S00042 is still a quotation"),
        ({"state": "sent"}, "S00042 is still a quotation"),
        ({"state": "cancel"}, "S00042 is cancelled"),
        ({"state": "done"}, "S00042 is closed"),
        ({"complete": True}, "S00042 is completely delivered"),
        (
            {"promise_date": datetime(2026, 11, 23, 17, 0, tzinfo=UTC)},
            "S00042 is already promised for Mon 23 Nov 2026, 17:00 UTC",
        ),
    ],
)
def test_a_move_that_makes_no_sense_is_refused_with_the_reason(erp, changes, says):
    erp.orders["S00042"] = order(**changes)
    with pytest.raises(PreconditionFailed, match=says):
        move(erp, "2026-11-23T17:00:00Z")


@pytest.mark.parametrize("given", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"])
def test_a_moment_outside_of_all_calendars_is_refused(erp, given):
    with pytest.raises(PreconditionFailed, match="outside of all calendars"):
        move(erp, given)


def test_an_order_that_does_not_exist_is_named(erp):
    with pytest.raises(RecordMissing, match="There is no order S9"):
        prepare("move_promise_date", {"order": "S9", "promise_date": "2026-11-23"}, erp)


def test_an_order_number_of_two_companies_is_not_guessed(erp):
    erp.sale_orders = lambda names: [order(id=1), order(id=2)]
    with pytest.raises(PreconditionFailed, match="There are 2 orders S00042"):
        move(erp, "2026-11-23")


def test_without_the_customer_nothing_is_proposed(erp):
    erp.customers_by_id.clear()
    with pytest.raises(RecordMissing, match="nobody can tell who would have to approve"):
        move(erp, "2026-11-23")


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"order": "S00042"}, "promise_date"),
        ({"order": "S00042", "promise_date": "next week"}, "promise_date"),
        ({"order": "S00042", "promise_date": "2026-11-23T10:00:00"}, "promise_date"),
        ({"order": "", "promise_date": "2026-11-23"}, "order"),
        ({"order": "S00042", "promise_date": "2026-11-23", "approved": True}, "approved"),
    ],
)
def test_wrong_arguments_are_named_in_one_sentence(erp, arguments, field):
    with pytest.raises(
        PreconditionFailed, match=f"^move_promise_date (cannot use|needs) its {field}(: |; `expediter actions).+\\.$"
    ):
        prepare("move_promise_date", arguments, erp)


def test_a_new_request_for_the_past_is_refused_but_an_undo_may_lead_there(erp):
    with pytest.raises(PreconditionFailed, match="Wed 18 Nov 2026, 17:00 UTC is in the past"):
        move(erp, "2026-11-18", now=NOW)
    assert move(erp, "2026-11-18").arguments["promise_date"] == "2026-11-18T17:00:00+00:00"
    assert move(erp, "2026-11-23", now=NOW)


def test_preparing_its_own_arguments_again_gives_the_same_bytes(erp):
    once = move(erp, "2026-11-23")
    again = prepare(once.action, once.arguments, erp)
    assert again.canonical() == once.canonical()
    assert again.sha256() == once.sha256()


def test_any_value_that_matters_changes_the_hash(erp):
    was = move(erp, "2026-11-23").sha256()
    erp.orders["S00042"] = order(amount=Money(Decimal("4200.01"), "EUR"))
    assert move(erp, "2026-11-23").sha256() != was


def test_the_effect_is_read_back(erp):
    content = move(erp, "2026-11-23")
    action = action_named("move_promise_date")
    assert action.effect(content, erp, "m") is Effect.BEFORE
    action.apply(content, erp, "m")
    assert action.effect(content, erp, "m") is Effect.DONE
    erp.orders["S00042"] = order(promise_date=OLD + timedelta(days=9))
    assert action.effect(content, erp, "m") is Effect.OTHER
    erp.orders.clear()
    assert action.effect(content, erp, "m") is Effect.OTHER


def test_the_inverse_goes_back_and_its_inverse_is_the_original(erp):
    content = move(erp, "2026-11-23")
    action_named("move_promise_date").apply(content, erp, "m")
    back = prepare(*inverse(done(content)), erp)
    assert back.arguments["promise_date"] == "2026-11-20T17:00:00+00:00"
    action_named("move_promise_date").apply(back, erp, "m")
    assert inverse(done(back)) == ("move_promise_date", content.arguments)
    assert erp.orders["S00042"].promise_date == OLD


def test_the_inverse_of_a_first_promise_clears_it(erp):
    erp.orders["S00042"] = order(promise_date=None)
    content = move(erp, "2026-11-23")
    action_named("move_promise_date").apply(content, erp, "m")
    back = prepare(*inverse(done(content)), erp)
    assert back.preview.title == "Take the promise date of S00042 away"
    action_named("move_promise_date").apply(back, erp, "m")
    assert erp.orders["S00042"].promise_date is None
    assert action_named("move_promise_date").verified(back) == "Read back: S00042 has no promise date any more."


@pytest.mark.parametrize("state", [state for state in ProposalState if state is not ProposalState.DONE])
def test_what_was_not_carried_out_cannot_be_undone(erp, state):
    with pytest.raises(PreconditionFailed, match="so there is nothing to undo"):
        inverse(proposal_of(move(erp, "2026-11-23"), state=state))


def test_the_marker_is_safe_in_html_and_in_a_pattern_search(erp):
    proposal = proposal_of(move(erp, "2026-11-23"))
    assert marker_of(proposal) == f"expediter-p12-{proposal.sha256[:12]}"


def test_what_is_no_action_cannot_be_proposed(erp):
    assert set(FACTS) - set(OWN) == set(ACTIONS)
    with pytest.raises(PolicyRejected, match="There is no action launch_rocket; these can be proposed: move_promise_date"):
        prepare("launch_rocket", {}, erp)


def test_notes_and_dates_give_the_policy_exactly_the_facts_they_are_listed_with(erp):
    note = prepare("post_note", {"order": "S00042", "text": "hello"}, erp)
    erp.notes.append("hello [expediter-p1-0123456789ab]")
    struck = prepare("strike_note", {"order": "S00042", "marker": "expediter-p1-0123456789ab", "text": "hello"}, erp)
    for content in (move(erp, "2026-11-23"), note, struck):
        assert set(content.facts) == set(FACTS[content.action])
