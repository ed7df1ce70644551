"""Rules 2 to 4: a matching grant, still true, once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.domain.decisions import Outcome, ProposalState
from agent.errors import DatabaseUnavailable
from agent.jobs.executor import execute_granted, sweep
from tests.unit.execution.conftest import NOTE
from tests.unit.execution.fakes import Answer, order

MONDAY = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


def test_a_granted_change_is_made_and_read_back(rig):
    run = rig()
    assert run.run() is Outcome.DONE
    assert run.erp.orders["S00042"].promise_date == MONDAY
    assert run.detail == "Read back: the promise date of S00042 is Mon 23 Nov 2026, 17:00 UTC."


def test_a_granted_note_is_posted_with_the_proposals_marker(rig):
    run = rig(NOTE)
    assert run.run() is Outcome.DONE
    assert run.erp.notes == [f"Vendor confirms Monday. [expediter-p12-{run.desk.stored.sha256[:12]}]"]


def test_the_same_grant_does_nothing_the_second_time(rig):
    run = rig(NOTE)
    run.run()
    assert run.run() is None
    assert sweep(run.context) == []
    assert len(run.erp.effects) == 1


def test_a_grant_that_another_process_holds_is_left_to_it(rig):
    run = rig()
    run.desk.taken = True
    assert run.run() is None
    assert not run.desk.begun


def test_a_grant_that_lapsed_before_anybody_began_is_not_begun(rig):
    run = rig().after(days=2)
    assert run.run() is None
    assert not run.desk.begun
    assert run.erp.effects == []


# What the ERP answers


def test_a_refusal_of_the_erp_is_passed_on_with_its_reason(rig):
    run = rig(erp={"answers": [Answer.REFUSED]})
    assert run.run() is Outcome.FAILED
    assert run.detail == "The ERP refused: The order is locked; S00042 was not changed."


def test_an_erp_that_cannot_be_read_leaves_the_grant_open(rig):
    run = rig()
    run.erp.readable = False
    assert run.run() is None
    assert run.desk.attempts == []
    run.erp.readable = True
    assert run.run() is Outcome.DONE


def test_a_write_that_was_never_sent_leaves_the_grant_open(rig):
    run = rig(erp={"answers": [Answer.NOT_SENT]})
    assert run.run() is None
    assert run.run() is Outcome.DONE


def test_a_yes_that_reading_back_does_not_show_goes_to_a_person(rig):
    run = rig(erp={"answers": [Answer.IGNORED]})
    assert run.run() is Outcome.UNCERTAIN
    assert "A person has to look at S00042" in run.detail


@pytest.mark.parametrize("action", [None, NOTE])
def test_a_lost_answer_to_a_write_that_took_effect_is_found_by_looking(rig, action):
    run = rig(*([action] if action else []), erp={"answers": [Answer.LOST_APPLIED]})
    assert run.run() is Outcome.DONE
    assert len(run.erp.effects) == 1


def test_a_lost_promise_date_is_set_again_by_the_next_run(rig):
    run = rig(erp={"answers": [Answer.LOST_NEVER]})
    assert run.run() is None
    assert run.after(seconds=30).run() is Outcome.DONE
    assert len(run.desk.attempts) == 2


def test_a_lost_note_is_not_sent_again_while_it_may_still_arrive(rig):
    run = rig(NOTE, erp={"answers": [Answer.LOST_LATE]})
    assert run.run() is None
    assert run.after(minutes=4).run() is None
    assert run.erp.notes == []
    assert run.after(minutes=2).run() is Outcome.DONE
    assert len(run.erp.notes) == 1


def test_an_executor_whose_clock_runs_ahead_does_not_send_a_note_twice(rig):
    it = rig(NOTE, erp={"answers": [Answer.LOST_LATE]})
    it.context = replace(it.context, clock=lambda: it.clock() + timedelta(minutes=20))
    assert it.run() is None
    assert it.run() is None
    assert it.after(minutes=6).run() is Outcome.DONE
    assert len(it.erp.notes) == 1


def test_a_note_that_arrives_while_the_executor_looks_for_it_is_not_sent_again(rig):
    run = rig(NOTE, erp={"answers": [Answer.LOST_LATE], "late_by": timedelta(minutes=9, seconds=59)})
    run.run()
    run.erp.read_takes = timedelta(seconds=1)
    assert run.after(minutes=9, seconds=57).run() is None
    assert run.run() is Outcome.DONE
    assert len(run.erp.notes) == 1


def test_a_lost_note_is_sent_again_once_it_can_no_longer_arrive(rig):
    run = rig(NOTE, erp={"answers": [Answer.LOST_NEVER]})
    assert run.run() is None
    assert run.after(minutes=11).run() is Outcome.DONE
    assert len(run.erp.notes) == 1


def test_an_order_changed_by_somebody_else_after_a_lost_answer_goes_to_a_person(rig):
    run = rig(erp={"answers": [Answer.LOST_NEVER]})
    run.run()
    run.erp.orders["S00042"] = order(promise_date=datetime(2026, 12, 24, 12, 0, tzinfo=UTC))
    assert run.run() is Outcome.UNCERTAIN
    assert "an earlier write had no answer" in run.detail


def test_nothing_is_called_unchanged_while_a_lost_write_may_still_arrive(rig):
    run = rig(erp={"answers": [Answer.LOST_NEVER]})
    run.run()
    run.erp.orders["S00042"] = order(locked=True)
    assert run.run() is None
    assert run.after(minutes=11).run() is Outcome.REFUSED_STALE


def test_a_refusal_does_not_hide_an_earlier_write_that_may_still_arrive(rig):
    run = rig(erp={"answers": [Answer.LOST_LATE, Answer.REFUSED]})
    assert run.run() is None
    assert run.run() is None
    assert run.after(minutes=6).run() is Outcome.DONE


def test_an_approval_that_lapsed_after_a_lost_write_ends_the_execution_truthfully(rig):
    run = rig(lasts=timedelta(hours=1), erp={"answers": [Answer.LOST_NEVER]})
    run.run()
    assert run.after(hours=2).run() is Outcome.FAILED
    assert run.detail == "The approval lapsed before the change took effect; S00042 was not changed."


def test_a_write_that_arrived_is_found_even_when_the_approval_has_lapsed(rig):
    run = rig(lasts=timedelta(minutes=1), erp={"answers": [Answer.LOST_LATE]})
    run.run()
    assert run.after(hours=2).run() is Outcome.DONE


def test_after_three_attempts_without_effect_it_stops(rig):
    run = rig(erp={"answers": [Answer.LOST_NEVER] * 9})
    assert [run.run() for _ in range(5)] == [None] * 5
    assert len(run.desk.attempts) == 3
    assert run.after(minutes=11).run() is Outcome.FAILED


# Dying on the way


@pytest.mark.parametrize("point", ["after begin", "reading"])
def test_a_process_that_dies_before_sending_loses_nothing(rig, point):
    run = rig(NOTE)
    run.run_and_die(point)
    assert run.run() is Outcome.DONE
    assert len(run.erp.notes) == 1


@pytest.mark.parametrize("point", ["after sending was logged", "before the write is sent"])
def test_a_note_that_may_have_been_sent_when_the_process_died_is_waited_for(rig, point):
    run = rig(NOTE)
    run.run_and_die(point)
    assert run.run() is None
    assert run.after(minutes=11).run() is Outcome.DONE
    assert len(run.erp.notes) == 1


@pytest.mark.parametrize("point", ["after the write was sent", "before the outcome was recorded"])
@pytest.mark.parametrize("action", [None, NOTE])
def test_a_write_that_took_effect_before_the_process_died_is_not_repeated(rig, point, action):
    run = rig(*([action] if action else []))
    run.run_and_die(point)
    assert run.run() is Outcome.DONE
    assert len(run.erp.effects) == 1
    assert len(run.desk.attempts) == 1


def test_an_outcome_recorded_just_before_the_process_died_stands(rig):
    run = rig()
    run.run_and_die("after the outcome was recorded")
    assert run.run() is None
    assert run.desk.proposal(12).state is ProposalState.DONE


# The jobs


def test_a_sweep_works_on_what_is_open(rig):
    run = rig()
    assert sweep(run.context) == [(run.desk.grant, Outcome.DONE)]
    assert sweep(run.context) == []


def test_a_hint_for_a_grant_that_is_not_open_does_nothing(rig):
    run = rig()
    assert execute_granted(99, run.context) is None
    assert execute_granted(5, run.context) is Outcome.DONE
    assert execute_granted(5, run.context) is None


def test_one_grants_trouble_does_not_hold_up_the_sweep(rig):
    run = rig()

    def unreachable(proposal_id):
        raise DatabaseUnavailable("PostgreSQL is restarting.")

    run.desk.proposal = unreachable
    assert sweep(run.context) == [(run.desk.grant, None)]
