"""What the commands read of our own database, on the worker's role."""

import re
from contextlib import ExitStack
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from agent.domain.decisions import ExecutionLimit, Proposal
from agent.domain.policies import StoredPolicy
from agent.errors import RecordMissing
from agent.guardrails.policy import Policy, load_policy, read_policy
from agent.guardrails.policy_in_force import PolicyInForce
from agent.ports.absences import StandIns
from agent.ports.approval_notices import ApprovalNotices
from agent.ports.audit_log import AuditLog
from agent.ports.clock import utc_now
from agent.ports.ledger import ProposalBook
from agent.ports.mail_sending import Letters
from agent.ports.own_affairs import GivenUpJobs
from agent.ports.people import People
from agent.ports.policies import PolicyShelf
from agent.ports.risk_board import RiskReading
from agent.ports.scorebook import ScoreReading
from app.settings import WorkerSettings
from app.wiring.company import company_of
from app.wiring.embedded import database_url
from app.wiring.store import open_store

if TYPE_CHECKING:
    from integrations.database.pool import Pool

#: More proposals than this are not judged by two policies at once.
COMPARED = 10_000
VERSION = re.compile(r"v[0-9]+-[0-9a-f]{8}")


class StoredCompany:
    """Opens only what a command asks for; everything is closed with the stack."""

    def __init__(self, settings: WorkerSettings, stack: ExitStack) -> None:
        self.settings = settings
        self.company = company_of(settings)
        self._stack = stack

    @cached_property
    def pool(self) -> "Pool":
        return open_store(
            database_url(self.settings.worker_database_url, self.company, "worker", self._stack), "worker", self._stack, 4
        )

    @cached_property
    def policy(self) -> Policy:
        """In force; before the first one is, the file that would be."""
        first = load_policy(self.settings.policy)
        return PolicyInForce(self.policies, first)() if self.set_up else first

    @property
    def policies(self) -> PolicyShelf:
        from integrations.database.policies import PostgresPolicyShelf

        return PostgresPolicyShelf(self.pool)

    @property
    def letters(self) -> Letters:
        from integrations.database.letters import PostgresLetters

        return PostgresLetters(self.pool)

    @property
    def notices(self) -> ApprovalNotices:
        from integrations.database.approval_notices import PostgresApprovalNotices

        return PostgresApprovalNotices(self.pool)

    @property
    def stand_ins(self) -> StandIns:
        from integrations.database.absences import PostgresAbsences

        return PostgresAbsences(self.pool)

    @property
    def people(self) -> People:
        from integrations.database.people import PostgresPeople

        return PostgresPeople(self.pool)

    def stored_policy(self, version: str | None) -> StoredPolicy:
        """None: the one in force. Raises RecordMissing."""
        found = self.policies.stored(version) if version else self.policies.in_force()
        if found is None:
            raise RecordMissing("No policy is in force yet; `expediter db migrate`, `up` and `demo` put the first one in force.")
        return found

    def policy_named(self, which: str | None, *, checked: bool = True) -> Policy:
        """A file, a version, `packaged`, or the one in force (`active`, or None). Raises PolicyInvalid, RecordMissing.

        Without `checked` its examples may be decided otherwise than they say.
        """
        if which in (None, "active"):
            return self.policy
        if VERSION.fullmatch(str(which)):
            return read_policy(self.policies.stored(str(which)).text, str(which), checked=checked)
        return load_policy(None if which == "packaged" else Path(str(which)), checked=checked)

    def proposals_of_last(self, days: int) -> list[Proposal]:
        """Of any state, newest first; none where nothing was set up yet."""
        if not days or not self.set_up:
            return []
        since = utc_now() - timedelta(days=days)
        return [found for found in self.book.proposals(limit=COMPARED) if found.created_at >= since]

    @property
    def set_up(self) -> bool:
        """Whether there is a database to read."""
        return self.settings.worker_database_url is not None or self.company.has_database

    @property
    def book(self) -> ProposalBook:
        from integrations.database.proposal_book import PostgresProposalBook

        return PostgresProposalBook(self.pool)

    @property
    def limits(self) -> "list[ExecutionLimit]":
        """What is stopped or limited now."""
        from integrations.database.execution_control import PostgresExecutionControl

        return PostgresExecutionControl(self.pool).limits()

    @property
    def given_up(self) -> GivenUpJobs:
        from integrations.database.given_up import PostgresGivenUpJobs

        return PostgresGivenUpJobs(self.pool)

    @property
    def board(self) -> RiskReading:
        from integrations.database.risk_reading import PostgresRiskReading

        return PostgresRiskReading(self.pool)

    @property
    def scores(self) -> ScoreReading:
        from integrations.database.scorebook import PostgresScoreReading

        return PostgresScoreReading(self.pool)

    @property
    def audit(self) -> AuditLog:
        from integrations.database.audit_log import PostgresAuditLog

        return PostgresAuditLog(self.pool)
