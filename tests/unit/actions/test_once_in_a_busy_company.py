"""While a write is on its way stock moves and colleagues act; still it takes effect once, and the outcome tells the truth."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from agent.actions import action_named, inverse, prepare
from agent.domain.decisions import Outcome, ProposalState, Role
from agent.errors import PreconditionFailed
from tests.unit.actions.sold import Sold
from tests.unit.actions.stocked import Stocked
from tests.unit.execution.conftest import Rig, build
from tests.unit.execution.fakes import LEAD, Clock, person, proposal_of
from tests.unit.execution.test_once import late, play, runs, settle

FINANCE = person(5, "finn", Role.FINANCE)
HARNESSES = {"product": "HAR-4", "warehouse": "LYN"}
COUNT = ("adjust_stock", {**HARNESSES, "counted": "8"})
ACTIVITY = ("schedule_activity", {"record": "S00042", "owner": "nadia", "due": "2026-12-01", "summary": "Call them"})
CASE = ("open_case", {"order": "S00042", "owner": "nadia", "title": "Crushed", "text": "Two cartons."})


@dataclass
class Diligent(Sold):
    """Whoever was asked has done it before we look again: the ERP keeps the activity archived, or only tells of it."""

    keeps: bool = True

    def meanwhile(self) -> None:
        if self.keeps:
            self.archived |= set(self.asked)
        else:
            self.notes += [f"To-Do done: {activity.summary} {marker}" for marker, activity in self.asked.items()]
        self.asked.clear()


@dataclass
class Deleting(Sold):
    """Whoever was asked throws it away undone before we look again, and nothing tells of it."""

    def meanwhile(self) -> None:
        self.asked.clear()


def counting(lasts: timedelta = timedelta(hours=24)) -> Rig:
    """Both have approved with a code from their authenticator, as stock asks for."""
    rig = build(COUNT, (LEAD, FINANCE), lasts, world=Stocked)
    approvals = tuple(replace(each, second_factor=True) for each in rig.desk.stored.decisions)
    rig.desk.stored = replace(rig.desk.stored, decisions=approvals)
    return rig


@settings(max_examples=20, deadline=None)
@given(runs, late)
def test_a_count_is_booked_at_most_once_however_stock_moves(steps, late_by):
    rig = counting(timedelta(minutes=60))
    play(rig, steps, late_by)
    outcome = settle(rig)
    assert len(rig.erp.effects) <= 1
    assert bool(rig.erp.effects) == (outcome is Outcome.DONE)
    assert (outcome is None) == (not rig.desk.begun)


def test_a_count_that_arrived_is_not_sent_again_when_deliveries_bring_the_books_back_to_what_they_were():
    rig = counting()
    rig.run_and_die("after the write was sent")
    rig.erp.meanwhile()
    assert rig.after(minutes=20).run() is Outcome.DONE
    assert (rig.erp.effects, rig.erp.on_hand) == (["set 8"], 10)


def test_a_count_that_never_arrived_is_not_booked_on_stock_that_has_moved():
    rig = counting()
    rig.run_and_die("before the write is sent")
    rig.erp.meanwhile()
    assert rig.after(minutes=20).run() is Outcome.REFUSED_STALE
    assert rig.erp.effects == []


def test_taking_a_count_back_books_its_difference_on_what_is_there_by_then():
    erp = Stocked(Clock())
    counted = prepare(*COUNT, erp)
    action_named("adjust_stock").apply(counted, erp, "first")
    erp.meanwhile()
    name, arguments = inverse(proposal_of(counted, state=ProposalState.DONE))
    back = prepare(name, arguments, erp)
    assert back.preview.changes[0].after == "12 pieces"
    action_named(name).apply(back, erp, "second")
    assert (erp.on_hand, erp.booked) == (12, {"first": -2, "second": 2})
    again = inverse(proposal_of(back, state=ProposalState.DONE))
    assert again == ("adjust_stock", {**HARNESSES, "by": "-2"})


def test_a_difference_is_told_to_approvers_as_a_count_is():
    erp = Stocked(Clock())
    counted, difference = prepare(*COUNT, erp), prepare("adjust_stock", {**HARNESSES, "by": "-2"}, erp)
    assert difference.facts == counted.facts
    assert difference.preview.changes == counted.preview.changes


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"by": "-10.001"}, "Only 10 pieces of Safety harness lie in LYN/Stock"),
        ({"by": "0"}, "The books say 10 pieces"),
        ({}, "say what was counted"),
        ({"by": "1", "counted": "11"}, "say what was counted"),
    ],
)
def test_a_difference_that_cannot_be_is_refused(asked, words):
    with pytest.raises(PreconditionFailed, match=words):
        prepare("adjust_stock", {**HARNESSES, **asked}, Stocked(Clock()))


def test_a_difference_may_take_the_last_piece():
    assert prepare("adjust_stock", {**HARNESSES, "by": "-10"}, Stocked(Clock())).preview.changes[0].after == "0 pieces"


@pytest.mark.parametrize("keeps", [True, False], ids=["archived", "told in the chatter"])
@pytest.mark.parametrize("action", [ACTIVITY, CASE], ids=["activity", "case without a desk"])
def test_what_a_colleague_has_done_already_is_not_asked_for_again(action, keeps):
    rig = build(action, world=Diligent, erp={"keeps": keeps})
    rig.run_and_die("after the write was sent")
    rig.erp.meanwhile()
    assert rig.after(minutes=20).run() is Outcome.DONE
    assert len(rig.erp.effects) == 1


@pytest.mark.parametrize("keeps", [True, False], ids=["archived", "told in the chatter"])
@settings(max_examples=50, deadline=None)
@given(steps=runs, late_by=late)
def test_a_diligent_colleague_is_asked_at_most_once(keeps, steps, late_by):
    rig = build(ACTIVITY, lasts=timedelta(minutes=60), world=Diligent, erp={"keeps": keeps})
    play(rig, steps, late_by)
    outcome = settle(rig)
    assert len(rig.erp.effects) <= 1
    assert bool(rig.erp.effects) == (outcome is Outcome.DONE)


@pytest.mark.parametrize("action", [ACTIVITY, CASE], ids=["activity", "case without a desk"])
def test_what_a_colleague_threw_away_is_not_asked_for_again_and_a_person_looks(action):
    rig = build(action, world=Deleting)
    rig.run_and_die("after the write was sent")
    rig.erp.meanwhile()
    assert rig.run() is None, "it could arrive yet"
    assert rig.after(minutes=20).run() is Outcome.UNCERTAIN
    assert len(rig.erp.effects) == 1
    assert "it may never have arrived, or have been deleted since" in rig.detail


def test_what_was_never_sent_is_asked_for_by_the_next_run():
    rig = build(ACTIVITY, world=Deleting)
    rig.run_and_die("after begin")
    assert rig.after(minutes=20).run() is Outcome.DONE
    assert len(rig.erp.effects) == 1


@settings(max_examples=50, deadline=None)
@given(steps=runs, late_by=late)
def test_whoever_throws_away_what_they_are_asked_for_is_asked_at_most_once(steps, late_by):
    rig = build(ACTIVITY, lasts=timedelta(minutes=60), world=Deleting)
    play(rig, steps, late_by)
    outcome = settle(rig)
    assert len(rig.erp.effects) <= 1
    assert rig.erp.effects or outcome is not Outcome.DONE
    assert not rig.erp.effects or outcome in (Outcome.DONE, Outcome.UNCERTAIN)
