"""What the process that sends needs from the ledger: what waits, a note before each try, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from agent.domain.chat import AnswerPart
from agent.domain.messenger import OpenAnswer, Outgoing


@dataclass(frozen=True, slots=True)
class Waiting:
    """One to be sent, and what is known of earlier tries."""

    outgoing: Outgoing
    shown_ts: str | None
    """Of the message whose next version it is."""
    parent_ts: str | None
    """Of the message under which it belongs."""
    tried_at: datetime | None
    may_be_there: bool
    """A try had no answer: it may have arrived."""


class Sending(Protocol):
    """Messages; one process at a time has the turn."""

    def take_turn(self, holder: str) -> bool:
        """Whether `holder` is the one that sends now; asked again and again, it stays so."""

    def waiting(self, limit: int) -> Sequence[Waiting]:
        """The next of each channel, oldest first; versions that nobody needs any more are passed over."""

    def begin(self, outbox_id: int, number: int, holder: str) -> bool:
        """Note a try before it is made; False when another has the turn."""

    def refused(self, outbox_id: int) -> None:
        """Slack said no to the last try, so the message is not there."""

    def put_off(self, outbox_id: int, by: timedelta) -> None: ...

    def sent(self, outbox_id: int, ts: str | None) -> None: ...

    def failed(self, outbox_id: int, why: str, *, unknown: bool = False) -> None:
        """It is not tried again. `unknown`: it may be there all the same."""


class Answering(Protocol):
    """Answers to questions from the messenger."""

    def open_answers(self, limit: int) -> Sequence[OpenAnswer]:
        """Of which something was released that is not shown, or which are begun."""

    def parts(self, inbound_id: int) -> Sequence[AnswerPart]:
        """All that was released."""

    def note(self, answer: OpenAnswer) -> None:
        """How far it is shown now."""

    def missed(self, inbound_id: int) -> None:
        """Count a try that failed."""

    def answered(self, inbound_id: int, outcome: str) -> None: ...


class SharedChannels(Protocol):
    """Channels that another company can read."""

    def begin(self, channel: str) -> int:
        """Note that it is so; the number under which it is known until it ends."""

    def end(self, channel: str) -> None: ...
