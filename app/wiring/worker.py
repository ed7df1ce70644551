"""The worker's process: it answers and scans. It holds the model and a login that can only read."""

import logging
from contextlib import ExitStack, closing
from datetime import timedelta
from functools import partial

from agent.actions import OwnActions
from agent.actions.activate_policy import ActivatePolicyAction
from agent.actions.file_mail import FileMailAction, StrikeFiledMailAction
from agent.actions.reply_to_mail import ReplyToMailAction
from agent.domain.outages import Neighbour
from agent.errors import ExpediterError, NotPermitted
from agent.graphs.model_reach import ModelReach
from agent.guardrails.policy import load_policy
from agent.guardrails.policy_in_force import PolicyInForce
from agent.jobs.approvals import watch
from agent.jobs.drafts import save_drafts
from agent.jobs.erp_users import find_users
from agent.jobs.mails import follow_mail, link_mail
from agent.jobs.outcomes import settle
from agent.jobs.sent_drafts import compare_drafts
from agent.jobs.worker import (
    WorkerContext,
    answer_chat,
    propose_change,
    propose_edit,
    propose_inverse,
    propose_policy,
    propose_reply,
    rescan,
    scan,
    try_out,
)
from agent.ports.clock import utc_now
from agent.ports.erp_reader import ErpReader
from agent.risk.affairs import take_affairs
from agent.risk.history import HistoryOfTheDay
from agent.risk.live import Pace, ScanEngine
from app.settings import WorkerSettings, refuse_tracing
from app.wiring.company import company_of
from app.wiring.embedded import database_url
from app.wiring.erp import erp_reader
from app.wiring.inbox import Looks, drafts_of, inbox_of, sources_of, take_hints
from app.wiring.model import chat_of, mail_model_of
from app.wiring.store import open_store
from app.wiring.supervised import announce_ready, end_with_parent, set_up_logging
from integrations.database.absences import PostgresAbsences
from integrations.database.approval_notices import PostgresApprovalNotices
from integrations.database.audit_log import PostgresAuditLog
from integrations.database.clock import DatabaseClock
from integrations.database.conversations import PostgresAnswerDesk
from integrations.database.erp_users import PostgresErpUsers
from integrations.database.execution_control import PostgresExecutionControl
from integrations.database.job_worker import Periodic, Task, run_worker
from integrations.database.letters import PostgresLetters
from integrations.database.mail_drafts import PostgresDraftShelf, PostgresSentDrafts
from integrations.database.mail_files import PostgresMailFiles
from integrations.database.mail_inbox import PostgresInbox
from integrations.database.mail_ledger import PostgresMailLinking
from integrations.database.own_affairs import PostgresOwnAffairs
from integrations.database.people import PostgresPeople
from integrations.database.policies import PostgresPolicyShelf
from integrations.database.pool import Pool
from integrations.database.proposal_desk import PostgresProposalDesk
from integrations.database.risk_board import PostgresRiskBoard
from integrations.database.scorebook import PostgresScorebook
from integrations.email import parse_mail
from knowledge import KnowledgeIndex

SETTLE = Periodic("settle", "7 * * * *")
WATCH = Periodic("watch_approvals", "* * * * *")
ATTEND = Periodic("attend_inbox", "* * * * * */20")
FIND_USERS = Periodic("find_users", "3-59/5 * * * *")
COMPARE = Periodic("compare_drafts", "4-59/10 * * * *")
ASKED_FOR = (answer_chat, propose_change, propose_edit, propose_inverse, propose_policy, propose_reply, rescan, try_out)
logger = logging.getLogger(__name__)


def worker_context(settings: WorkerSettings, url: str, stack: ExitStack) -> WorkerContext:
    """Everything the worker's jobs need, on the worker's role; closed with the stack."""
    pool = open_store(url, "worker", stack)
    reader, shelf = erp_reader(settings, lambda: pool), PostgresPolicyShelf(pool)
    in_force = PolicyInForce(shelf, load_policy(settings.policy))
    policy = in_force()
    pace = Pace(full_every=timedelta(minutes=settings.full_scan_every))
    desk, found = PostgresProposalDesk(pool), ModelReach()
    has_model, letters = settings.model is not None, PostgresLetters(pool)
    return WorkerContext(
        answers=PostgresAnswerDesk(pool),
        people=PostgresPeople(pool),
        desk=desk,
        audit=PostgresAuditLog(pool),
        reader=reader,
        knowledge=stack.enter_context(closing(KnowledgeIndex(company_of(settings).knowledge_folder))),
        policy=policy,
        clock=DatabaseClock(pool),
        chat=chat_of(settings, url, stack, found),
        mail_model=mail_model_of(settings, found),
        board=PostgresRiskBoard(pool),
        inbox=PostgresInbox(pool),
        scans=ScanEngine(
            reader,
            reader,
            policy,
            utc_now,
            pace,
            history=HistoryOfTheDay(reader, policy.limits),
            affairs=lambda now: take_affairs(desk, PostgresOwnAffairs(pool), reader, in_force(), now),
        ),
        own=_own_actions(pool, shelf, letters),
        in_force=in_force,
        limits=PostgresExecutionControl(pool).limits,
        shelf=shelf,
        reach=lambda: {Neighbour.ERP: reader.reach} | ({Neighbour.MODEL: found()} if has_model else {}),
        letters=letters,
    )


def _own_actions(pool: Pool, shelf: PostgresPolicyShelf, letters: PostgresLetters) -> OwnActions:
    return {
        ActivatePolicyAction.name: ActivatePolicyAction(shelf),
        ReplyToMailAction.name: ReplyToMailAction(letters),
        FileMailAction.name: FileMailAction(letters, PostgresMailFiles(pool)),
        StrikeFiledMailAction.name: StrikeFiledMailAction(),
    }


def run(supervised: bool) -> None:
    """Answer and scan until SIGTERM or Ctrl-C. Raises SettingMissing, NotPermitted, DatabaseUnavailable, SchemaOutdated."""
    refuse_tracing()
    set_up_logging()
    settings = WorkerSettings.read()
    with ExitStack() as stack:
        url = database_url(settings.worker_database_url, company_of(settings), "worker", stack)
        context = worker_context(settings, url, stack)
        _first_look(context)
        mails = open_store(url, "worker", stack, 4)
        looks = _looks(settings, context, mails, stack)
        tasks: dict[str, Task] = {
            **{job.__name__: partial(job, context=context) for job in ASKED_FOR},
            **_of_mails(context, mails, looks),
            **_by_the_clock(settings, context, url, stack),
        }
        if settings.has_slack:
            from app.wiring.slack_sending import send_to_slack

            send_to_slack(settings, url, stack, context=context)
        end_with_parent(supervised)
        take_hints(settings, looks, stack)
        periodic = [scans(settings), SETTLE, WATCH, ATTEND, FIND_USERS, COMPARE]
        run_worker(url, "worker", tasks, periodic, ready=lambda: announce_ready("worker", supervised))


def _looks(settings: WorkerSettings, context: WorkerContext, mails: Pool, stack: ExitStack) -> Looks:
    inbox = inbox_of(mails, context, company_of(settings).folder)
    then = partial(save_drafts, drafts_of(settings), PostgresDraftShelf(mails))
    return Looks(sources_of(settings, stack), inbox, then=then)


def _of_mails(context: WorkerContext, mails: Pool, looks: Looks) -> dict[str, Task]:
    return {
        "attend_inbox": looks.at_its_time,
        "link_mail": partial(link_mail, context=context, linking=PostgresMailLinking(mails)),
        "follow_mail": partial(follow_mail, context=context, inbox=PostgresInbox(mails)),
    }


def _by_the_clock(settings: WorkerSettings, context: WorkerContext, url: str, stack: ExitStack) -> dict[str, Task]:
    """What comes round by itself; each on connections of its own, so that a long answer does not hold it up."""
    watched, settled = open_store(url, "worker", stack, 1), open_store(url, "worker", stack, 1)
    notices, absences = PostgresApprovalNotices(watched), PostgresAbsences(watched)
    folders, compared = drafts_of(settings), PostgresSentDrafts(open_store(url, "worker", stack, 1))
    return {
        "compare_drafts": lambda: compare_drafts(folders, compared, parse_mail, utc_now()),
        "scan": partial(_look_again, context),
        "find_users": partial(find_users, context.people, erp_reader(settings, lambda: watched), PostgresErpUsers(watched)),
        "watch_approvals": lambda: watch(context.desk, notices, absences, context.now().policy, utc_now()),
        "settle": partial(settle, context.reader, PostgresScorebook(settled), utc_now),
    }


def scans(settings: WorkerSettings) -> Periodic:
    """Ticks on the minutes of the hour that `scan_every` divides."""
    return Periodic("scan", f"*/{settings.scan_every} * * * *")


def refuse_a_writing_reader(reader: ErpReader) -> None:
    """Raises NotPermitted when the worker's login could change the ERP, and what the reader raises."""
    found = reader.describe()
    if found.may_write:
        raise NotPermitted(
            f"The reader {found.login} can write ({', '.join(found.may_write[:5])} …), and the process with the model must not; "
            "give EXPEDITER_ODOO_READER_LOGIN a user with read rights only. `expediter doctor` lists them."
        )


def _first_look(context: WorkerContext) -> None:
    """The risk board is filled before anybody asks; an ERP that is away is no reason not to start."""
    try:
        refuse_a_writing_reader(context.reader)
        logger.info("%s orders are at risk", scan(context))
    except NotPermitted:
        raise
    except ExpediterError as away:
        logger.warning("no scan yet: %s", away)


def _look_again(context: WorkerContext) -> None:
    """An ERP that is away is one line in the log: the board stays as it is, and the next tick tries again."""
    try:
        scan(context)
    except ExpediterError as away:
        logger.warning("no scan this time: %s", away)
