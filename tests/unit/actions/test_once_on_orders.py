"""A message, an activity and a quantity, whatever dies or is lost: at most one effect, and the outcome tells the truth."""

from datetime import timedelta

import pytest
from hypothesis import given, settings

from agent.domain.decisions import Outcome, Role
from tests.unit.actions.sold import Sold
from tests.unit.execution.conftest import build
from tests.unit.execution.fakes import SALES, person
from tests.unit.execution.test_once import late, play, runs, settle

FINANCE = person(5, "finn", Role.FINANCE)
MESSAGE = ("send_customer_update", {"order": "S00042", "text": "It comes on Friday."})
ACTIVITY = ("schedule_activity", {"record": "S00042", "owner": "nadia", "due": "2026-12-01", "summary": "Call them"})
QUANTITY = ("change_quantity", {"order": "S00042", "product": "CRT-1", "quantity": "12"})


@pytest.mark.parametrize("action", [MESSAGE, ACTIVITY], ids=["message", "activity"])
@settings(max_examples=100, deadline=None)
@given(steps=runs, late_by=late)
def test_what_is_created_is_there_at_most_once_and_the_outcome_says_whether(action, steps, late_by):
    rig = build(action, lasts=timedelta(minutes=60), world=Sold)
    play(rig, steps, late_by)
    outcome = settle(rig)
    assert len(rig.erp.effects) <= 1
    assert bool(rig.erp.effects) == (outcome is Outcome.DONE)
    assert (outcome is None) == (not rig.desk.begun)


@settings(max_examples=100, deadline=None)
@given(runs, late)
def test_a_quantity_is_changed_or_left_alone_and_the_outcome_says_which(steps, late_by):
    rig = build(QUANTITY, (SALES, FINANCE), timedelta(minutes=60), world=Sold)
    play(rig, steps, late_by)
    outcome = settle(rig)
    assert isinstance(rig.erp, Sold)
    changed = rig.erp.lines[0].quantity.amount == 12
    assert changed == bool(rig.erp.effects) == (outcome is Outcome.DONE)
    assert set(rig.erp.effects) <= {"12 at 100 less 0"}
