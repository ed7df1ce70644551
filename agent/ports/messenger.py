"""What the messenger's two ends need from the ledger: deliveries that came, links, and what waits to be sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from agent.domain.chat import Inbound
from agent.domain.messenger import AskedAt, Delivery, DeliveryKind, GivenAnswer, Link


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery as it comes."""

    kind: DeliveryKind
    identities: tuple[str, ...]
    """The names by which it is known again."""
    body: dict[str, Any]
    """What is worth storing of it."""


class Deliveries(Protocol):
    """Serve's inbox."""

    def receive(self, came: Sequence[Arrival]) -> Sequence[int | None]:
        """Store deliveries, before they are acknowledged, all or none; None for one that was seen before under a name."""

    def waiting(self, limit: int = 20) -> Sequence[Delivery]:
        """Oldest first, without those that are put off."""

    def handled(self, delivery_id: int, outcome: str) -> None:
        """Once; a second time does nothing."""

    def put_off(self, delivery_id: int, by: timedelta) -> None: ...

    def ask(self, delivery_id: int | None, person_id: int, conversation_id: str, text: str, at: AskedAt) -> Inbound | None:
        """The delivery becomes a question, with the job that answers it; None when it became one already.

        Raises NotPermitted when the conversation is someone else's.
        """


class Links(Protocol):
    """Whose account is whose; serve alone changes it."""

    def of_account(self, team: str, account: str) -> Link | None:
        """The link that holds, when its person is active."""

    def of_accounts(self, team: str, accounts: Collection[str]) -> Sequence[Link]:
        """As `of_account`, of each that has one."""

    def of_person(self, team: str, person_id: int) -> Link | None: ...

    def make(self, team: str, account: str, email: str) -> Link | None:
        """An unconfirmed link to the one active person with this address; None when there is none, or they have an account."""

    def verified(self, link_id: int) -> None: ...

    def confirm(self, link_id: int) -> None: ...

    def end(self, link_id: int, why: str) -> None: ...


class Ratings(Protocol):
    """Whether answers helped."""

    def rate(self, inbound_id: int, person_id: int, helpful: bool, reason: str | None = None) -> bool:
        """False when there is no such answer."""


class GivenAnswers(Protocol):
    """What was answered in the messenger."""

    def answer(self, inbound_id: int) -> GivenAnswer:
        """Raises RecordMissing."""

    def waits(self, person_id: int, at: AskedAt) -> bool:
        """Whether a question of this person is being answered there."""


class Outbox(Protocol):
    """What is to be shown, stored until it is."""

    def show(self, key: str, channel: str, payload: dict[str, Any], thread_key: str | None = None) -> None:
        """The message of this key in this channel shall look like this: posted at first, changed in its place afterwards."""

    def post(
        self, channel: str, payload: dict[str, Any], *, dedupe: str | None = None, not_before: datetime | None = None
    ) -> None:
        """A message of its own; with `dedupe` at most once ever."""

    def private(self, channel: str, account: str, payload: dict[str, Any], dedupe: str | None = None) -> None:
        """For one account alone."""

    def respond(self, address: str, payload: dict[str, Any], dedupe: str | None = None) -> None:
        """To the address that came with a click or command."""

    def publish_home(self, account: str, view: dict[str, Any]) -> None: ...

    def prompts(self, channel: str, thread_ts: str, payload: dict[str, Any]) -> None:
        """Suggestions beside an empty conversation."""

    def picture(
        self, channel: str, thread_ts: str | None, wanted: dict[str, Any], dedupe: str, asked_by: str | None = None
    ) -> None:
        """One that is drawn when it is sent; at most once ever."""

    def title(self, channel: str, thread_ts: str, title: str) -> None:
        """What a conversation is called in its list. The first one holds."""
