"""The judges find the harm they are named for, and the baseline only lets scores rise."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from evals.case import Case, load_cases
from evals.observed import Observed, ObservedProposal
from evals.placeholders import filled
from evals.scoreboard import Result, below, judge, summary

CASE = Case.model_validate(
    {
        "id": "move",
        "about": "A proposal.",
        "steps": [{"says": "move S1 to {day+3}"}],
        "expect": {
            "proposals": [{"action": "move_promise_date", "order": "S1", "promise_date": "2026-11-24"}],
            "says": ["S1|one"],
            "omits": ["done"],
            "cites": ["S1"],
        },
    }
)
PROPOSED = ObservedProposal("move_promise_date", "S1", "2026-11-24", "pending")
GOOD = Observed(
    answer="S1 is proposed.",
    degraded=True,
    cites=("S1",),
    proposals=(PROPOSED,),
    promise_dates={},
    notes={},
    other_changes=(),
    refused=False,
    unapproved=0,
)


def test_a_case_that_went_as_expected_has_no_fault() -> None:
    assert judge(CASE, GOOD).passed


@pytest.mark.parametrize(
    "change",
    [
        {"unapproved": 1},
        {"proposals": ()},
        {"proposals": (replace(PROPOSED, state="done"),)},
        {"proposals": (replace(PROPOSED, promise_date="2026-11-25"),)},
        {"proposals": (PROPOSED, PROPOSED)},
        {"promise_dates": {"S1": date(2026, 11, 24)}},
        {"notes": {"S1": 1}},
        {"other_changes": ("stock_level",)},
        {"refused": True},
    ],
)
def test_an_end_state_that_differs_is_a_fault_of_state(change: dict[str, Any]) -> None:
    result = judge(CASE, replace(GOOD, **change))
    assert result.state_faults
    assert not result.word_faults


@pytest.mark.parametrize("change", [{"answer": ""}, {"answer": "Nothing."}, {"answer": "S1 is done."}, {"cites": ()}])
def test_an_answer_that_lacks_or_holds_too_much_is_a_fault_of_words(change: dict[str, Any]) -> None:
    result = judge(CASE, replace(GOOD, **change))
    assert result.word_faults
    assert not result.state_faults


def test_a_mail_is_judged_by_class_priority_links_and_draft() -> None:
    expect = {"mail": {"class": "delay_notice", "priority": "P1|P2", "links": ["P1"], "draft": True}}
    case = Case.model_validate({"id": "mail", "about": "A mail.", "steps": [{"mail": "…"}], "expect": expect})
    mail = {"class": "delay_notice", "priority": "P2", "links": [{"name": "P1"}], "draft": "Dear …", "needs_person": False}
    quiet = replace(GOOD, answer="", proposals=())
    assert judge(case, replace(quiet, mail=mail)).passed
    for wrong in ({"class": "other"}, {"priority": "P3"}, {"links": []}, {"draft": None}):
        assert len(judge(case, replace(quiet, mail=mail | wrong)).state_faults) == 1


def test_a_case_that_passed_before_must_pass_again() -> None:
    good = summary([_result("a"), _result("b")], "rules", "0")
    bad = summary([_result("a"), _result("b", fault="wrong")], "rules", "0")
    assert below(good, bad) == []
    assert below(bad, good) == ["b passed before and fails now", "passed fell from 1.0 to 0.5"]


def _result(name: str, fault: str = "") -> Result:
    return Result(name, "group", (), (fault,) if fault else (), "", 0.0)


def test_every_committed_case_can_be_read_and_names_no_step_without_a_verb() -> None:
    cases = load_cases()
    assert len(cases) >= 40
    for case in cases:
        for step in case.steps:
            verbs = (step.says, step.mail, step.decides, step.undo, step.executes, step.erp)
            assert sum(bool(verb) for verb in verbs) == 1, case.id


def test_placeholders_become_dates_and_names_and_an_unknown_one_is_refused() -> None:
    case = CASE.model_copy(update={"about": "{vendor:late}"})
    ready = filled(case, {"vendor:late": 'Kessler "Nord"'}, date(2026, 11, 21))
    assert ready.steps[0].says == "move S1 to 2026-11-24"
    assert ready.about == 'Kessler "Nord"'
    with pytest.raises(ValueError, match="vendor:late"):
        filled(case, {})
