"""The night itself: mails come in waves while workers die, the mail server restarts and the mailbox is rebuilt."""

import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import psycopg

from agent.domain.mailbox import fingerprint
from evals.inbox.attendants import Attendants
from evals.inbox.letters import again
from evals.inbox.mailserver import MailServer
from integrations.database.embedded import EmbeddedServer
from integrations.database.pool import conninfo
from integrations.email import parse_mail
from integrations.email.imap import READ

KILL_EVERY = 50
WARM_UP, UNDISTURBED = 40, 640
WAVES = 4
AGAIN_IN_A_WAVE = 30
NO_PROGRESS_S = 180.0


@dataclass(frozen=True, slots=True)
class Left:
    """What the database and the mailbox hold in the end."""

    mails: int
    effects: int
    lost: int
    doubled: int
    unmarked: int
    killed: int
    seconds: float
    mails_a_second: float
    """Of both workers together, while nobody disturbed them."""
    processor_ms: float
    """That a worker used for each of these."""


class Night:
    def __init__(self, server: EmbeddedServer, mails: MailServer, workers: Attendants, letters: Sequence[bytes]) -> None:
        self._mails, self._workers, self._letters = mails, workers, letters
        self._dice = random.Random(len(letters))
        self._database = psycopg.connect(conninfo(server.url("admin")), autocommit=True)
        self._delivered: list[bytes] = []

    def pass_by(self) -> Left:
        began = time.monotonic()
        self._deliver(self._letters[:WARM_UP])
        self._wait(WARM_UP)
        pace = self._undisturbed()
        for number, (start, end) in enumerate(pairwise(self._borders())):
            self._deliver([*self._letters[start:end], *map(again, self._dice.sample(self._letters[:start], AGAIN_IN_A_WAVE))])
            self._wait((start + end) // 2, self._kill_now_and_then)
            (self._mails.restart, self._rebuild, self._mails.restart, lambda: None)[number]()
            self._wait(end, self._kill_now_and_then)
        self._settle()
        return self._left(time.monotonic() - began, pace)

    def _borders(self) -> list[int]:
        rest = len(self._letters) - UNDISTURBED
        return [UNDISTURBED + rest * wave // WAVES for wave in range(WAVES + 1)]

    def _undisturbed(self) -> tuple[float, float]:
        """Both workers find the mails at the same moment. Mails a second, and milliseconds of a processor for each."""
        self._workers.signal(signal.SIGSTOP)
        self._deliver(self._letters[WARM_UP:UNDISTURBED])
        began, used = time.monotonic(), self._workers.processor_seconds()
        self._workers.signal(signal.SIGCONT)
        self._wait(UNDISTURBED)
        mails = UNDISTURBED - WARM_UP
        return mails / (time.monotonic() - began), 1000 * (self._workers.processor_seconds() - used) / mails

    def _deliver(self, letters: Sequence[bytes]) -> None:
        self._mails.deliver(letters)
        self._delivered += letters

    def _rebuild(self) -> None:
        self._mails.rebuild(self._delivered)

    def _kill_now_and_then(self, effects: int) -> None:
        if effects >= KILL_EVERY * (self._workers.killed + 1) + UNDISTURBED:
            self._workers.kill_one()

    def _wait(self, effects: int, meanwhile: Callable[[int], None] = lambda _: None) -> None:
        """Until so many mails were read, or nothing goes on any more."""
        last, since = 0, time.monotonic()
        while (now := self._count("SELECT count(*) FROM mail_triage")) < effects:
            if now > last:
                last, since = now, time.monotonic()
            if time.monotonic() - since > NO_PROGRESS_S:
                return
            meanwhile(now)
            time.sleep(0.02)

    def _settle(self) -> None:
        """What was delivered again has been seen, and all is shown as read."""
        give_up = time.monotonic() + NO_PROGRESS_S
        while time.monotonic() < give_up and self._mails.marked(READ) < len(self._delivered):
            time.sleep(0.5)

    def _left(self, seconds: float, pace: tuple[float, float]) -> Left:
        expected = {fingerprint(parse_mail(letter)) for letter in self._letters}
        read = [row[0] for row in self._database.execute("SELECT fingerprint FROM mail JOIN mail_triage ON mail_id = id")]
        audited = self._count("SELECT count(*) FROM audit_entry WHERE kind = 'mail.triaged'")
        return Left(
            mails=len(expected),
            effects=len(read),
            lost=len(expected - set(read)),
            doubled=len(set(read) - expected) + audited - len(set(read)),
            unmarked=len(self._delivered) - self._mails.marked(READ),
            killed=self._workers.killed,
            seconds=seconds,
            mails_a_second=pace[0],
            processor_ms=pace[1],
        )

    def _count(self, question: str) -> int:
        row = self._database.execute(question.encode()).fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        self._database.close()


def crashes(mails: Iterator[bytes], read: Callable[[bytes], object]) -> list[str]:
    """What was raised, in a sentence each; nothing is expected to be."""
    raised = []
    for number, mail in enumerate(mails):
        try:
            read(mail)
        except Exception as crash:  # noqa: BLE001 - crashes are what is counted
            raised.append(f"mail {number}: {type(crash).__name__}: {crash}")
    return raised
