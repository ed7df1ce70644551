"""What being asked, approved and checked costs a change: from the wish to the verified effect, on a real Odoo."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import httpx
import psycopg

from agent.domain.decisions import Outcome, Role
from agent.jobs.executor import sweep
from agent.jobs.worker import propose_change
from app.settings import ExecutorSettings, WorkerSettings
from app.wiring.executor import execution_context
from app.wiring.store import open_store
from app.wiring.worker import worker_context
from evals.bench.figures import Figure
from evals.bench.own_server import own_server
from evals.bench.scaled_odoo import SMALL, SMALL_ORDERS, ScaledOdoo, scaled_odoo, sql
from evals.bench.service import serving
from integrations.database.embedded import EmbeddedServer
from integrations.database.people import PersonAdmin
from integrations.odoo.connection import OdooConnection
from integrations.odoo.login import Account
from integrations.odoo.reader import OdooReader
from integrations.odoo.writer import OdooWriter

CHANGES = 100
WARM = 5
MOST_MS = 15
REQUESTS = 2
COMMITS = 5
"""Asked, proposed, decided, about to write, done: each has to survive a power cut."""
MOST_EXTRA_CALLS = 3
#: Number and the day after the promised one; one person's approval is enough for a day.
ORDERS = """
    SELECT name || '=' || (commitment_date + interval '1 day')::date FROM sale_order WHERE name ~ '^SC' AND state = 'sale'
        AND delivery_status IS DISTINCT FROM 'full' AND commitment_date > now() AND amount_total BETWEEN 1 AND 4000
    ORDER BY id LIMIT
"""


class Timed(OdooConnection):
    """Knows how long it waited for Odoo."""

    waited = 0.0

    def ask(self, model: str, method: str, /, **arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return super().ask(model, method, **arguments)
        finally:
            self.waited += time.perf_counter() - began

    def change(self, model: str, method: str, /, **arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return super().change(model, method, **arguments)
        finally:
            self.waited += time.perf_counter() - began


@dataclass(frozen=True, slots=True)
class Spent:
    seconds: float
    in_odoo: float
    reading_calls: int
    """Before the proposal: what anybody who shows a change before making it has to read."""
    writing_calls: int
    """After the approval."""


def run() -> list[Figure]:
    """Raises NotRun where no Odoo can be started."""
    with scaled_odoo(SMALL_ORDERS, SMALL) as odoo, own_server(durable=True) as server:
        spent, bare = _all_spent(odoo, server)
        return list(_figures(spent[WARM:], median(bare[WARM:])))


def _all_spent(odoo: ScaledOdoo, server: EmbeddedServer) -> tuple[list[Spent], list[float]]:
    """Each change, and after each the milliseconds of its bare floor: they share whatever the machine does meanwhile."""
    with ExitStack() as stack:
        house = _House(odoo, server, stack)
        floor = _Floor(house.web, stack.enter_context(psycopg.connect(server.url("admin"), autocommit=True)))
        orders = sql(f"{ORDERS} {CHANGES + WARM}", SMALL).split()
        both = [(house.change(*order.split("=")), floor.once()) for order in orders]
        return [spent for spent, _ in both], [bare for _, bare in both]


class _Floor:
    """Under this nobody gets who answers two requests and keeps what must survive: empty requests, bare rows."""

    def __init__(self, web: httpx.Client, connection: psycopg.Connection) -> None:
        self._web, self._connection = web, connection
        connection.execute("CREATE TABLE public.bare (row text)")

    def once(self) -> float:
        began = time.perf_counter()
        for _ in range(REQUESTS):
            self._web.get("/healthz").raise_for_status()
        for _ in range(COMMITS):
            self._connection.execute("INSERT INTO public.bare VALUES ('a row')")
        return (time.perf_counter() - began) * 1000


class _House:
    """The worker's and the executor's contexts in one process beside a real serve, on one Odoo."""

    def __init__(self, odoo: ScaledOdoo, server: EmbeddedServer, stack: ExitStack) -> None:
        self.reads = Timed(odoo.url, odoo.database, Account(odoo.login, odoo.password))
        self.writes = Timed(odoo.url, odoo.database, Account(odoo.writer_login, odoo.writer_password))
        self.web = stack.enter_context(httpx.Client(base_url=stack.enter_context(serving(server))))
        worker = worker_context(WorkerSettings.read(demo=True), server.url("worker"), stack)
        self.worker = replace(worker, reader=OdooReader(self.reads))
        executor = execution_context(ExecutorSettings.read(demo=True), open_store(server.url("executor"), "executor", stack))
        self.executor = replace(executor, reader=OdooReader(self.writes), writer=OdooWriter(self.writes))
        people = PersonAdmin(open_store(server.url("admin"), "admin", stack))
        for handle, role in {"asker": Role.OPS_AGENT, "manager": Role.SALES_MANAGER}.items():
            people.add(handle, handle, f"{handle}@bench.example", [role])
        self.tokens = {handle: people.issue_token(handle) for handle in ("asker", "manager")}

    def change(self, order: str, day: str) -> Spent:
        """A promise a day later: proposed, approved, carried out, read back. What a card shows is looked up off the clock."""
        wish = {"action": "move_promise_date", "arguments": {"order": order, "promise_date": day}, "reason": "measured"}
        waited, calls = self._waited(), (self.reads.calls, self.writes.calls)
        began = time.perf_counter()
        received = self._post("asker", "/v1/proposals", wish)
        propose_change(received["inbound_id"], self.worker)
        proposed = time.perf_counter()
        newest = self.web.get("/v1/proposals?limit=1", headers=self._as("manager")).json()[0]
        click = {"verdict": "approve", "sha256": newest["sha256"], "reason": ""}
        clicked = time.perf_counter()
        assert self._post("manager", f"/v1/proposals/{newest['id']}/decisions", click)["granted"]
        ((_, outcome),) = sweep(self.executor)
        assert outcome is Outcome.DONE
        seconds = proposed - began + time.perf_counter() - clicked
        return Spent(seconds, self._waited() - waited, self.reads.calls - calls[0], self.writes.calls - calls[1])

    def _waited(self) -> float:
        return self.reads.waited + self.writes.waited

    def _as(self, person: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[person]}"}

    def _post(self, person: str, path: str, body: dict[str, Any]) -> Any:
        answer = self.web.post(path, json=body, headers=self._as(person))
        answer.raise_for_status()
        return answer.json()


def _figures(spent: list[Spent], bare: float) -> Iterator[Figure]:
    own = sorted((one.seconds - one.in_odoo) * 1000 for one in spent)
    total, calls = median(one.seconds * 1000 for one in spent), median(one.reading_calls for one in spent)
    beside = (
        f"p95 {own[int(len(own) * 0.95)]:.1f} ms; {REQUESTS} empty requests and {COMMITS} bare rows {bare:.1f} ms; "
        f"with Odoo {total:.0f} ms; {len(spent)} changes"
    )
    yield Figure(
        "propose, decide, execute: outside Odoo, p50", median(own), "ms", beside, f"at most {MOST_MS}", median(own) <= MOST_MS
    )
    extra = median(one.writing_calls for one in spent) - 1
    beside = f"at execution, beside the write itself; to propose {calls:.0f} reads, as for any preview"
    yield Figure("execute: extra calls to Odoo", extra, "calls", beside, f"at most {MOST_EXTRA_CALLS}", extra <= MOST_EXTRA_CALLS)
