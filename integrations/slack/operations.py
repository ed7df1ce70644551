"""Keeping the operations channel: the brief once a morning, new critical findings together, and jobs that were given up."""

from collections.abc import Callable
from datetime import datetime, timedelta

from agent.domain.briefs import Brief
from agent.domain.finding_life import FindingFilter, KnownFinding
from agent.domain.findings import Severity
from agent.ports.own_affairs import OwnAffairs
from agent.ports.risk_board import RiskReading
from integrations.slack.announcing import Showing
from integrations.slack.views.brief import brief_card, findings_card
from integrations.slack.views.operations import dead_letter_card

#: UTC; morning everywhere from Lisbon to Helsinki.
MORNING = 5
A_DAY, A_MOMENT = timedelta(days=1), timedelta(seconds=1)
MOST = 50


class Operations:
    def __init__(
        self,
        board: RiskReading,
        affairs: OwnAffairs,
        brief: Callable[[datetime], Brief],
        hidden: Callable[[KnownFinding], KnownFinding],
        outbox: Showing,
        clock: Callable[[], datetime],
        channel: str,
    ) -> None:
        """`brief`: since a moment; both it and `hidden` leave out what not everybody in the channel may see."""
        self._board, self._affairs, self._brief, self._hidden = board, affairs, brief, hidden
        self._outbox, self._clock, self._channel = outbox, clock, channel
        self._told_day: str | None = None
        self._seen: datetime | None = None
        self._given_up = 0

    def sweep(self) -> None:
        """Raises what the ports raise; then the next one makes up for it."""
        now, standing = self._clock(), self._board.standing()
        if standing is not None:
            self._morning(now)
            self._critical(self._seen or standing.as_of - A_MOMENT)
            self._seen = standing.as_of
        self._dead_letters(now)

    def _morning(self, now: datetime) -> None:
        day = f"{now:%Y-%m-%d}"
        if now.hour >= MORNING and self._told_day != day:
            self._outbox.post(self._channel, brief_card(self._brief(now - A_DAY)), dedupe=f"brief:{day}")
            self._told_day = day

    def _critical(self, since: datetime) -> None:
        """Those that opened since the last look, in one message."""
        found = self._board.findings(FindingFilter(severities=(Severity.CRITICAL,), since=since, limit=MOST))
        new = [self._hidden(one) for one in found.findings if one.opened_at > since]
        if new:
            ids = [one.id for one in new]
            self._outbox.post(self._channel, findings_card(new, len(new)), dedupe=f"critical:{min(ids)}:{max(ids)}")

    def _dead_letters(self, now: datetime) -> None:
        failures = sorted(self._affairs.failures(now - A_DAY), key=lambda one: one.id, reverse=True)
        if failures and failures[0].id != self._given_up:
            new = [one for one in failures if one.id > self._given_up]
            self._outbox.post(self._channel, dead_letter_card(new, len(new)), dedupe=f"given-up:{failures[0].id}")
            self._given_up = failures[0].id
