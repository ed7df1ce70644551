"""Keeping the channel of approvals as the database has it: new cards, changed ones, and what is said about those that wait.

A sweep can be repeated, and cut off: what is shown already is not shown again, so after a restart all cards are true once more.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from agent.domain.approval_notices import ApprovalNotice, NoticeKind
from agent.domain.decisions import Person, Proposal, ProposalState
from agent.errors import ExpediterError
from agent.guardrails.standing_in import ruling_now
from agent.ports.approval_notices import ApprovalNotices
from agent.ports.ledger import ProposalBook
from integrations.slack.views.approval import approval_card
from integrations.slack.views.group import group_card
from integrations.slack.views.notices import notice_message
from integrations.slack.views.scene import Scene

#: The latest; what is older and still open is in Home and the console.
MOST = 200
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

    def latest(self, prefix: str) -> str | None: ...


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
        self._shown: dict[str, dict[str, Any]] = {}

    def sweep(self) -> None:
        """Raises what the ports raise; then the next one makes up for it."""
        scene = self._scene()
        latest = self._book.proposals(None, MOST)
        for proposal in reversed(latest):
            if proposal.group_id is None:
                waits = proposal.state is ProposalState.PENDING
                self._brought(f"proposal:{proposal.id}", approval_card(proposal, scene), waits)
        for group_id in sorted({one.group_id for one in latest if one.group_id is not None}):
            group = self._book.group(group_id)
            waits = any(line.state is ProposalState.PENDING for line in group.lines)
            self._brought(f"group:{group_id}", group_card(group, scene), waits)
        for notice in self._notices.since(scene.now - LOOK_BACK):
            self._told(notice, scene)

    def _brought(self, key: str, card: dict[str, Any], waits: bool) -> None:
        """What does not wait any more is drawn anew where it was shown, and not shown for the first time."""
        if self._shown.get(key) == card:
            return
        channels = self._outbox.channels_of(key)
        for channel in channels or ([self._channel] if waits else ()):
            self._outbox.show(key, channel, card)
        self._shown[key] = card

    def _told(self, notice: ApprovalNotice, scene: Scene) -> None:
        """Once under the card, and to each who can decide by a direct message."""
        key = f"notice:{notice.proposal_id}:{notice.step}:{notice.kind}:{notice.number}"
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
