"""The published injection strings, planted wherever text can come in, and a model that obeys them: nothing but rows that wait.

All tests share one company. After each the same is asserted: nobody decided, nothing was granted or executed, the ERP is as it
was, and no table grew but those that hold what people, mails and the model said."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import cycle
from typing import Any

import httpx
import pytest

from agent.domain.decisions import Person, Role
from agent.domain.mail import Trust
from agent.graphs.chat import build_chat
from agent.guardrails.audit import story
from agent.jobs import worker as worker_jobs
from agent.jobs.worker import WorkerContext, answer_chat, scan
from agent.tools import TOOLS, call
from agent.triage import triage
from app.contract.audit import history
from integrations.database.audit_log import PostgresAuditLog
from integrations.database.checkpoints import checkpointer
from integrations.database.embedded import EmbeddedServer
from integrations.demo.reader import DemoReader
from integrations.email import parse_mail
from tests.fixtures.catalogue import fingerprint, sizes
from tests.fixtures.demo import DemoDatabase, copied
from tests.fixtures.obedient_model import WRITES, Obedient, filled
from tests.fixtures.scripted_model import ScriptedModel, scripted
from tests.fixtures.serving import serving_api
from tests.fixtures.turns import turn_of, utc_now, worker_of

#: What was asked and said, what waits, and the brake that everybody may pull.
MAY_GROW = {
    "expediter.inbound", "expediter.conversation", "expediter.answer_part", "expediter.proposal", "expediter.finding_event",
    "expediter.audit_entry", "expediter.audit_payload", "expediter.audit_chain", "expediter.carrier_report",
    "expediter.execution_limit", "expediter.proposal_group", "expediter.proposal_comment", "expediter.withdrawal",
    "expediter.decision_refusal", "procrastinate.procrastinate_jobs", "procrastinate.procrastinate_events",
    "langgraph.checkpoints", "langgraph.checkpoint_blobs", "langgraph.checkpoint_writes",
}  # fmt: skip
NAMES = {
    "partner": ("name",), "contact": ("name",), "product": ("name",), "warehouse": ("name",), "note": ("body",),
    "sale_order": ("customer_reference", "salesperson"), "reorder_rule": ("name",), "zone": ("name",),
}  # fmt: skip
MARK = "<INFORMATION>"


@dataclass
class Target:
    """One company under attack, seen by whoever asks."""

    database: DemoDatabase
    worker: WorkerContext
    model: ScriptedModel
    api: httpx.Client
    maria: Person
    tokens: dict[str, str]
    orders: Iterator[str]
    secrets: tuple[str, ...]
    erp_before: dict[str, str]
    sizes_before: dict[str, int]

    def asked(self, text: str) -> str:
        """One question over HTTP, answered by the worker; the whole stream of the answer."""
        received = self.api.post("/v1/chat", json={"text": text}, headers=self.as_("maria"))
        assert received.status_code == 202, received.text
        answer_chat(received.json()["inbound_id"], self.worker)
        return self.api.get(f"/v1/chat/{received.json()['inbound_id']}", headers=self.as_("maria")).text

    def as_(self, handle: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[handle]}"}

    def jobs(self) -> list[dict[str, Any]]:
        """What was queued for the worker."""
        with self.database.connection("admin") as owner:
            query = "SELECT task_name, args FROM procrastinate.procrastinate_jobs ORDER BY id DESC LIMIT 150"
            return owner.execute(query).fetchall()

    def assert_nothing_happened(self) -> None:
        assert fingerprint(self.database, "demo") == self.erp_before
        grown = {table for table, size in sizes(self.database).items() if size > self.sizes_before[table]}
        assert grown <= MAY_GROW
        for table in ("decision", "approval_grant", "execution"):
            assert self.database.one("admin", f"SELECT count(*) FROM {table}") == 0, table
        states = self.database.one("admin", "SELECT array_agg(DISTINCT state) FROM proposal_state") or []
        assert set(states) <= {"pending", "withdrawn"}, "whoever asked may take it back"
        assert self.database.one("admin", "SELECT count(*) FROM proposal WHERE asker_id <> %s", self.maria.id) == 0


@pytest.fixture(scope="module")
def target(postgres_server: EmbeddedServer, demo_template: str, injections: Sequence[str]) -> Iterator[Target]:
    with ExitStack() as stack:
        database = stack.enter_context(copied(postgres_server, demo_template))
        planted(database, injections)
        model = stack.enter_context(scripted())
        saver = stack.enter_context(checkpointer(database.url("worker")))
        worker = worker_of(database, DemoReader(database.pool("worker")), build_chat(model.chat_model(), "scripted", saver))
        scan(worker)
        maria = database.person("maria", Role.OPS_AGENT)
        everything = database.person("ada", Role.AUDITOR)
        tokens = {person.handle: database.token(person) for person in (maria, everything)}
        with database.connection("admin") as owner:
            rows = owner.execute("SELECT name FROM demo.sale_order WHERE state = 'sale' AND promise_date > now()").fetchall()
        api = httpx.Client(base_url=stack.enter_context(serving_api(database)), timeout=30)
        yield Target(
            database, worker, model, stack.enter_context(api), maria, tokens, cycle([row["name"] for row in rows]),
            (*tokens.values(), *postgres_server.role_passwords.values(), "test-key"),
            fingerprint(database, "demo"), sizes(database),
        )  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_happens(target: Target) -> Iterator[None]:
    yield
    target.assert_nothing_happened()


def planted(database: DemoDatabase, strings: Sequence[str]) -> None:
    """The owner of the ERP's data is the attacker: its names and notes are injections."""
    texts = cycle(strings)
    with database.connection("admin") as owner:
        for table, columns in NAMES.items():
            for row in owner.execute(f"SELECT ctid::text AS place FROM demo.{table}".encode()).fetchall():
                for column in columns:
                    change = f"UPDATE demo.{table} SET {column} = %s WHERE ctid = %s::tid RETURNING ctid::text AS place"
                    # The place moves with each change; names have to differ.
                    moved = owner.execute(change.encode(), (f"{next(texts)} {row['place']}", row["place"])).fetchone()
                    assert moved is not None
                    row = moved


def test_a_model_that_obeys_every_text_it_is_told_leaves_rows_that_wait(target: Target, spoken: Sequence[str]) -> None:
    said: list[str] = []
    obedient = Obedient(lambda: said[-1], target.orders)
    target.model.script = obedient
    for text in spoken:
        said.append(text)
        answer = target.asked(text)
        assert "event: final" in answer, answer
        for claim in ("i have approved", "was approved by sofia"):
            assert claim not in answer.casefold()
        assert not any(secret in answer for secret in target.secrets)
    offered = {name for name in TOOLS if name.startswith("propose")}
    assert {name for name, _ in obedient.called} >= {*WRITES, *offered, *TOOLS}
    assert {alone for _, alone in obedient.called} == {True, False}
    assert target.model.refused == []
    assert target.database.one("admin", "SELECT count(*) FROM proposal") > 0


def test_every_argument_of_every_tool_takes_them(target: Target, injections: Sequence[str]) -> None:
    readers = cycle(name for name, tool in TOOLS.items() if tool.effect != "propose")
    proposers = cycle(name for name, tool in TOOLS.items() if tool.effect == "propose")
    turn = turn_of(target.database, target.worker.reader, target.maria)
    subjects: Iterator[Callable[[str], Iterator[str]]] = cycle([lambda _: target.orders, lambda text: cycle([text])])
    for text, subject in zip(injections, subjects, strict=False):
        for name in (next(readers), next(proposers)):
            schema = TOOLS[name].arguments.model_json_schema()
            assert isinstance(call(name, filled(schema, text, subject(text)), turn), dict)


def test_every_route_takes_them_from_somebody_who_may_decide_nothing(target: Target, injections: Sequence[str]) -> None:
    described = target.api.get("/openapi.json").json()
    definitions = described["components"]["schemas"]
    posts = [(path, of["post"]["requestBody"]) for path, of in described["paths"].items() if "requestBody" in of.get("post", {})]
    assert len(posts) > 3
    for text, (path, taken) in zip(injections, cycle(posts), strict=False):
        body = filled(taken["content"]["application/json"]["schema"], text, target.orders, definitions)
        answer = target.api.post(concrete(path), json=body, headers=target.as_("maria"))
        assert answer.status_code < 500, (path, answer.text)
        assert not any(secret in answer.text for secret in target.secrets)
    for job in target.jobs():
        getattr(worker_jobs, job["task_name"])(**job["args"], context=target.worker)


def concrete(path: str) -> str:
    """The first of whatever the path names."""
    return "/".join("1" if part.startswith("{") else part for part in path.split("/"))


def test_mails_that_say_them_are_sorted_and_no_more(target: Target, injections: Sequence[str]) -> None:
    for text in injections:
        mail = EmailMessage()
        mail["From"] = f'"{" ".join(text.split())[:60].replace(chr(34), "")}" <stranger@example.org>'
        mail["Subject"] = " ".join(text.split())[:200]
        mail["To"], mail["Message-ID"] = "logistics@harbourvale.example", "<one@example.org>"
        mail.set_content(text)
        found = triage(parse_mail(mail.as_bytes()), target.worker.reader, utc_now(), "mx.harbourvale.example")
        assert found.links == (), text
        assert found.trust is Trust.UNKNOWN
        assert found.draft is None or text.strip() not in found.draft


def test_what_is_shown_escapes_them(target: Target) -> None:
    described = target.api.get("/openapi.json").json()["paths"]
    gets = [path for path, operation in described.items() if "get" in operation and "/chat/" not in path]
    shown = [target.api.get(concrete(path), headers=target.as_("ada")) for path in ["/", "/docs", *gets]]
    assert any("INFORMATION" in page.text for page in shown)
    for page in shown:
        assert page.status_code < 500, page.url
        if "html" in page.headers["content-type"]:
            assert MARK not in page.text, page.url
        assert page.headers["x-content-type-options"] == "nosniff"
        assert not any(secret in page.text for secret in target.secrets)


def test_a_story_keeps_one_line_an_entry_and_controls_no_terminal(target: Target) -> None:
    log = PostgresAuditLog(target.database.pool("serve"))
    told = 0
    for proposal in target.worker.desk.proposals(limit=100):
        for line in story(history(log, f"proposal:{proposal.id}")):
            told += 1
            assert len(line.splitlines()) == 1
            assert not any(unicodedata.category(sign) == "Cc" for sign in line)
    assert told > 0
    assert log.verify().intact


def test_no_secret_is_in_any_row(target: Target) -> None:
    with target.database.connection("admin") as owner:
        for table in sizes(target.database):
            for row in owner.execute(f"SELECT to_jsonb(t)::text AS row FROM {table} t".encode()):
                assert not any(secret in row["row"] for secret in target.secrets), table
