"""The executor's process: the only one with a login that can write. No web, no model."""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

from agent.actions.activate_policy import ActivatePolicyAction
from agent.actions.file_mail import FileMailAction, StrikeFiledMailAction
from agent.actions.reply_to_mail import ReplyToMailAction
from agent.execution import ExecutionContext
from agent.guardrails.policy import load_policy
from agent.guardrails.policy_in_force import PolicyInForce
from agent.jobs.executor import execute_granted, sweep
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter
from app.settings import ExecutorSettings
from app.wiring.company import company_of
from app.wiring.embedded import database_url
from app.wiring.outgoing import answering
from app.wiring.store import open_store
from app.wiring.supervised import announce_ready, end_with_parent, set_up_logging
from integrations.database.absences import PostgresAbsences
from integrations.database.audit_checkpoints import PostgresCheckpoints
from integrations.database.clock import DatabaseClock
from integrations.database.execution_desk import PostgresExecutionDesk
from integrations.database.job_worker import Periodic, Task, run_worker
from integrations.database.letters import PostgresLetters
from integrations.database.mail_files import PostgresMailsBeingFiled
from integrations.database.people import PostgresPeople
from integrations.database.policies import PostgresPolicyShelf, PostgresPolicySwitch
from integrations.database.pool import Pool

#: A hint starts a granted change at once; the sweep finds what a lost hint or a dead process left.
SWEEP = Periodic("sweep", "* * * * * */10")
CHECKPOINT = Periodic("note_checkpoint", "*/15 * * * *")
CONCURRENCY = 2
logger = logging.getLogger(__name__)


def execution_context(settings: ExecutorSettings, pool: Pool) -> ExecutionContext:
    reader, writer = erp(settings, lambda: pool)
    switch, first = PostgresPolicySwitch(pool), load_policy(settings.policy)
    return ExecutionContext(
        desk=PostgresExecutionDesk(pool),
        reader=reader,
        writer=writer,
        in_force=PolicyInForce(PostgresPolicyShelf(pool), first),
        clock=DatabaseClock(pool),
        people=PostgresPeople(pool),
        own={
            ActivatePolicyAction.name: ActivatePolicyAction(switch, switch),
            ReplyToMailAction.name: answering(settings, pool),
            FileMailAction.name: FileMailAction(PostgresLetters(pool), PostgresMailsBeingFiled(pool)),
            StrikeFiledMailAction.name: StrikeFiledMailAction(),
        },
        in_flight=timedelta(minutes=settings.write_may_arrive_for),
        stand_ins=PostgresAbsences(pool),
    )


def erp(settings: ExecutorSettings, pool: Callable[[], Pool]) -> tuple[ErpReader, ErpWriter]:
    """The configured Odoo with the writer's login, or the demo distributor. Nothing is sent to an Odoo yet."""
    if settings.odoo_url and settings.odoo_database and settings.odoo_writer_login:
        from integrations.odoo.connection import OdooConnection
        from integrations.odoo.login import Account
        from integrations.odoo.reader import OdooReader
        from integrations.odoo.writer import OdooWriter

        login = settings.odoo_writer_login

        def account() -> Account:
            return Account(login, settings.current("odoo_writer_password"), settings.current("odoo_writer_key"))

        connection = OdooConnection(settings.odoo_url, settings.odoo_database, account(), renewed=account)
        return OdooReader(connection), OdooWriter(connection)
    from integrations.demo.reader import DemoReader
    from integrations.demo.writer import DemoWriter

    return DemoReader(pool()), DemoWriter(pool())


def run(supervised: bool) -> None:
    """Carry out what is granted until SIGTERM or Ctrl-C. Raises SettingMissing, DatabaseUnavailable, SchemaOutdated."""
    set_up_logging()
    settings = ExecutorSettings.read()
    with ExitStack() as stack:
        url = database_url(settings.executor_database_url, company_of(settings), "executor", stack)
        pool = open_store(url, "executor", stack)
        context = execution_context(settings, pool)
        _checkpoints(pool, settings)  # a key that is none is said at the start
        tasks: dict[str, Task] = {
            "execute_granted": lambda grant_id: execute_granted(grant_id, context),
            "sweep": lambda: _swept(context),
            "note_checkpoint": lambda: _note_checkpoint(pool, settings),
        }
        end_with_parent(supervised)
        run_worker(
            url,
            "executor",
            tasks,
            [SWEEP, CHECKPOINT],
            ready=lambda: announce_ready("executor", supervised),
            concurrency=CONCURRENCY,
        )


def _checkpoints(pool: Pool, settings: ExecutorSettings) -> PostgresCheckpoints:
    """With the key as its file has it now. Raises PreconditionFailed when it is none."""
    return PostgresCheckpoints(pool, settings.current("audit_signing_key"), settings.audit_checkpoint_copy)


def _note_checkpoint(pool: Pool, settings: ExecutorSettings) -> None:
    _checkpoints(pool, settings).note()


def _swept(context: ExecutionContext) -> None:
    for grant, outcome in sweep(context):
        logger.info("grant %s for P%s: %s", grant.id, grant.proposal_id, outcome or "stays open")
