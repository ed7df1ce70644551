"""Proposals, decisions, grants and executions. One Protocol per process: each role of the database can do only its own part."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from agent.domain.decisions import (
    Attempt,
    Ballot,
    ExecutionLimit,
    Grant,
    Outcome,
    Proposal,
    ProposalContent,
    ProposalGroup,
    ProposalState,
    Provenance,
    Verdict,
)
from agent.errors import DecisionRefused


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """One line of a group that is to be proposed."""

    content: ProposalContent
    expires_at: datetime


class ProposalBook(Protocol):
    """Reading, for every process."""

    def proposal(self, proposal_id: int) -> Proposal:
        """Raises RecordMissing."""

    def group(self, group_id: int) -> ProposalGroup:
        """Raises RecordMissing."""

    def proposals(
        self,
        states: Sequence[ProposalState] | None = None,
        limit: int = 50,
        sha256: str | None = None,
        before: int | None = None,
    ) -> list[Proposal]:
        """Newest first; with `sha256` only those of exactly this content, with `before` only those older than this one."""

    def delays_told(self, orders: Sequence[str]) -> set[tuple[str, date | None]]:
        """Order and expected day (None: unknown) of each delay of these that a customer was told last, is to be, or may have
        been; another day that was told before may be told again."""


class ProposalDesk(ProposalBook, Protocol):
    """The worker's part: it may propose, and nothing more."""

    def propose(
        self,
        content: ProposalContent,
        *,
        inbound_id: int,
        rationale: str,
        provenance: Provenance,
        expires_at: datetime,
        inverse_of: int | None = None,
        supersedes: int | None = None,
    ) -> Proposal:
        """Insert a frozen proposal. The asker is taken by the database from the inbound row. Raises DatabaseUnavailable.

        One that `supersedes` another answers an edit of that other, which ends with it.
        """

    def propose_together(
        self, title: str, lines: Sequence[ProposedLine], *, inbound_id: int, rationale: str, provenance: Provenance
    ) -> ProposalGroup:
        """Insert a group and its lines, all or nothing. Raises as `propose` does."""


class DecisionDesk(ProposalBook, Protocol):
    """Serve's part: it records who clicked. Each call is one transaction."""

    def decide(
        self,
        proposal_id: int,
        *,
        person_id: int,
        verdict: Verdict,
        step: int,
        earlier: int,
        sha256: str,
        reason: str,
        policy_version: str,
        rule: str,
        grant_until: datetime | None,
        for_person_id: int | None = None,
        second_factor: bool = False,
        code: str | None = None,
    ) -> Grant | None:
        """Record a decision, for an absent person where `for_person_id` names one.

        With `grant_until`, issue the grant in the same transaction and hint the executor.

        `earlier` is the number of decisions that were seen. Where the rule wants a `second_factor`, an approval takes a `code` of
        the person's authenticator, looked at in the same transaction. Raises DecisionRefused when the database refuses it (own
        proposal, expired, decided before or meanwhile, other hash), and its subclasses for what is wrong with the code.
        """

    def decide_together(
        self, ballots: Sequence[Ballot], *, person_id: int, verdict: Verdict, reason: str, code: str | None = None
    ) -> list[Grant | DecisionRefused | None]:
        """Record one decision for each ballot, in one transaction, with one code where a rule wants one.

        For each ballot, in their order: its grant, None where approvals are missing yet, or why the database refused that line.
        Raises what is wrong with the code; then nothing is recorded.
        """

    def withdraw(self, proposal_id: int, *, person_id: int, reason: str) -> None:
        """Raises NotPermitted for whoever had no part in it, DecisionRefused where it does not wait any more."""

    def comment(self, proposal_id: int, *, person_id: int, text: str) -> None:
        """Raises PreconditionFailed when it says nothing, or too much."""

    def shown(self, proposal_id: int, person_id: int) -> None:
        """Note when this person first saw it."""

    def note_refusal(self, proposal_id: int, person_id: int, kind: str, said: str) -> bool:
        """Write into the audit log that a click was refused; False where this person had too many noted in the last minutes."""


class ExecutionControl(Protocol):
    """Serve's part: people hold executions and let them go on, and say what became of those that ended uncertain."""

    def limits(self) -> list[ExecutionLimit]:
        """What holds now."""

    def limit(self, action: str, per_hour: int | None, *, person_id: int, reason: str) -> None:
        """So many an hour from now on; 0 stops, None takes the limit away.

        Raises NotPermitted where this person may only tighten, and PreconditionFailed without a reason or when nothing holds it.
        """

    def resolve(self, proposal_id: int, took_effect: bool, *, person_id: int, reason: str) -> None:
        """Raises DecisionRefused when it did not end uncertain, was resolved before, or is this person's own."""


class ExecutionDesk(ProposalBook, Protocol):
    """The executor's part."""

    def open_grants(self) -> list[Grant]:
        """Grants without an outcome, oldest first: those begun, whose end has to be found out at any age, and the unexpired while
        nothing that touches the same is being carried out."""

    def claimed(self, grant: Grant) -> AbstractContextManager[bool]:
        """Hold the grant for this process; False when another process has it."""

    def begin(self, grant: Grant) -> tuple[int, Sequence[Attempt]]:
        """Reference the grant by its one execution, or find the one a dead process left. Returns its id and earlier attempts."""

    def sending(self, execution_id: int) -> None:
        """Log a new attempt whose write is about to be sent, committed before it is."""

    def finish(self, execution_id: int, outcome: Outcome, detail: str, evidence: dict[str, Any]) -> None:
        """Record how it ended; once."""
