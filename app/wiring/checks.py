"""What `doctor` looks at, in the order in which things build on each other."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

from pydantic import SecretStr

from agent.domain.records import ErpDescription
from agent.errors import ExpediterError, PolicyInvalid
from agent.guardrails.policy import Policy, load_policy
from agent.guardrails.policy_in_force import PolicyInForce
from app.client import Api
from app.contract.doctor import CheckRow, Verdict
from app.settings import (
    AdminSettings,
    ClientSettings,
    CompanySettings,
    ExecutorSettings,
    ProcessSettings,
    ServeSettings,
    WorkerSettings,
)
from app.settings.processes import DEFAULT_PORT
from app.wiring.company import Company, company_of
from app.wiring.embedded import database_url
from app.wiring.erp import erp_reader
from app.wiring.sending_check import sending_check_in_child
from app.wiring.store import open_store
from app.wiring.writer_check import writer_check_in_child
from integrations.database.embedded import Role
from integrations.database.policies import PostgresPolicyShelf

#: What the questions need, and what for.
MODULES = {"sale": "orders", "stock": "deliveries and stock", "purchase": "what was bought", "account": "overdue invoices"}
KINDS: dict[str, type[ProcessSettings]] = {
    "admin": AdminSettings,
    "serve": ServeSettings,
    "worker": WorkerSettings,
    "executor": ExecutorSettings,
}


def all_checks() -> Iterator[CheckRow]:
    """Each as soon as it is known. Never raises a refusal: it becomes a failed check."""
    wrong = [row for row in map(_settings, KINDS) if row is not None]
    yield from wrong
    if wrong:
        return
    company = company_of(CompanySettings.read())
    with ExitStack() as stack:
        yield from _databases(company, stack)
        worker = WorkerSettings.read()
        yield from _reader(worker, company, stack)
        policy = _policy(worker, company, stack)
    yield _writer(company)
    yield sending_check_in_child()
    yield _model(worker)
    yield policy
    yield _documents(company)
    yield _server(company)


def _try(subject: str, look: Callable[[], str]) -> CheckRow:
    try:
        return CheckRow(subject=subject, verdict=Verdict.OK, words=look())
    except ExpediterError as refusal:
        return CheckRow(subject=subject, verdict=Verdict.FAILED, words=str(refusal))


def _note(subject: str, words: str) -> CheckRow:
    return CheckRow(subject=subject, verdict=Verdict.NOTE, words=words)


def _settings(kind: str) -> CheckRow | None:
    row = _try(f"settings of {kind}", lambda: f"{KINDS[kind].read().state}")
    return row if row.verdict is Verdict.FAILED else None


def _databases(company: Company, stack: ExitStack) -> Iterator[CheckRow]:
    given: dict[Role, SecretStr | None] = {
        "admin": AdminSettings.read().admin_database_url,
        "serve": ServeSettings.read().serve_database_url,
        "worker": WorkerSettings.read().worker_database_url,
        "executor": ExecutorSettings.read().executor_database_url,
    }
    if not company.has_database and not any(given.values()):
        what = "`expediter demo` or `expediter up`" if company.demo else "`expediter up`"
        yield _note("PostgreSQL", f"none is set, and the embedded one is not set up yet; {what} does that.")
        return
    for role, url in given.items():
        if url is None and role == "admin" and any(given.values()):
            yield _note("PostgreSQL as admin", "not set; only `db migrate` and `person` need EXPEDITER_ADMIN_DATABASE_URL.")
            continue
        yield _try(f"PostgreSQL as {role}", lambda role=role, url=url: _store(role, url, company, stack))  # type: ignore[misc]


def _store(role: Role, url: SecretStr | None, company: Company, stack: ExitStack) -> str:
    open_store(database_url(url, company, role, stack), role, stack, 1)
    return f"answers, with this program's schema ({'the embedded server' if url is None else 'your server'})."


def _reader(settings: WorkerSettings, company: Company, stack: ExitStack) -> Iterator[CheckRow]:
    if company.demo and not company.has_database and settings.worker_database_url is None:
        yield _note(
            "ERP", "no Odoo is configured (EXPEDITER_ODOO_URL …) and the demo company is not set up; `expediter demo` does that."
        )
        return
    try:
        reader = erp_reader(
            settings, lambda: open_store(database_url(settings.worker_database_url, company, "worker", stack), "worker", stack, 1)
        )
        found = reader.describe()
    except ExpediterError as refusal:
        yield CheckRow(subject="ERP", verdict=Verdict.FAILED, words=str(refusal))
        return
    way = f" over {found.way}" if found.way else ""
    words = f"{found.product} {found.version}, database {found.database}, answers{way}."
    yield CheckRow(subject="ERP", verdict=Verdict.OK, words=words)
    yield _can_only_read(found)
    yield _modules(found)


def _can_only_read(found: ErpDescription) -> CheckRow:
    if not found.may_write:
        return CheckRow(subject="reader", verdict=Verdict.OK, words=f"{found.login} works and can only read.")
    models = ", ".join(found.may_write[:8]) + (f" and {len(found.may_write) - 8} more" if len(found.may_write) > 8 else "")
    words = f"{found.login} is refused, because it can write: {models}. Give the worker a login with read rights only."
    return CheckRow(subject="reader", verdict=Verdict.FAILED, words=words)


def _modules(found: ErpDescription) -> CheckRow:
    missing = [f"{name} ({use})" for name, use in MODULES.items() if name not in found.modules]
    if missing:
        words = f"not installed or not visible to {found.login}: {', '.join(missing)}; questions about these cannot be answered."
        return CheckRow(subject="modules", verdict=Verdict.FAILED, words=words)
    return CheckRow(subject="modules", verdict=Verdict.OK, words=f"{', '.join(MODULES)} are there.")


def _policy(settings: WorkerSettings, company: Company, stack: ExitStack) -> CheckRow:
    """A mistake in the file is told even when another version decides: it would be handed in next."""
    try:
        first = load_policy(settings.policy)
        if settings.worker_database_url is None and not company.has_database:
            return CheckRow(
                subject="policy", verdict=Verdict.OK, words=f"{first.version} is valid; it will be the first in force."
            )
        url = database_url(settings.worker_database_url, company, "worker", stack)
        decides = PolicyInForce(PostgresPolicyShelf(open_store(url, "worker", stack, 1)), first)()
    except PolicyInvalid as refusal:
        return CheckRow(subject="policy", verdict=Verdict.FAILED, words=str(refusal))
    except ExpediterError:
        return _note("policy", f"{first.version} is valid; which one is in force is in the database, which cannot be read.")
    return policy_row(first, decides, given=settings.policy is not None)


def policy_row(file: Policy, decides: Policy, *, given: bool) -> CheckRow:
    """`given`: the file was named by EXPEDITER_POLICY. A packaged one that differs is older or newer, and nobody's mistake."""
    if file.version == decides.version or not given:
        return CheckRow(subject="policy", verdict=Verdict.OK, words=f"{decides.version} is in force, and valid.")
    name = file.name
    return _note(
        "policy",
        f"{decides.version} is in force, and not {file.version} of EXPEDITER_POLICY ({name}): a file changes nothing once a "
        f"policy is in force. `expediter policy diff active {name}` shows what differs, "
        f"`expediter policy propose {name} --reason …` asks for it.",
    )


def _writer(company: Company) -> CheckRow:
    executor = ExecutorSettings.read()
    if company.demo and not company.has_database and executor.executor_database_url is None:
        return _note("writer", "none is needed before the demo company is set up.")
    return writer_check_in_child()


def _model(settings: WorkerSettings) -> CheckRow:
    if settings.model is None:
        return _note("model", "not configured: rules answer, with the same tools. EXPEDITER_MODEL names one.")
    from app.wiring.model import try_model

    return _try("model", lambda: try_model(settings))


def _documents(company: Company) -> CheckRow:
    if any(company.knowledge_folder.glob("*")):
        return CheckRow(subject="documents", verdict=Verdict.OK, words=f"indexed in {company.knowledge_folder}.")
    return _note("documents", "not indexed yet; `expediter knowledge index FOLDER` does that.")


def _server(company: Company) -> CheckRow:
    url = ClientSettings.read().server_url or company.server_url() or f"http://127.0.0.1:{DEFAULT_PORT}"
    if not Api(url, None).alive():
        return _note("serve", f"does not answer at {url}; `expediter up` starts it. Reading commands work without.")
    return _try("serve", lambda: _ready(url))


def _ready(url: str) -> str:
    Api(url, None).ready()
    return f"is ready at {url}."
