"""Keeping the operations channel: the brief once a morning, new critical findings together, and jobs that were given up."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo

from agent.domain.briefs import Brief
from agent.domain.finding_life import FindingFilter, KnownFinding
from agent.domain.findings import Severity
from agent.ports.critical_told import CriticalTold
from agent.ports.own_affairs import OwnAffairs
from agent.ports.risk_board import RiskReading
from integrations.slack.announcing import Showing
from integrations.slack.views.brief import brief_card, findings_card
from integrations.slack.views.operations import dead_letter_card

#: In the company's time zone.
MORNING = 6
A_DAY = timedelta(days=1)
MOST = 500
#: The names of its messages, each with the number of the newest job in it.
GIVEN_UP = "given-up:"


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
        self._given_up: int | None = None

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
        """In one message, told and noted at once."""
        new = self._critical.new()
        if not new.findings:
            return
        found = self._board.findings(FindingFilter(severities=(Severity.CRITICAL,), limit=MOST))
        shown = [self._hidden(one) for one in found.findings if one.id in new.findings]
        if shown:
            self._critical.tell(new, [one.id for one in shown], self._channel, findings_card(shown, len(shown)))

    def _dead_letters(self, now: datetime) -> None:
        if self._given_up is None:
            self._given_up = int((self._outbox.latest(GIVEN_UP) or GIVEN_UP + "0").removeprefix(GIVEN_UP))
        failures = sorted(self._affairs.failures(now - A_DAY), key=lambda one: one.id, reverse=True)
        if new := [one for one in failures if one.id > self._given_up]:
            self._outbox.post(self._channel, dead_letter_card(new, len(new)), dedupe=f"{GIVEN_UP}{new[0].id}")
            self._given_up = new[0].id
