"""A hundred people who approve at once, against a real serve: how long each waits for the answer, and what gets lost."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from threading import Barrier

import httpx

from agent.domain.decisions import Change, Preview, ProposalContent, Provenance, Role, Subject
from evals.bench.figures import Figure
from evals.bench.own_server import own_server
from evals.bench.service import serving
from integrations.database.embedded import EmbeddedServer
from integrations.database.people import PersonAdmin
from integrations.database.pool import Pool, open_pool, transaction
from integrations.database.proposal_desk import PostgresProposalDesk

MANY = 100
MOST_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Click:
    token: str
    proposal_id: int
    sha256: str


def run() -> list[Figure]:
    with own_server() as server, open_pool(server.url("admin")) as owner:
        clicks = _prepared(server, owner)
        with serving(server) as url:
            waits = _pressed(url, clicks)
        lost = MANY - _count(owner, "decision"), MANY - _count(owner, "approval_grant")
    return list(_figures(waits, lost))


def _figures(waits: list[float], lost: tuple[int, int]) -> Iterator[Figure]:
    spread = quantiles(waits, n=100)
    name = f"{MANY} approve at once"
    yield Figure(f"{name}: p50", spread[49], "s", f"fastest {min(waits):.2f} s")
    met = spread[98] <= MOST_SECONDS
    yield Figure(f"{name}: p99", spread[98], "s", f"slowest {max(waits):.2f} s", f"at most {MOST_SECONDS}", met)
    yield Figure(f"{name}: decisions or grants lost", sum(map(abs, lost)), "", f"of {MANY} each", "none", lost == (0, 0))


def _prepared(server: EmbeddedServer, owner: Pool) -> list[Click]:
    """A hundred proposals of one asker, and a hundred others who may approve them."""
    office = PersonAdmin(owner)
    asker = office.add("asker", "Asker", "", [Role.OPS_AGENT])
    with transaction(owner) as connection:
        connection.execute("INSERT INTO conversation (id, person_id) VALUES ('bench', %s)", [asker.id])
        row = connection.execute(
            "INSERT INTO inbound (kind, person_id, conversation_id, text) VALUES ('chat', %s, 'bench', 'Note it.') RETURNING id",
            [asker.id],
        ).fetchone()
    assert row is not None
    with open_pool(server.url("worker")) as pool:
        desk = PostgresProposalDesk(pool)
        return [_click(office, desk, int(row["id"]), number) for number in range(MANY)]


def _click(office: PersonAdmin, desk: PostgresProposalDesk, inbound_id: int, number: int) -> Click:
    handle = f"lead{number}"
    office.add(handle, handle, "", [Role.WAREHOUSE_LEAD])
    proposal = desk.propose(
        _note(number), inbound_id=inbound_id, rationale="", provenance=Provenance("rules"),
        expires_at=datetime.now(UTC) + timedelta(days=1),
    )  # fmt: skip
    return Click(office.issue_token(handle), proposal.id, proposal.sha256)


def _note(number: int) -> ProposalContent:
    order, text = f"S{number:05}", "The vendor confirmed Friday."
    return ProposalContent(
        action="post_note",
        subject=Subject(model="sale.order", id=number + 1, name=order),
        arguments={"order": order, "text": text},
        before={},
        facts={"segment": "standard", "length": len(text)},
        preview=Preview(
            title=f"Note on {order}",
            changes=(Change(label="Note", before="", after=text),),
            consequence="It is seen.",
            undo="It is struck.",
        ),
    )


def _pressed(url: str, clicks: list[Click]) -> list[float]:
    """Seconds from pressing to the answer. Raises RuntimeError for one that was not granted."""
    barrier = Barrier(len(clicks))

    def press(click: Click) -> float:
        with httpx.Client(base_url=url, timeout=60, headers={"Authorization": f"Bearer {click.token}"}) as client:
            client.get("/healthz")
            barrier.wait()
            began = time.perf_counter()
            shown = {"verdict": "approve", "sha256": click.sha256}
            answer = client.post(f"/v1/proposals/{click.proposal_id}/decisions", json=shown)
        if answer.status_code != httpx.codes.OK or not answer.json()["granted"]:
            raise RuntimeError(f"P{click.proposal_id} was not granted: {answer.text}")
        return time.perf_counter() - began

    with ThreadPoolExecutor(len(clicks)) as threads:
        return list(threads.map(press, clicks))


def _count(owner: Pool, table: str) -> int:
    with transaction(owner) as connection:
        row = connection.execute(f"SELECT count(*) AS rows FROM {table}".encode()).fetchone()
    assert row is not None
    return int(row["rows"])
