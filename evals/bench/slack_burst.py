"""A burst of signed events while chat turns run: how soon each is acknowledged, and whether each becomes one question."""

import asyncio
import itertools
import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
import psycopg
from slack_sdk.signature import SignatureVerifier

from agent.domain.decisions import Role
from app.settings import ServeSettings, WorkerSettings
from app.wiring.running import free_port
from evals.bench.figures import Figure
from evals.bench.own_server import own_server
from evals.bench.service import environment_of, started
from integrations.database.embedded import EmbeddedServer
from integrations.database.messenger_links import PostgresLinks
from integrations.database.people import PersonAdmin
from integrations.database.pool import open_pool
from integrations.demo import seed

#: Of the turns that were begun before, some are answered before the burst: 20 at least are to run when it comes.
EVENTS, PEOPLE, TURNS, AT_ONCE = 500, 25, 60, 50
MOST_MS = 500
TEAM, SECRET = "T0BENCH", "bench-signing-secret"
#: A question that takes a turn some work.
QUESTION = "Which orders are at risk, and why?"
TO_END_S = 120.0
_RUNNING = """
    SELECT count(*) FROM slack_answer WHERE NOT EXISTS (
        SELECT FROM answer_part AS part WHERE part.inbound_id = slack_answer.inbound_id AND part.kind IN ('final', 'failed'))
"""
Breaking = Callable[["Serve"], None]


@dataclass
class Burst:
    """What one burst showed."""

    acks_ms: list[float] = field(default_factory=list)
    repeated: int = 0
    """Deliveries that had to be sent again, as Slack does."""
    asked: int = 0
    doubled: int = 0
    running: int = 0
    """Turns that were not answered yet when it began."""

    @property
    def p99(self) -> float:
        return sorted(self.acks_ms)[int(len(self.acks_ms) * 0.99) - 1]


def run() -> list[Figure]:
    breaks: dict[str, Breaking | None] = {"": None, "SIGTERM half-way: ": Serve.ended, "kill -9 half-way: ": Serve.killed}
    return [figure for name, breaking in breaks.items() for figure in _figures(name, _burst(breaking))]


def _figures(name: str, burst: Burst) -> Iterator[Figure]:
    beside = f"{EVENTS} events, {AT_ONCE} at once, {burst.running} chat turns running; slowest {max(burst.acks_ms):.0f} ms"
    if not name:
        yield Figure("slack burst: acknowledged, p99", burst.p99, "ms", beside, f"at most {MOST_MS}", burst.p99 <= MOST_MS)
    lost = EVENTS - burst.asked
    yield Figure(
        f"slack burst: {name}lost", lost, "", f"{burst.asked} became questions; {burst.repeated} sent again", "0", not lost
    )
    yield Figure(f"slack burst: {name}doubled", burst.doubled, "", f"{EVENTS} events", "0", not burst.doubled)


def _burst(breaking: Breaking | None) -> Burst:
    with own_server(durable=True) as server, Serve(server) as serve, _worker(server):
        accounts = _people(server)
        asyncio.run(
            _delivered(serve, [_event(accounts[0], f"{QUESTION} First {number}") for number in range(TURNS)], Burst(), None)
        )
        _until(server, lambda ask: ask("SELECT count(*) FROM inbound") == TURNS)
        burst = Burst(running=_asked(server, _RUNNING))
        events = [_event(accounts[number % len(accounts)], f"{QUESTION} ({number})") for number in range(EVENTS)]
        asyncio.run(_delivered(serve, events, burst, breaking))
        _until(server, lambda ask: not ask("SELECT count(*) FROM slack_event WHERE handled_at IS NULL"))
        burst.asked = _asked(server, "SELECT count(DISTINCT text) FROM inbound") - TURNS
        burst.doubled = _asked(server, "SELECT count(*) FROM inbound") - TURNS - burst.asked
    return burst


async def _delivered(serve: "Serve", events: list[bytes], burst: Burst, breaking: Breaking | None) -> None:
    """All of them as fast as they go; what is not acknowledged is sent again."""
    todo = iter(events)
    half = itertools.count(1)
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=3)) as session:

        async def lane() -> None:
            for event in todo:
                if next(half) == EVENTS // 2 and breaking is not None:
                    asyncio.get_running_loop().run_in_executor(None, breaking, serve)
                await _one(session, serve.url, event, burst)

        await asyncio.gather(*(lane() for _ in range(AT_ONCE)))


async def _one(session: aiohttp.ClientSession, url: str, body: bytes, burst: Burst) -> None:
    give_up = time.monotonic() + TO_END_S
    while time.monotonic() < give_up:
        began = time.perf_counter()
        try:
            async with session.post(url, data=body, headers=_signed(body)) as answer:
                if answer.status == 200:
                    burst.acks_ms.append((time.perf_counter() - began) * 1000)
                    return
        except (aiohttp.ClientError, TimeoutError, OSError):
            pass
        burst.repeated += 1
        await asyncio.sleep(0.3)
    raise RuntimeError("an event was not acknowledged for two minutes")


_numbers = itertools.count(1)


def _event(account: str, text: str) -> bytes:
    number = next(_numbers)
    inner = {"type": "message", "channel_type": "im", "channel": f"D{account[1:]}", "user": account, "text": text,
             "ts": f"1790000000.{number:06d}"}  # fmt: skip
    envelope = {"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{number:08d}", "is_ext_shared_channel": False}
    return json.dumps(envelope | {"event": inner, "authorizations": [{"user_id": "U0BOT"}]}).encode()


def _signed(body: bytes) -> dict[str, str]:
    stamp = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body)
    return {"Content-Type": "application/json", "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": str(signature)}


def _people(server: EmbeddedServer) -> list[str]:
    """Linked accounts."""
    with open_pool(server.url("admin")) as admin, open_pool(server.url("serve")) as pool:
        people, links, accounts = PersonAdmin(admin), PostgresLinks(pool), [f"U{number:06d}" for number in range(PEOPLE)]
        for number, account in enumerate(accounts):
            people.add(f"p{number}", f"P {number}", f"p{number}@bench.example", [Role.OPS_AGENT])
            link = links.make(TEAM, account, f"p{number}@bench.example")
            assert link is not None
            links.confirm(link.id)
    return accounts


def _asked(server: EmbeddedServer, query: str) -> int:
    with psycopg.connect(server.url("admin"), options="-c search_path=expediter") as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def _until(server: EmbeddedServer, true: Callable[[Callable[[str], int]], bool]) -> None:
    give_up = time.monotonic() + TO_END_S
    while time.monotonic() < give_up and not true(lambda query: _asked(server, query)):
        time.sleep(0.1)


class Serve:
    """The real process, on a port of its own; started again after it ended."""

    def __init__(self, server: EmbeddedServer) -> None:
        self._port = free_port("127.0.0.1", 0)
        own = {
            "serve_database_url": server.url("serve"), "port": str(self._port), "slack_team": TEAM,
            "slack_bot_token": "xoxb-bench", "slack_signing_secret": SECRET, "slack_api_url": "http://127.0.0.1:9/api",
        }  # fmt: skip
        self._environment = environment_of(ServeSettings, own)
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/slack/events"

    def __enter__(self) -> "Serve":
        self._process = started("serve", self._environment)
        return self

    def __exit__(self, *_: object) -> None:
        self._gone(signal.SIGTERM)

    def ended(self) -> None:
        self._gone(signal.SIGTERM)
        self._process = started("serve", self._environment)

    def killed(self) -> None:
        self._gone(signal.SIGKILL)
        self._process = started("serve", self._environment)

    def _gone(self, how: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        self._process.communicate()


@contextmanager
def _worker(server: EmbeddedServer) -> Iterator[None]:
    """Answers from rules, on the demo company."""
    with psycopg.connect(server.url("admin")) as connection:
        seed(connection, datetime.now(UTC))
    process = started("worker", environment_of(WorkerSettings, {"worker_database_url": server.url("worker")}))
    try:
        yield
    finally:
        process.kill()
        process.communicate()
