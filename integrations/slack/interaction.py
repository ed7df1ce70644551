"""A click or a submitted modal, and what is to be shown in return. A click is no authority: it names what was on screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from agent.domain.absences import StandIn
from agent.domain.decisions import Person, Proposal, ProposalGroup, Verdict
from agent.guardrails.policy import Policy

Payload = dict[str, Any]
"""JSON as Slack wants it, without channel and time stamp."""


class Kind(StrEnum):
    BLOCK_ACTIONS = "block_actions"
    VIEW_SUBMISSION = "view_submission"
    VIEW_CLOSED = "view_closed"


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happened; all empty in a modal and in the Home."""

    channel: str | None = None
    message_ts: str | None = None
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class Interaction:
    """Parsed and bounded, from a person whose Slack account is linked."""

    kind: Kind
    user: str
    """Slack's id of who clicked."""
    place: Place
    action: str
    """The action's id; of a modal its callback id."""
    block: str = ""
    value: str = ""
    """Of the button, or of the option that was chosen."""
    values: Mapping[str, str | None] = field(default_factory=dict)
    """What inputs hold, by action id, as text."""
    blocks_of: Mapping[str, str] = field(default_factory=dict)
    """Block id of each of these inputs, to say beside it what is wrong."""
    private_metadata: str = ""
    all_may_see: bool = False
    """Everybody where it was clicked may see what whoever clicked may; asked only for what is answered there anew."""
    zone: str = ""
    """The time zone in the profile of whoever clicked; asked only where hours of the day are to be chosen."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a click leads to. Each one leads to something that whoever clicked can see."""

    private: str | None = None
    """mrkdwn for whoever clicked alone; names and texts in it are escaped."""
    private_blocks: Sequence[Payload] = ()
    open_view: Payload | None = None
    """A modal, opened with the click's trigger; on top of the one in which it was clicked."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """Block id → sentence; the modal stays open."""
    update_view: Payload | None = None
    """What the submitted modal becomes."""
    replace: Payload | None = None
    """What the message becomes on which it was clicked, seen by whoever clicked alone."""
    redraw: Sequence[int] = ()
    """Proposals whose cards no longer show how they stand."""
    redraw_groups: Sequence[int] = ()
    redraw_home: Person | None = None
    """Whose Home no longer shows how things stand."""


@dataclass(frozen=True, slots=True)
class GroupResult:
    decided: tuple[str, ...]
    """Labels, like `P12`."""
    not_decided: tuple[tuple[str, str], ...]
    """Label and why."""


class Deeds(Protocol):
    """What a click may do, with the rules and checks of the API. All raise ExpediterErrors, whose sentence is shown privately."""

    def policy(self) -> Policy:
        """In force now."""

    def now(self) -> datetime: ...

    def proposal(self, proposal_id: int) -> Proposal:
        """Raises RecordMissing."""

    def group(self, group_id: int) -> ProposalGroup:
        """Raises RecordMissing."""

    def decide(
        self, person: Person, proposal_id: int, sha256: str, verdict: Verdict, reason: str = "", code: str | None = None
    ) -> bool:
        """Whether it was the last approval that was missing."""

    def decide_group(
        self,
        person: Person,
        group_id: int,
        lines: Mapping[int, str],
        verdict: Verdict,
        reason: str = "",
        code: str | None = None,
    ) -> GroupResult:
        """`lines`: proposal id → the hash that was shown."""

    def edit(self, person: Person, proposal_id: int, sha256: str, changes: Mapping[str, Any], reason: str) -> None:
        """Have it made anew with other values."""

    def comment(self, person: Person, proposal_id: int, text: str) -> None: ...

    def withdraw(self, person: Person, proposal_id: int, reason: str) -> None: ...

    def ask(self, person: Person, text: str, place: Place) -> None:
        """A question, answered in that thread."""

    def people(self) -> Sequence[Person]: ...

    def standing(self) -> Sequence[StandIn]:
        """Who stands in for whom now."""

    def waiting(self) -> Sequence[Proposal]:
        """Proposals that wait for approval."""

    def slack_user(self, person_id: int) -> str | None:
        """Their confirmed Slack account."""
