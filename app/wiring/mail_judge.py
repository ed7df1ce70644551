"""The judge of mails of one company: taken from its state folder, or learned once and kept there."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from agent.domain.mail import MailClass, ParsedMail
from agent.errors import MailUnreadable
from agent.ports.clock import Clock
from agent.ports.mail_judge import MailJudge
from agent.ports.mail_ledger import MailLessons
from integrations.learning import keep, kept

log = logging.getLogger(__name__)
FOLDER = "learned"
#: A judge that learned from corrections stands beside the one that did not, which commands without a database use.
OWN_FOLDER = "corrected"
#: Somebody who corrects a row of mails is not waited for after each: learning takes seconds.
LEARN_EVERY = timedelta(minutes=5)
#: Beyond so many the oldest are forgotten; learning stays as quick as it is.
MOST_LESSONS = 1_000


def mail_judge(state: Path, corrections: Sequence[tuple[MailClass, ParsedMail]] = ()) -> MailJudge:
    """Learning takes some seconds and scikit-learn; it happens when examples or corrections have changed, else never."""
    from agent.triage.schooling import lessons, lessons_sha256

    folder = state / FOLDER / OWN_FOLDER if corrections else state / FOLDER
    name = lessons_sha256(corrections)
    found = kept(folder, name)
    if found is not None:
        return found
    from integrations.learning.learn import learn

    learned = learn(lessons(corrections))
    try:
        keep(learned, folder, name)
    except OSError as full:
        log.warning("What was learned from mails cannot be kept (%s) and will be learned again.", full.strerror)
    return learned


@dataclass(slots=True)
class SchooledJudge:
    """The judge with what people corrected. It learns anew when there are new corrections, at most every `LEARN_EVERY`."""

    state: Path
    lessons: MailLessons
    parse: Callable[[bytes], ParsedMail]
    """Raises MailUnreadable for what is no mail."""
    clock: Clock
    _judge: MailJudge | None = None
    _newest: int = -1
    _learned_at: datetime | None = None
    _turn: Lock = field(default_factory=Lock)

    def __call__(self) -> MailJudge:
        """As it is now. Nothing is learned before the first mail comes. Raises DatabaseUnavailable."""
        with self._turn:
            now = self.clock()
            if self._judge is None or (self._learned_at is not None and now >= self._learned_at + LEARN_EVERY):
                self._learned_at = now
                self._look()
            assert self._judge is not None
            return self._judge

    def _look(self) -> None:
        newest = self.lessons.newest_lesson()
        if self._judge is None or newest > self._newest:
            self._judge = mail_judge(self.state, self._corrections() if newest else ())
            self._newest = newest

    def _corrections(self) -> list[tuple[MailClass, ParsedMail]]:
        taught = []
        for kind, raw in self.lessons.lessons(MOST_LESSONS):
            try:
                taught.append((kind, self.parse(raw)))
            except MailUnreadable:
                continue
        return taught
