"""A ledger and a directory in memory, as the executor is given them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from agent.domain.decisions import (
    Attempt,
    Grant,
    Outcome,
    Person,
    Proposal,
    ProposalState,
)
from agent.errors import DecisionRefused, RecordMissing
from tests.unit.execution.fakes import NOW, Clock, Crashes


@dataclass
class Desk:
    """The executor's desk with one proposal and its grant."""

    clock: Clock
    stored: Proposal
    grant: Grant
    crashes: Crashes = field(default_factory=Crashes)
    taken: bool = False
    """Another process holds the grant."""
    begun: bool = False
    attempts: list[Attempt] = field(default_factory=list)
    ending: tuple[Outcome, str, dict[str, Any]] | None = None

    def proposal(self, proposal_id: int) -> Proposal:
        if proposal_id != self.stored.id:
            raise RecordMissing(f"There is no proposal P{proposal_id}.")
        return replace(self.stored, state=self._state())

    def _state(self) -> ProposalState:
        if self.ending or self.begun:
            return ProposalState(self.ending[0]) if self.ending else ProposalState.EXECUTING
        return ProposalState.EXPIRED if self.grant.expires_at <= self.clock() else ProposalState.GRANTED

    def open_grants(self) -> list[Grant]:
        return [self.grant] if self._state() in (ProposalState.GRANTED, ProposalState.EXECUTING) else []

    @contextmanager
    def claimed(self, grant: Grant) -> Iterator[bool]:
        if self.taken:
            yield False
            return
        self.taken = True
        try:
            yield True
        finally:
            self.taken = False

    def begin(self, grant: Grant) -> tuple[int, Sequence[Attempt]]:
        if not self.begun and grant.expires_at <= self.clock():
            raise DecisionRefused("The grant has expired.")
        self.begun = True
        self.crashes.pass_by("after begin")
        return 1, tuple(replace(attempt, age=attempt.age + (self.clock() - NOW)) for attempt in self.attempts)

    def sending(self, execution_id: int) -> None:
        self.attempts.append(Attempt(len(self.attempts) + 1, NOW - self.clock(), sent=True))
        self.crashes.pass_by("after sending was logged")

    def finish(self, execution_id: int, outcome: Outcome, detail: str, evidence: dict[str, Any]) -> None:
        self.crashes.pass_by("before the outcome was recorded")
        if self.ending:
            raise DecisionRefused("The execution has an outcome already.")
        self.ending = (outcome, detail, evidence)
        self.crashes.pass_by("after the outcome was recorded")


@dataclass
class Directory:
    """The persons as they are today."""

    persons: dict[int, Person]

    def by_id(self, person_id: int) -> Person:
        if person_id not in self.persons:
            raise RecordMissing("The approver is no longer an active person.")
        return self.persons[person_id]
