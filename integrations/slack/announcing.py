"""Keeping the channel of approvals as the database has it: new cards, changed ones, and what is said about those that wait.

A sweep can be repeated, and cut off: what is shown already is not shown again, so after a restart all cards are true once more.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from agent.domain.approval_notices import ApprovalNotice, NoticeKind
from agent.domain.decisions import Person, Proposal, ProposalGroup, ProposalState
from agent.errors import ExpediterError, RecordMissing
from agent.guardrails.standing_in import ruling_now
from agent.ports.approval_notices import ApprovalNotices
from agent.ports.ledger import ProposalBook
from integrations.slack.given_up import GivenUp
from integrations.slack.views.approval import approval_card
from integrations.slack.views.group import group_card
from integrations.slack.views.notices import notice_message
from integrations.slack.views.scene import Scene

#: The latest whatever became of them, and those whose cards were shown last before a restart.
MOST = 200
MOST_OPEN = 1_000
#: What may still become of them is not decided: their cards are followed however many came after them.
OPEN = (ProposalState.PENDING, ProposalState.GRANTED, ProposalState.EXECUTING, ProposalState.UNCERTAIN)
PROPOSAL, GROUP = "proposal:", "group:"
MOST_TOLD = 5
#: After a restart: what came while nobody was there to tell it.
LOOK_BACK = timedelta(hours=6)
logger = logging.getLogger(__name__)


class Showing(Protocol):
    """The outbox, as far as cards need it."""

    def show(self, key: str, channel: str, payload: dict[str, Any], thread_key: str | None = None) -> None: ...

    def post(
        self, channel: str, payload: dict[str, Any], *, dedupe: str | None = None, not_before: datetime | None = None
    ) -> None: ...

    def channels_of(self, key: str) -> Sequence[str]: ...

    def keys(self, prefix: str, limit: int) -> Sequence[str]: ...

    def given_up(self, prefix: str, again_after: timedelta) -> Sequence[str]: ...

    def forget(self, prefix: str, but: str | None = None) -> None: ...


class Announcer:
    def __init__(
        self,
        book: ProposalBook,
        notices: ApprovalNotices,
        outbox: Showing,
        scene: Callable[[], Scene],
        account: Callable[[int], str | None],
        rests_until: Callable[[int, datetime], datetime | None],
        channel: str,
    ) -> None:
        """`account`: of a person, where they have confirmed one; `rests_until`: when their quiet hours end, in which a moment
        falls; `channel`: of approvals.
        """
        self._book, self._notices, self._outbox = book, notices, outbox
        self._scene, self._account, self._rests_until, self._channel = scene, account, rests_until, channel
        self._given_up = GivenUp(outbox, PROPOSAL, GROUP)
        self._shown: dict[str, dict[str, Any]] = {}
        self._open: set[str] | None = None
        """Keys of the cards that are there and may still change."""

    def sweep(self) -> None:
        """Raises what the ports raise; then the next one makes up for it."""
        scene = self._scene()
        rows = self._rows()
        for key, row in rows.items():
            card = approval_card(row, scene) if isinstance(row, Proposal) else group_card(row, scene)
            self._brought(key, card, _lines(row), scene)
        self._open = {key for key, row in rows.items() if any(line.state in OPEN for line in _lines(row))}
        for notice in self._notices.since(scene.now - LOOK_BACK):
            self._told(notice, scene)

    def _rows(self) -> dict[str, Proposal | ProposalGroup]:
        """By the keys of their cards, oldest first: what is open, the latest, and what was open when it was last looked at."""
        found = {one.id: one for one in (*self._book.proposals(OPEN, MOST_OPEN), *self._book.proposals(None, MOST))}
        groups = {one.group_id for one in found.values() if one.group_id is not None}
        listed: dict[str, Proposal | ProposalGroup] = {
            f"{PROPOSAL}{number}": found[number] for number in sorted(found) if found[number].group_id is None
        }
        listed |= {f"{GROUP}{number}": self._book.group(number) for number in sorted(groups)}
        if self._open is None:
            self._open = {*self._outbox.keys(PROPOSAL, MOST), *self._outbox.keys(GROUP, MOST)}
        for key in (again := self._given_up.keys()):
            self._shown.pop(key, None)
        return {key: row for key in (self._open | again) - listed.keys() if (row := self._row(key)) is not None} | listed

    def _row(self, key: str) -> Proposal | ProposalGroup | None:
        kind, _, number = key.partition(":")
        try:
            return self._book.group(int(number)) if f"{kind}:" == GROUP else self._book.proposal(int(number))
        except RecordMissing:
            return None

    def _brought(self, key: str, card: dict[str, Any], lines: Sequence[Proposal], scene: Scene) -> None:
        """What does not wait any more is drawn anew where it was shown, and not shown for the first time."""
        if self._shown.get(key) == card:
            return
        waits = False
        for line in lines:
            deadlines = scene.deadlines(line)
            waits |= line.state is ProposalState.PENDING
            self._outbox.forget(_notices(line.id), _notices(line.id, deadlines.step) if deadlines else None)
        channels = self._outbox.channels_of(key)
        for channel in channels or ([self._channel] if waits else ()):
            self._outbox.show(key, channel, card)
        self._shown[key] = card

    def _told(self, notice: ApprovalNotice, scene: Scene) -> None:
        """Once under the card, and to each who can decide by a direct message."""
        key = f"{_notices(notice.proposal_id, notice.step)}{notice.kind}:{notice.number}"
        if key in self._shown:
            return
        self._shown[key] = {}
        if self._outbox.channels_of(key):
            return
        try:
            proposal = self._book.proposal(notice.proposal_id)
        except ExpediterError as gone:
            logger.warning("a notice could not be told: %s", gone)
            return
        if notice.kind is not NoticeKind.EXPIRY and not _waits(proposal, notice.step, scene):
            return
        card = f"group:{proposal.group_id}" if proposal.group_id else f"proposal:{proposal.id}"
        deciders = self._deciders(proposal, scene) if notice.kind is not NoticeKind.EXPIRY else {}
        awake = [account for account, rests_until in deciders.items() if rests_until is None]
        for channel in self._outbox.channels_of(card) or [self._channel]:
            self._outbox.show(key, channel, notice_message(notice, proposal, scene, awake), thread_key=card)
        for account, rests_until in deciders.items():
            message = notice_message(notice, proposal, scene)
            self._outbox.post(account, message, dedupe=f"{key}:{account}", not_before=rests_until)

    def _deciders(self, proposal: Proposal, scene: Scene) -> dict[str, datetime | None]:
        """Their accounts, and until when each is not to be written to."""
        requirement = scene.requirement(proposal)
        if requirement is None:
            return {}
        able: list[Person] = [one for one in scene.people if ruling_now(requirement, proposal, one, scene.now, scene.standing)]
        found = [(account, one.id) for one in able if (account := self._account(one.id)) is not None][:MOST_TOLD]
        return {account: self._rests_until(person_id, scene.now) for account, person_id in found}


def _lines(row: Proposal | ProposalGroup) -> Sequence[Proposal]:
    return (row,) if isinstance(row, Proposal) else row.proposals


def _waits(proposal: Proposal, step: int, scene: Scene) -> bool:
    """Still for whoever decides on that step."""
    deadlines = scene.deadlines(proposal)
    return proposal.state is ProposalState.PENDING and deadlines is not None and deadlines.step == step


def _notices(proposal_id: int, step: int | None = None) -> str:
    """How the names of its notices begin."""
    return f"notice:{proposal_id}:" if step is None else f"notice:{proposal_id}:{step}:"
