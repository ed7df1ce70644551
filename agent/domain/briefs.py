"""What changed since somebody last looked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.domain.finding_life import KnownFinding, Standing
from agent.domain.findings import Severity
from agent.domain.mailbox import InboxMail

#: More mails that wait too long are not looked for.
MOST_LATE = 100
LATE_NAMED = 5


class Change(StrEnum):
    """In the order in which they are read."""

    NEW = "new"
    """Found, or found again, since then."""
    WORSE = "worse"
    BETTER = "better"
    GONE = "gone"
    """No scan finds it any more."""


@dataclass(frozen=True, slots=True)
class BriefLine:
    """What became of one finding, all in all: what came and went in between is no line."""

    finding: KnownFinding
    change: Change
    before: Severity | None
    """How grave it was then; None when it was not there."""


@dataclass(frozen=True, slots=True)
class Brief:
    since: datetime
    standing: Standing
    at_risk: int
    """Orders at risk that the filter leaves; of all of them where it names nothing."""
    lines: tuple[BriefLine, ...]
    """By change, then gravest first, of these what is at stake most."""
    counts: Mapping[Change, int]
    late_mails: tuple[InboxMail, ...] = ()
    """Whose answer is overdue, the most urgent first, `MOST_LATE` at most; only of the whole company."""


def late_mails_said(mails: Sequence[InboxMail]) -> str:
    """One line, the same wherever the brief is read; empty when no mail waits too long. Says nothing that a stranger wrote."""
    threads = [(mail.label, mail.thread) for mail in mails if mail.thread]
    if not threads:
        return ""
    number = f"{len(threads)} or more" if len(threads) >= MOST_LATE else str(len(threads))
    wait = "mail waits" if len(threads) == 1 else "mails wait"
    named = ", ".join(f"{label} ({thread.priority})" for label, thread in threads[:LATE_NAMED])
    rest = " and others" if len(threads) > LATE_NAMED else ""
    free = sum(thread.owner is None for _, thread in threads)
    taken = f"; nobody has taken {'it' if len(threads) == 1 else f'{free} of them'}" if free else ""
    return f"{number} {wait} too long for an answer: {named}{rest}{taken}."
