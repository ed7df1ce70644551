"""Whatever dies or is lost, and in whatever order: at most one effect, and the outcome tells the truth."""

import contextlib
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.decisions import Outcome
from tests.unit.execution.conftest import MOVE, NOTE, Rig, build
from tests.unit.execution.fakes import Answer, ProcessDied

POINTS = [
    "after begin",
    "reading",
    "after sending was logged",
    "before the write is sent",
    "after the write was sent",
    "before the outcome was recorded",
    "after the outcome was recorded",
]
MONDAY = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
FAULTS = [answer for answer in Answer if answer is not Answer.IGNORED]

runs = st.lists(
    st.tuples(
        st.one_of(st.none(), st.sampled_from(POINTS)),
        st.sampled_from(FAULTS),
        st.booleans(),
        st.integers(min_value=0, max_value=40),
        st.booleans(),
    ),
    max_size=8,
)
late = st.integers(min_value=0, max_value=9)


def play(rig: Rig, steps: list, late_by: int) -> None:
    """Each step: where the process dies, what becomes of a write, whether the ERP can be read, minutes until the next run."""
    rig.erp.late_by = timedelta(minutes=late_by)
    for point, answer, readable, minutes, disturbed in steps:
        rig.erp.answers, rig.erp.readable = [answer], readable
        rig.crashes.at = {point} if point else set()
        if disturbed:
            rig.erp.meanwhile()
        with contextlib.suppress(ProcessDied):
            rig.run()
        rig.after(minutes=minutes)


def settle(rig: Rig) -> Outcome | None:
    """Nothing goes wrong any more, and all that is on its way arrives."""
    rig.erp.answers, rig.erp.readable, rig.crashes.at = [], True, set()
    for _ in range(3):
        rig.run()
        rig.after(minutes=11)
    rig.erp.arrive()
    return rig.desk.ending[0] if rig.desk.ending else None


@settings(max_examples=400, deadline=None)
@given(runs, late)
def test_a_note_is_posted_at_most_once_and_the_outcome_says_whether(steps, late_by):
    rig = build(NOTE, lasts=timedelta(minutes=60))
    play(rig, steps, late_by)
    outcome = settle(rig)
    assert len(rig.erp.notes) <= 1
    assert bool(rig.erp.notes) == (outcome is Outcome.DONE)
    assert outcome in (Outcome.DONE, Outcome.FAILED, None)
    assert (outcome is None) == (not rig.desk.begun)


@settings(max_examples=400, deadline=None)
@given(runs, late)
def test_a_promise_date_is_moved_or_left_alone_and_the_outcome_says_which(steps, late_by):
    rig = build(MOVE, lasts=timedelta(minutes=60))
    play(rig, steps, late_by)
    outcome = settle(rig)
    moved = rig.erp.orders["S00042"].promise_date == MONDAY
    assert moved == bool(rig.erp.effects) == (outcome is Outcome.DONE)
    assert set(rig.erp.effects) <= {f"S00042 promised for {MONDAY}"}
    assert (outcome is None) == (not rig.desk.begun)
