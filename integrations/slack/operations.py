"""Keeping the operations channel: the brief once a morning, new critical findings together, and jobs that were given up."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from agent.domain.briefs import Brief
from agent.domain.finding_life import FindingFilter, KnownFinding
from agent.domain.findings import Severity
from agent.ports.critical_told import CriticalTold
from agent.ports.own_affairs import OwnAffairs
from agent.ports.risk_board import RiskReading
from integrations.slack.announcing import Showing
from integrations.slack.given_up import GivenUp
from integrations.slack.interaction import Payload
from integrations.slack.views.brief import brief_card, findings_card
from integrations.slack.views.operations import dead_letter_card

#: In the company's time zone.
MORNING = 6
A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
MOST, MOST_CARDS = 500, 200
#: How the keys of its messages begin.
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
        self._not_shown = GivenUp(outbox, GIVEN_UP)
        self._cards: dict[str, Payload] = {}
        """As they were shown last, by key."""

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
        """Those that are new in one message, and the messages of a week as their jobs stand now."""
        jobs = {one.id: one for one in self._affairs.failures(now - A_WEEK)}
        cards = [_Card.of(key) for key in self._outbox.keys(GIVEN_UP, MOST_CARDS)]
        if new := [one.id for one in jobs.values() if one.at >= now - A_DAY and not _told(one.id, cards)]:
            cards.append(_Card(min(new), max(new)))
        again = self._not_shown.keys()
        self._cards = {key: card for key, card in self._cards.items() if key not in again}
        for card in cards:
            # One whose first job is older than a week is not followed any more.
            if card.first in jobs:
                inside = sorted((number for number in jobs if card.first <= number <= card.last), reverse=True)
                self._shown(card.key, dead_letter_card([jobs[number] for number in inside], now))

    def _shown(self, key: str, card: Payload) -> None:
        if self._cards.get(key) != card:
            for channel in self._outbox.channels_of(key) or [self._channel]:
                self._outbox.show(key, channel, card)
            self._cards[key] = card


def _told(number: int, cards: Sequence["_Card"]) -> bool:
    """On one of these cards, or before them all. Whoever gives a job up takes its number first, and may keep it later."""
    return any(card.first <= number <= card.last for card in cards) or number < min((card.first for card in cards), default=0)


class _Card(NamedTuple):
    """Of the jobs from one number to another."""

    first: int
    last: int

    @property
    def key(self) -> str:
        return f"{GIVEN_UP}{self.first}-{self.last}"

    @classmethod
    def of(cls, key: str) -> "_Card":
        first, _, last = key.removeprefix(GIVEN_UP).partition("-")
        return cls(int(first), int(last))
