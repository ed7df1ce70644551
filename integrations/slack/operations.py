"""Keeping the operations channel: the brief once a morning, new critical findings together, and jobs that were given up."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from agent.domain.briefs import Brief
from agent.domain.finding_life import FindingFilter, KnownFinding
from agent.domain.findings import Severity
from agent.ports.own_affairs import OwnAffairs
from agent.ports.risk_board import RiskReading
from integrations.slack.announcing import Showing
from integrations.slack.views.brief import brief_card, findings_card
from integrations.slack.views.operations import dead_letter_card

#: In the company's time zone.
MORNING = 6
A_DAY = timedelta(days=1)
MOST = 500


class CriticalTold(Protocol):
    """What the channel was told of, kept across restarts."""

    def new(self) -> frozenset[int]:
        """Findings that became critical within a day, at first or again, and were not told of in the day before or since."""

    def told(self, finding_ids: Collection[int]) -> None: ...


class Operations:
    def __init__(
        self,
        board: RiskReading,
        affairs: OwnAffairs,
        brief: Callable[[datetime], Brief],
        hidden: Callable[[KnownFinding], KnownFinding],
        critical: CriticalTold,
        outbox: Showing,
        clock: Callable[[], datetime],
        zone: Callable[[], tzinfo],
        channel: str,
    ) -> None:
        """`brief`: since a moment; both it and `hidden` leave out what not everybody in the channel may see.

        `zone`: in which the company's mornings are.
        """
        self._board, self._affairs, self._brief, self._hidden = board, affairs, brief, hidden
        self._critical, self._outbox, self._clock, self._zone, self._channel = critical, outbox, clock, zone, channel
        self._told_day: str | None = None
        self._given_up = 0

    def sweep(self) -> None:
        """Raises what the ports raise; then the next one makes up for it."""
        now = self._clock()
        if self._board.standing() is not None:
            self._morning(now)
            self._became_critical()
        self._dead_letters(now)

    def _morning(self, now: datetime) -> None:
        here = now.astimezone(self._zone())
        day = f"{here:%Y-%m-%d}"
        if here.hour >= MORNING and self._told_day != day:
            self._outbox.post(self._channel, brief_card(self._brief(now - A_DAY)), dedupe=f"brief:{day}")
            self._told_day = day

    def _became_critical(self) -> None:
        """In one message; told before it is noted, so that a crash in between says it once all the same: its name is the same."""
        new = self._critical.new()
        if not new:
            return
        found = self._board.findings(FindingFilter(severities=(Severity.CRITICAL,), limit=MOST))
        shown = [self._hidden(one) for one in found.findings if one.id in new]
        if shown:
            self._outbox.post(self._channel, findings_card(shown, len(shown)), dedupe=_named(shown))
            self._critical.told([one.id for one in shown])

    def _dead_letters(self, now: datetime) -> None:
        failures = sorted(self._affairs.failures(now - A_DAY), key=lambda one: one.id, reverse=True)
        if failures and failures[0].id != self._given_up:
            new = [one for one in failures if one.id > self._given_up]
            self._outbox.post(self._channel, dead_letter_card(new, len(new)), dedupe=f"given-up:{failures[0].id}")
            self._given_up = failures[0].id


def _named(findings: Sequence[KnownFinding]) -> str:
    """The same for the same findings as they are now."""
    told = sorted((one.id, one.changed_at.isoformat()) for one in findings)
    return f"critical:{hashlib.sha256(repr(told).encode()).hexdigest()[:32]}"
