"""What the commands work with: the company as the worker may read it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.domain.chat import PartKind
from agent.domain.decisions import Proposal, ProposalGroup, ProposalState
from agent.domain.finding_life import FindingFilter, FindingList
from agent.domain.findings import RiskReport
from agent.domain.order_numbers import no_such_order, spellings
from agent.domain.plans import Plan
from agent.errors import RecordMissing
from agent.ports.charts import PictureFormat
from agent.ports.clock import utc_now
from app.settings import WorkerSettings
from app.wiring.erp import Erp, erp_reader
from app.wiring.stored import StoredCompany

if TYPE_CHECKING:
    from agent.domain.mail import Triage
    from agent.ports.mail_judge import MailJudge, ModelJudge
    from agent.ports.mail_ledger import InboxReading
    from agent.risk.answers import RiskAnswers
    from agent.risk.impact import Cause
    from app.contract.approval_report import ApprovalReportRow
    from app.contract.dry_runs import DryRunRow
    from knowledge import KnowledgeIndex


#: Who vouches for senders in the demo company's sample mails.
DEMO_AUTHSERV = "mx.harbourvale.example"


class ReadingCompany(StoredCompany):
    """What our database and the ERP tell together."""

    def __init__(self, settings: WorkerSettings, stack: ExitStack) -> None:
        super().__init__(settings, stack)
        self._asked: list[str] = []
        """Newest first."""

    @cached_property
    def reader(self) -> Erp:
        return erp_reader(self.settings, lambda: self.pool)

    @cached_property
    def knowledge(self) -> "KnowledgeIndex":
        from knowledge import KnowledgeIndex

        return self._stack.enter_context(closing(KnowledgeIndex(self.company.knowledge_folder)))

    @cached_property
    def mail_judge(self) -> "MailJudge":
        from app.wiring.mail_judge import mail_judge

        return mail_judge(self.company.folder)

    @cached_property
    def mail_model(self) -> "ModelJudge | None":
        if not self.settings.model_reads_mail:
            return None
        from agent.graphs.model_reach import ModelReach
        from app.wiring.model import mail_model_of

        return mail_model_of(self.settings, ModelReach())

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

    @property
    def inbox(self) -> "InboxReading":
        from integrations.database.mail_inbox import PostgresInbox

        return PostgresInbox(self.pool)

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

        cause, named = cause_of_mail(self.reader, self._triaged(raw))
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
        run = dry_run(proposal, self.reader, self.policy, utc_now(), self.limits, self.policies, self.letters)
        return DryRunRow.of(proposal, run)

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
        from agent.triage import triage_row

        return triage_row(file, self._triaged(raw, self.mail_model))

    def _triaged(self, raw: bytes, model: "ModelJudge | None" = None) -> "Triage":
        from agent.triage import triage
        from integrations.email import parse_mail_and_files

        authserv = DEMO_AUTHSERV if self.company.demo else self.settings.mail_authserv
        mail, thresholds = parse_mail_and_files(raw), self.policy.thresholds
        return triage(mail, self.reader, utc_now(), authserv, thresholds, self.mail_judge, model)

    def answer(self, question: str) -> Iterator[tuple[PartKind, dict[str, Any]]]:
        """Answer read-only, without a person and without a server: nothing can be proposed."""
        from agent.tools import ToolContext
        from app.wiring.model import chat_here

        turn = ToolContext(
            self.reader, BookWhenAsked(self), None, self.knowledge, self.policy, utc_now, None, None, board=self.answers.board,
            inbox=self.inbox if self.answers.board else None,
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
        self,
        states: Sequence[ProposalState] | None = None,
        limit: int = 50,
        sha256: str | None = None,
        before: int | None = None,
    ) -> list[Proposal]:
        return self._company.book.proposals(states, limit, sha256, before)

    def delays_told(self, orders: Sequence[str]) -> set[tuple[str, date | None]]:
        return self._company.book.delays_told(orders)


@contextmanager
def reading(demo: bool = False) -> Iterator[ReadingCompany]:
    """The company as the worker's role may read it; `demo` means the demo company even where an Odoo is configured."""
    with ExitStack() as stack:
        yield ReadingCompany(WorkerSettings.read(demo=demo), stack)
