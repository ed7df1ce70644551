"""The notice that something is away: one message for each outage, changed in its place when it is over."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from agent.domain.outages import Neighbour, Reach
from agent.ports.outages import Outages
from integrations.slack.announcing import Showing
from integrations.slack.interaction import Payload
from integrations.slack.views.operations import degraded_card

#: What is back before that was a hiccup.
PATIENCE = timedelta(minutes=1)


class _Told(NamedTuple):
    name: str
    works: tuple[str, ...]
    waits: tuple[str, ...]


TOLD = {
    Neighbour.ERP: _Told(
        "Odoo",
        ("What the last scan said: orders at risk, why, the brief", "Approving, rejecting, handing over"),
        ("Fresh figures and scans", "Proposing changes, and carrying out what was approved", "Reading new mails"),
    ),
    Neighbour.MODEL: _Told(
        "The language model",
        (
            "Orders at risk, why, approvals, /expediter",
            "Questions as the examples ask them, answered by rules",
            "Reading mails, by rules and examples",
        ),
        ("Questions in your own words",),
    ),
}


class OutageNotices:
    def __init__(self, reach: Callable[[], Mapping[Neighbour, Reach]], outages: Outages, outbox: Showing, channel: str) -> None:
        self._reach, self._outages, self._outbox, self._channel = reach, outages, outbox, channel
        self._shown: dict[int, Payload] = {}

    def sweep(self, now: datetime) -> None:
        """Raises what the ports raise; then the next one makes up for it."""
        reach = self._reach()
        for part, found in reach.items():
            if found.away_since is not None and now - found.away_since >= PATIENCE:
                self._outages.begin(part, found.away_since)
        for outage in self._outages.open():
            over = _answers(reach.get(outage.part), outage.since)
            told = TOLD[outage.part]
            self._show(outage.id, degraded_card(told.name, outage.since, told.works, told.waits, now if over else None))
            if over:
                self._outages.end(outage.id, now)

    def _show(self, outage_id: int, card: Payload) -> None:
        if self._shown.get(outage_id) != card:
            self._outbox.show(f"outage:{outage_id}", self._channel, card)
            self._shown[outage_id] = card


def _answers(found: Reach | None, since: datetime) -> bool:
    """Again, after it was away: a process that has not asked since knows nothing of it."""
    return found is not None and found.away_since is None and found.answered_at is not None and found.answered_at > since
