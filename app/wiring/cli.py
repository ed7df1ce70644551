"""What the commands work with: the company as the worker may read it, and the owner's office."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.domain.chat import PartKind
from agent.domain.decisions import ExecutionLimit, Proposal, ProposalGroup, ProposalState
from agent.domain.finding_life import FindingFilter, FindingList
from agent.domain.findings import RiskReport
from agent.domain.order_numbers import no_such_order, spellings
from agent.domain.plans import Plan
from agent.domain.policies import StoredPolicy
from agent.errors import RecordMissing
from agent.guardrails.policy import Policy, load_policy, read_policy
from agent.guardrails.policy_in_force import PolicyInForce
from agent.ports.absences import StandIns
from agent.ports.approval_notices import ApprovalNotices
from agent.ports.audit_log import AuditLog
from agent.ports.charts import PictureFormat
from agent.ports.clock import utc_now
from agent.ports.ledger import ProposalBook
from agent.ports.people import People
from agent.ports.policies import PolicyShelf
from agent.ports.risk_board import RiskReading
from agent.ports.scorebook import ScoreReading
from app.settings import AdminSettings, CompanySettings, WorkerSettings
from app.wiring.company import company_of
from app.wiring.embedded import database_url
from app.wiring.erp import Erp, erp_reader
from app.wiring.store import open_store

if TYPE_CHECKING:
    from agent.risk.answers import RiskAnswers
    from agent.risk.impact import Cause
    from app.contract.approval_report import ApprovalReportRow
    from app.contract.dry_runs import DryRunRow
    from integrations.database.people import PersonAdmin
    from integrations.database.pool import Pool
    from integrations.database.retention import Retention
    from knowledge import KnowledgeIndex


#: Who vouches for senders in the demo company's sample mails.
DEMO_AUTHSERV = "mx.harbourvale.example"
#: More proposals than this are not judged by two policies at once.
COMPARED = 10_000
VERSION = re.compile(r"v[0-9]+-[0-9a-f]{8}")


class ReadingCompany:
    """Opens only what a command asks for; everything is closed with the stack."""

    def __init__(self, settings: WorkerSettings, stack: ExitStack) -> None:
        self.settings = settings
        self.company = company_of(settings)
        self._stack = stack
        self._asked: list[str] = []
        """Newest first."""

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

    @cached_property
    def reader(self) -> Erp:
        return erp_reader(self.settings, lambda: self.pool)

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

    @cached_property
    def knowledge(self) -> "KnowledgeIndex":
        from knowledge import KnowledgeIndex

        return self._stack.enter_context(closing(KnowledgeIndex(self.company.knowledge_folder)))

    @cached_property
    def answers(self) -> "RiskAnswers":
        """From the last scan where this company's database is set up, else from the ERP."""
        from agent.risk.answers import RiskAnswers

        return RiskAnswers(self.reader, self.policy, utc_now, self.board if self.set_up else None)

    def findings(self, wanted: FindingFilter) -> FindingList:
        """Of the last scan. Raises RecordMissing when nothing is called as the filter names it; the ERP knows the orders."""
        found = self.board.findings(wanted)
        nothing = not found.total and not found.set_aside
        if wanted.order is not None and nothing and not self.reader.sale_orders(spellings(wanted.order)):
            raise RecordMissing(no_such_order(wanted.order))
        return found

    def risk(self) -> RiskReport:
        """Everything assessed right now."""
        from agent.risk.assess import assess
        from agent.risk.history import take_history
        from agent.risk.taking import take_snapshot

        now, limits = utc_now(), self.policy.limits
        history = take_history(self.reader, now, limits)
        return assess(take_snapshot(self.reader, now, limits=limits, history=history), self.policy)

    def plan(self, orders: Sequence[str]) -> tuple[Plan, list[dict[str, Any]]]:
        """What to do about these orders together, also as the JSON contract has it. Raises RecordMissing."""
        from agent.risk.plan import plan
        from agent.risk.rows import plan_rows
        from agent.risk.taking import take_snapshot

        made = plan(take_snapshot(self.reader, utc_now(), list(dict.fromkeys(orders))), self.policy)
        return made, plan_rows(made)

    def impact(self, cause: str, new_date: datetime | None) -> dict[str, Any]:
        """What a purchase, transfer, product or vendor endangers, also if it came on another date.

        Raises RecordMissing, and PreconditionFailed for a date on which nothing can come.
        """
        from agent.risk.causes import find_cause

        return self._impact(find_cause(self.reader, cause), _arrival(new_date))

    def impact_of_mail(self, raw: bytes, new_date: datetime | None) -> dict[str, Any]:
        """The same for the purchase or transfer that a mail is linked to, and the date it names unless another is given.

        Raises MailUnreadable, RecordMissing where the mail links to neither, PreconditionFailed for a given date on which nothing
        can come.
        """
        from agent.graphs.mail_impact import cause_of_mail
        from agent.triage import triage
        from integrations.email import parse_mail

        authserv = DEMO_AUTHSERV if self.company.demo else self.settings.mail_authserv
        found = triage(parse_mail(raw), self.reader, utc_now(), authserv, self.policy.thresholds)
        cause, named = cause_of_mail(self.reader, found)
        return self._impact(cause, _arrival(new_date) or named)

    def _impact(self, cause: "Cause", new_date: datetime | None) -> dict[str, Any]:
        from agent.risk.causes import snapshot_of_cause
        from agent.risk.impact import impact
        from agent.risk.rows import impact_row

        return impact_row(impact(snapshot_of_cause(self.reader, cause, utc_now()), self.policy, cause, new_date), self.reader.url)

    def tree(self, order: str) -> dict[str, Any]:
        """Everything an open order waits for. Raises RecordMissing."""
        from agent.risk.rows import node_row
        from agent.risk.taking import take_snapshot
        from agent.risk.tree import tree_of

        return node_row(tree_of(take_snapshot(self.reader, utc_now(), [order]), self.policy), self.reader.url)

    def timeline(self, order: str, form: PictureFormat) -> bytes:
        """An order's supply against its promise. Raises RecordMissing."""
        from agent.risk.pictures import timeline_of
        from agent.risk.taking import take_snapshot
        from integrations.charts import MatplotlibCharts

        snapshot = take_snapshot(self.reader, utc_now(), [order])
        return MatplotlibCharts().timeline(timeline_of(snapshot, self.policy), form)

    def ageing(self, form: PictureFormat) -> bytes:
        """The orders at risk right now, by warehouse and by how late they are."""
        from agent.risk.assess import assess
        from agent.risk.pictures import ageing_of
        from agent.risk.taking import take_snapshot
        from integrations.charts import MatplotlibCharts

        snapshot = take_snapshot(self.reader, utc_now())
        return MatplotlibCharts().ageing(ageing_of(assess(snapshot, self.policy).orders, snapshot), form)

    def facts_of(self, action: str, order: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What the policy would decide on. Raises RecordMissing, PreconditionFailed."""
        from agent.actions import prepare

        return dict(prepare(action, {"order": order, **arguments}, self.reader).facts)

    def dry_run(self, proposal_id: int) -> "DryRunRow":
        """What the executor would check and send now. Raises RecordMissing, PolicyRejected."""
        from agent.actions.dry_run import dry_run
        from app.contract.dry_runs import DryRunRow

        proposal = self.book.proposal(proposal_id)
        return DryRunRow.of(proposal, dry_run(proposal, self.reader, self.policy, utc_now(), self.limits, self.policies))

    def approval_report(self, days: int) -> "ApprovalReportRow":
        """How people decided in the last so many days."""
        from agent.guardrails.approval_habits import approval_report
        from app.contract.approval_report import ApprovalReportRow
        from integrations.database.approval_records import PostgresApprovalRecords
        from integrations.database.people import PostgresPeople

        until = utc_now()
        since = until - timedelta(days=days)
        records, people = PostgresApprovalRecords(self.pool).since(since), PostgresPeople(self.pool).all()
        return ApprovalReportRow.of(approval_report(records, people, self.policy, since, until))

    def triage(self, file: str, raw: bytes) -> dict[str, Any]:
        """Raises MailUnreadable."""
        from agent.triage import triage, triage_row
        from integrations.email import parse_mail

        authserv = DEMO_AUTHSERV if self.company.demo else self.settings.mail_authserv
        return triage_row(file, triage(parse_mail(raw), self.reader, utc_now(), authserv, self.policy.thresholds))

    def answer(self, question: str) -> Iterator[tuple[PartKind, dict[str, Any]]]:
        """Answer read-only, without a person and without a server: nothing can be proposed."""
        from agent.tools import ToolContext
        from app.wiring.model import chat_here

        turn = ToolContext(
            self.reader, BookWhenAsked(self), None, self.knowledge, self.policy, utc_now, None, None, board=self.answers.board,
            earlier=tuple(self._asked),
        )  # fmt: skip
        self._asked.insert(0, question)
        for part in chat_here(self.settings).answer(question, "here", turn):
            yield part.kind, part.body

    def index_documents(self, folder: Path | None) -> int:
        from app.wiring.prepare import index_documents

        return index_documents(self.company, folder)


def _arrival(new_date: datetime | None) -> datetime | None:
    from agent.domain.asked_days import arrival

    return arrival(new_date, utc_now()) if new_date else None


class BookWhenAsked:
    """A ProposalBook that needs the database only for questions about proposals: an Odoo alone can answer the others."""

    def __init__(self, company: ReadingCompany) -> None:
        self._company = company

    def proposal(self, proposal_id: int) -> Proposal:
        return self._company.book.proposal(proposal_id)

    def group(self, group_id: int) -> ProposalGroup:
        return self._company.book.group(group_id)

    def proposals(
        self, states: Sequence[ProposalState] | None = None, limit: int = 50, sha256: str | None = None
    ) -> list[Proposal]:
        return self._company.book.proposals(states, limit, sha256)


@contextmanager
def reading(demo: bool = False) -> Iterator[ReadingCompany]:
    """The company as the worker's role may read it; `demo` means the demo company even where an Odoo is configured."""
    with ExitStack() as stack:
        yield ReadingCompany(WorkerSettings.read(demo=demo), stack)


@contextmanager
def administering() -> Iterator["PersonAdmin"]:
    """The owner's office: persons and tokens."""
    from integrations.database.people import PersonAdmin
    from integrations.database.policies import PostgresPolicyShelf

    with _owning() as pool:
        policy = PolicyInForce(PostgresPolicyShelf(pool), load_policy(AdminSettings.read().policy))()
        yield PersonAdmin(pool, policy.never_together)


@contextmanager
def retaining() -> Iterator["Retention"]:
    """The owner's shredder: what is forgotten after its time, and whom."""
    from integrations.database.retention import Retention

    with _owning() as pool:
        yield Retention(pool)


@contextmanager
def _owning() -> Iterator["Pool"]:
    with ExitStack() as stack:
        url = database_url(AdminSettings.read().admin_database_url, company_of(CompanySettings.read()), "admin", stack)
        yield open_store(url, "admin", stack, 1)


def migrate_database() -> tuple[list[str], list[str]]:
    """Bring the owner's database to this program's schema, setting the embedded one up where needed.

    Returns the steps that were applied, and the roles that cannot log in yet because nobody gave them a password.
    """
    from app.wiring.embedded import embedded
    from app.wiring.prepare import put_first_in_force
    from integrations.database.migrate import migrate
    from integrations.database.roles import roles_without_login

    settings = AdminSettings.read()
    first, given = load_policy(settings.policy), settings.admin_database_url
    if given is not None:
        applied = migrate(given.get_secret_value())
        put_first_in_force(given.get_secret_value(), first)
        return applied, roles_without_login(given.get_secret_value())
    with embedded(company_of(CompanySettings.read())) as server:
        applied = migrate(server.url("admin"), server.role_passwords)
        put_first_in_force(server.url("admin"), first)
        return applied, []
