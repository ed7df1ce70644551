"""A deputy's approval, judged anew when it is carried out: did they stand in then, and may both still?"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from agent.domain.decisions import Outcome, Person, Role
from tests.unit.execution.conftest import Rig
from tests.unit.execution.desk import Directory
from tests.unit.execution.fakes import NOW, SALES, approval, person

WIM = person(21, "wim", Role.OPS_AGENT)
DECIDED = NOW + timedelta(minutes=1)
HOUR = timedelta(hours=1)


@dataclass
class Away:
    """Sam is away between two moments, and Wim stands in."""

    begins: datetime
    ends: datetime

    def standing_in(self):
        return ()

    def stood_in(self, deputy_id: int, person_id: int, at: datetime) -> bool:
        return (deputy_id, person_id) == (WIM.id, SALES.id) and self.begins <= at < self.ends


def by_deputy(rig, away: Away | None, people: list[Person] | None = None, **policy) -> Rig:
    """Carried out one hour after Wim approved for Sam."""
    run = rig(people=Directory({one.id: one for one in ([SALES, WIM] if people is None else people)}))
    run.desk.stored = replace(
        run.desk.stored, decisions=(approval(replace(run.desk.stored, decisions=()), WIM, on_behalf_of=SALES),)
    )
    context = replace(run.context, stand_ins=away, in_force=lambda: replace(run.context.in_force(), **policy))
    return Rig(run.clock, run.crashes, run.erp, run.desk, context).after(hours=1)


@pytest.mark.parametrize("ends", [DECIDED + timedelta(microseconds=1), DECIDED + HOUR, DECIDED + 9 * HOUR])
def test_whoever_stood_in_when_deciding_is_good_also_when_the_absence_is_over_by_now(rig, ends):
    assert by_deputy(rig, Away(DECIDED, ends)).run() is Outcome.DONE


@pytest.mark.parametrize(
    "away",
    [Away(DECIDED - HOUR, DECIDED), Away(DECIDED + timedelta(microseconds=1), DECIDED + HOUR), Away(DECIDED, DECIDED), None],
    ids=["ended before", "began after", "never", "nobody can say"],
)
def test_whoever_did_not_stand_in_when_deciding_does_not_count(rig, away):
    run = by_deputy(rig, away)
    assert run.run() is Outcome.REFUSED_STALE
    assert "wim decided for sam, but did not stand in for sam then: the absence was cancelled or had ended." in run.detail
    assert run.erp.effects == []


@pytest.mark.parametrize(
    ("people", "says"),
    [
        ([WIM], "sam, for whom wim decided, is no longer an active person"),
        ([SALES], "wim, who decided for sam, is no longer an active person"),
        ([WIM, replace(SALES, roles=frozenset({Role.BUYER}))], "which was not given"),
    ],
    ids=["the absent person left", "the deputy left", "the absent person lost the role"],
)
def test_authority_is_that_of_this_moment_for_both(rig, people, says):
    run = by_deputy(rig, Away(DECIDED, DECIDED + HOUR), people)
    assert run.run() is Outcome.REFUSED_STALE
    assert says in run.detail
    assert run.erp.effects == []


@pytest.mark.parametrize(("role", "outcome"), [(Role.FINANCE, Outcome.REFUSED_STALE), (Role.BUYER, Outcome.DONE)])
def test_a_deputy_who_meanwhile_got_a_role_to_be_kept_apart_from_the_absent_persons_does_not_count(rig, role, outcome):
    apart = (frozenset({Role.SALES_MANAGER, Role.FINANCE}),)
    grown = replace(WIM, roles=frozenset({role}))
    run = by_deputy(rig, Away(DECIDED, DECIDED + HOUR), [SALES, grown], never_together=apart)
    assert run.run() is outcome
