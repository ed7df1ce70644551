"""Two workers and one real mailbox through a bad night; what a large mail weighs; what malformed mails break."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime

import psycopg

from agent.errors import MailUnreadable
from evals.bench.figures import Figure
from evals.bench.own_server import own_server
from evals.inbox.attendants import attendants
from evals.inbox.footprint import FOLDER
from evals.inbox.judging import judged
from evals.inbox.letters import large, letters
from evals.inbox.mailserver import MailServer, mail_server
from evals.inbox.malformed import SAMPLES, malformed
from evals.inbox.night import Left, Night, crashes
from evals.mail.expected import OWN_SERVER
from integrations.database.embedded import EmbeddedServer
from integrations.demo import seed
from integrations.email import parse_mail_and_files

MAILS, MALFORMED = 2_000, 1_000
WORKERS = 2
LEAST_A_SECOND = 20.0
LARGE, MOST_MEGABYTES = 25_000_000, 60.0
SEED = 20261128


def run() -> list[Figure]:
    """Raises NotRun where dovecot cannot be had."""
    return [*_broken(), *_bad_night()]


def _bad_night() -> Iterator[Figure]:
    with mail_server() as mails:
        with own_server() as server:
            yield _footprint(server, mails)
        with own_server(durable=True) as server:
            with psycopg.connect(server.url("admin")) as connection:
                seed(connection, datetime.now(UTC))
            yield from _night(server, mails)


def _night(server: EmbeddedServer, mails: MailServer) -> Iterator[Figure]:
    with (
        attendants(server, mails) as workers,
        closing(Night(server, mails, workers, letters(MAILS, random.Random(SEED)))) as night,
    ):
        yield from _figures(night.pass_by())


def _figures(left: Left) -> Iterator[Figure]:
    beside = f"{left.seconds:.0f} s; {left.killed} workers killed, 2 restarts of the mail server, 1 rebuilt mailbox"
    yield Figure("inbox: mails read", left.effects, "", beside, f"{MAILS:,}", left.effects == left.mails == MAILS)
    yield Figure("inbox: lost", left.lost, "", f"of {left.mails:,} different mails", "0", not left.lost)
    yield Figure("inbox: doubled", left.doubled, "", "mails read twice, or as another mail", "0", not left.doubled)
    yield Figure("inbox: copies not shown as read", left.unmarked, "", "in the mailbox, in the end", "0", not left.unmarked)
    pace = left.mails_a_second / WORKERS
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    beside = (
        f"{WORKERS} workers at once, taking in and reading, without a language model; "
        f"{left.processor_ms:.0f} ms of a processor each; load {load:.1f} for each of {os.cpu_count()}"
    )
    yield Figure("inbox: mails a second and worker", pace, "", beside, f"at least {LEAST_A_SECOND:.0f}", pace >= LEAST_A_SECOND)


def _footprint(server: EmbeddedServer, mails: MailServer) -> Figure:
    """The small mail comes first, so that everything is loaded that reading takes."""
    mails.deliver([large(2_000)], FOLDER)
    told = {"host": mails.host, "port": mails.port, "user": mails.user, "password": mails.password}
    process = subprocess.Popen(
        [sys.executable, "-m", "evals.inbox.footprint"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(told | {"database": server.url("worker")}) + "\n")
    process.stdin.flush()
    read = json.loads(process.stdout.readline())["read"]
    mails.deliver([large(LARGE)], FOLDER)
    said, _ = process.communicate("\n\n")
    also, weighed = map(json.loads, said.splitlines())
    grown = weighed["most"] - weighed["before"]
    beside = (
        f"{weighed['before']:.0f} MB before; read and understood without its file" if read == also["read"] == 1 else "NOT READ"
    )
    met = grown <= MOST_MEGABYTES and read == also["read"] == 1
    return Figure("inbox: a 25 MB attachment", grown, "MB above base", beside, f"at most {MOST_MEGABYTES:.0f}", met)


def _broken() -> Iterator[Figure]:
    raised = crashes(malformed(MALFORMED, random.Random(SEED)), _read)
    beside = f"of {MALFORMED:,}: {len(SAMPLES)} malformed mails and what random damage makes of them"
    yield Figure("inbox: crashes", len(raised), "", f"{beside}{f'; {raised[0]}' if raised else ''}", "0", not raised)


def _read(mail: bytes) -> None:
    with suppress(MailUnreadable):
        judged(parse_mail_and_files(mail), OWN_SERVER)
