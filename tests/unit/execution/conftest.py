"""A grant ready to be carried out, on an ERP and a desk in memory."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from agent.actions import prepare
from agent.domain.decisions import Grant, Outcome, Person
from agent.execution import ExecutionContext, execute
from tests.fixtures.packaged_policy import PACKAGED_POLICY as POLICY
from tests.unit.execution.desk import Desk
from tests.unit.execution.fakes import SALES, Clock, Crashes, Erp, ProcessDied, approved, grant_of, proposal_of

MOVE = ("move_promise_date", {"order": "S00042", "promise_date": "2026-11-23"})
NOTE = ("post_note", {"order": "S00042", "text": "Vendor confirms Monday."})


@dataclass
class Rig:
    clock: Clock
    crashes: Crashes
    erp: Erp
    desk: Desk
    context: ExecutionContext

    def run(self, grant: Grant | None = None) -> Outcome | None:
        return execute(grant or self.desk.grant, self.context)

    def run_and_die(self, point: str) -> None:
        self.crashes.at = {point}
        with pytest.raises(ProcessDied):
            self.run()

    def after(self, **delta: float) -> "Rig":
        self.clock.advance(timedelta(**delta))
        return self

    @property
    def detail(self) -> str:
        assert self.desk.ending is not None
        return self.desk.ending[1]


def build(
    action: tuple[str, dict[str, Any]] = MOVE,
    approvers: tuple[Person, ...] = (SALES,),
    lasts: timedelta = timedelta(hours=24),
    people: Any = None,
    erp: dict[str, Any] | None = None,
    world: type[Erp] = Erp,
) -> Rig:
    clock, crashes = Clock(), Crashes()
    company = world(clock, crashes, **(erp or {}))
    proposal = approved(proposal_of(prepare(*action, company)), *approvers)
    desk = Desk(clock, proposal, grant_of(proposal, lasts), crashes)
    return Rig(clock, crashes, company, desk, ExecutionContext(desk, company, company, lambda: POLICY, clock, people))


@pytest.fixture
def rig() -> Callable[..., Rig]:
    return build
