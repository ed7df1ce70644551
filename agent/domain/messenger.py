"""The messenger where people chat and click: what it delivered, whose account is whose, what is to be shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from agent.domain.decisions import Person


class DeliveryKind(StrEnum):
    EVENT = "event"
    COMMAND = "command"
    CLICK = "click"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was stored before it was acknowledged, and is not worked on yet."""

    id: int
    kind: DeliveryKind
    body: dict[str, Any]
    received_at: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class Link:
    """An account that is a person's."""

    id: int
    team: str
    account: str
    person: Person
    email: str
    verified_at: datetime
    confirmed: bool
    """They said themselves that it is them; before that it proves nothing."""


@dataclass(frozen=True, slots=True)
class AskedAt:
    """Where a question was put, so that its answer is shown there."""

    team: str
    account: str
    channel: str
    thread_ts: str
    private: bool = False
    """Others there may not see what whoever asked may."""


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """A question that was put in the messenger, and what was answered."""

    inbound_id: int
    person_id: int
    """Who asked."""
    question: str
    at: AskedAt
    final: dict[str, Any] | None
    """The whole answer; None: it was refused, or is not there yet."""


class SendMethod(StrEnum):
    """What can be done with a payload."""

    MESSAGE = "message"
    """Posted; with a key shown in place of its earlier version."""
    PRIVATE = "private"
    """Shown to one account alone, in a channel."""
    HOME = "home"
    RESPOND = "respond"
    """Sent to the address that came with a click or a command."""
    PROMPTS = "prompts"
    TITLE = "title"
    PICTURE = "picture"
    """Drawn when it is sent."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Waits to be sent."""

    id: int
    method: SendMethod
    key: str | None
    channel: str
    thread_key: str | None
    payload: dict[str, Any]
    sha256: str
    tries: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """An answer that is not shown whole yet."""

    inbound_id: int
    at: AskedAt
    ts: str | None
    streaming: bool
    shown_seq: int
    tries: int
