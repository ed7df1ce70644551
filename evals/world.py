"""The seeded world of a case: a company of its own in a real PostgreSQL, worked by the real jobs and the real API."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from agent.jobs.executor import sweep
from agent.jobs.worker import WorkerContext
from agent.ports.mail_judge import MailJudge
from app.settings import ExecutorSettings, ServeSettings, WorkerSettings
from app.web import WebContext
from app.wiring.company import company_of
from app.wiring.embedded import embedded
from app.wiring.executor import execution_context
from app.wiring.mail_judge import mail_judge
from app.wiring.prepare import prepare
from app.wiring.serve import serve_context
from app.wiring.store import open_store
from app.wiring.worker import worker_context
from evals.placeholders import values_of
from integrations.database.embedded import DATABASE, EmbeddedServer, Role

OWN_MAIL_SERVER = "mx.harbourvale.example"


@dataclass(frozen=True, slots=True)
class World:
    """One case's company: the three processes' contexts in one, and the owner's connection to look at what they did."""

    web: WebContext
    worker: WorkerContext
    judge: MailJudge
    sweep: Callable[[], object]
    """The executor works on every open grant."""
    owner: psycopg.Connection[Any]
    tokens: dict[str, str]
    """Handle → bearer token."""
    values: dict[str, str]
    """Placeholder → value in this company."""


@dataclass(frozen=True, slots=True)
class Worlds:
    """Makes one world after the other, each a copy of the same founded company."""

    server: EmbeddedServer
    worker: WorkerSettings
    serve: ServeSettings
    executor: ExecutorSettings
    judge: MailJudge

    @property
    def planner(self) -> str:
        """What words the answers: the model's name, or `rules`."""
        return self.worker.model or "rules"

    @contextmanager
    def fresh(self) -> Iterator[World]:
        with ExitStack() as stack:
            database = stack.enter_context(_copy(self.server))

            def url(role: Role) -> str:
                return self.server.url(role, database)

            company = company_of(self.worker)
            owner = stack.enter_context(psycopg.connect(url("admin"), autocommit=True))
            yield World(
                web=serve_context(self.serve, url("serve"), stack),
                worker=worker_context(self.worker, url("worker"), stack),
                judge=self.judge,
                sweep=partial(sweep, execution_context(self.executor, open_store(url("executor"), "executor", stack))),
                owner=owner,
                tokens={handle: company.token_of(handle) for handle in _handles(owner)},
                values=values_of(owner),
            )


@contextmanager
def worlds() -> Iterator[Worlds]:
    """Found a demo company in a folder of its own, which goes with it. A model is used when one is configured."""
    with tempfile.TemporaryDirectory(prefix="expediter-evals-") as folder:
        Path(folder).chmod(0o755)  # the database's own user has to reach its files
        worker = WorkerSettings.read(demo=True).model_copy(update={"state": Path(folder)})
        company = company_of(worker)
        with embedded(company) as server:
            prepare(company, server)
            yield Worlds(
                server, worker, ServeSettings.read(demo=True), ExecutorSettings.read(demo=True), mail_judge(company.folder)
            )


def _handles(owner: psycopg.Connection[Any]) -> list[str]:
    return [handle for (handle,) in owner.execute("SELECT handle FROM expediter.person")]


@contextmanager
def _copy(server: EmbeddedServer) -> Iterator[str]:
    name = "one_case"
    with psycopg.connect(server.url("admin", "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(DATABASE)))
        yield name
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
