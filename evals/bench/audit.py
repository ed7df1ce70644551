"""Verifying an audit log of a million entries, as an auditor would: how long it takes, and whether memory grows with it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_bytes
from typing import LiteralString

import psycopg
from psycopg.sql import SQL, Identifier

from app.settings import WorkerSettings, environment_for
from evals.bench.figures import Figure
from evals.bench.own_server import own_server
from integrations.database.audit_chain import link_hash
from integrations.database.embedded import EmbeddedServer
from integrations.database.pool import conninfo

FEW = 10_000
MANY = 1_000_000
BATCH = 10_000
MOST_SECONDS = 60
MOST_MORE_MEGABYTES = 10
"""Beside verifying a hundredth of the entries: what is constant does not grow with them."""


def run() -> list[Figure]:
    with own_server() as server:
        return list(_figures(server))


def _figures(server: EmbeddedServer) -> Iterator[Figure]:
    _write(server, 1, FEW)
    few_seconds, few_megabytes = _verified(server)
    _write(server, FEW + 1, MANY)
    seconds, megabytes = _verified(server)
    beside = f"{few_seconds:.1f} s for {FEW:,} entries, starting the program included"
    yield Figure(f"audit verify: {MANY:,} entries", seconds, "s", beside, f"at most {MOST_SECONDS}", seconds <= MOST_SECONDS)
    more = megabytes - few_megabytes
    beside = f"{megabytes:.0f} MB at its peak; {few_megabytes:.0f} MB for {FEW:,} entries"
    yield Figure("audit verify: more memory", more, "MB", beside, f"at most {MOST_MORE_MEGABYTES}", more <= MOST_MORE_MEGABYTES)


def _write(server: EmbeddedServer, first: int, last: int) -> None:
    """As the database links them, only faster: there each takes a transaction and the lock on the head."""
    at, head = datetime.now(UTC), _head(server)
    with psycopg.connect(conninfo(server.url("admin"))) as connection:
        connection.execute("SET session_replication_role = replica")
        for start in range(first, last + 1, BATCH):
            entries, payloads, links = [], [], []
            for number in range(start, min(start + BATCH, last + 1)):
                salt, body = token_bytes(16), json.dumps({"origin": "rules", "tools": ["orders_at_risk"], "number": number})
                digest = sha256(salt + body.encode()).hexdigest()
                about = {"kind": "recommendation.made", "process": "worker", "person_id": None, "subject": f"inbound:{number}"}
                head = link_hash({"seq": number, "entry_id": number, "at": at, "payload_sha256": digest, **about}, head)
                entries.append((number, at, *about.values(), digest))
                payloads.append((number, salt, body))
                links.append((number, number, head))
            _copy(connection, "audit_entry", entries)
            _copy(connection, "audit_payload", payloads)
            _copy(connection, "audit_chain", links)
        connection.execute("UPDATE audit_head SET entries = %s, hash = %s", (last, head))


def _head(server: EmbeddedServer) -> str:
    with psycopg.connect(conninfo(server.url("admin"))) as connection:
        row = connection.execute("SELECT hash FROM audit_head").fetchone()
    assert row is not None
    return str(row[0])


def _copy(connection: psycopg.Connection, table: LiteralString, rows: Iterable[tuple[object, ...]]) -> None:
    with connection.cursor().copy(SQL("COPY {} FROM STDIN").format(Identifier(table))) as copy:
        for row in rows:
            copy.write_row(row)


def _verified(server: EmbeddedServer) -> tuple[float, float]:
    """Seconds and megabytes of `expediter audit verify`. Raises RuntimeError when it finds the log broken."""
    environment = environment_for(WorkerSettings, {"worker_database_url": server.url("worker"), "odoo_url": None})
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "app.cli", "audit", "verify"], env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"`expediter audit verify` ended with {process.returncode}")
    return time.perf_counter() - began, used.ru_maxrss / 1024
