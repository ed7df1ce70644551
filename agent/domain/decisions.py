"""Who asked, what exactly, who decided, and what came of it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from agent.domain.records import Record


class Role(StrEnum):
    OPS_AGENT = "ops_agent"
    WAREHOUSE_LEAD = "warehouse_lead"
    BUYER = "buyer"
    PURCHASING_MANAGER = "purchasing_manager"
    SALES_MANAGER = "sales_manager"
    FINANCE = "finance"
    OPS_MANAGER = "ops_manager"
    AUDITOR = "auditor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who can be named in the audit log."""

    id: int
    handle: str
    """Short and unique, as typed: `maria`."""
    name: str
    email: str
    roles: frozenset[Role]
    demo: bool = False


class Change(BaseModel):
    """One field as it is and as it would be, in words for a person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    before: str
    after: str


class Preview(BaseModel):
    """What an approver is shown; every surface renders exactly this."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    changes: tuple[Change, ...]
    consequence: str
    """One sentence: who is affected and how."""
    undo: str
    """How it is undone, or the word `irreversible`."""


class Subject(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    id: int
    name: str

    @property
    def record(self) -> Record:
        return Record(self.model, self.id, self.name)


class ProposalContent(BaseModel):
    """All that an approval covers. Values are JSON: decimals and dates as strings, so that the bytes are the same everywhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: str
    subject: Subject
    arguments: dict[str, Any]
    before: dict[str, Any]
    """Every value of the ERP that the change replaces or the preview shows."""
    facts: dict[str, Any]
    """What the policy decides on, read from the ERP and never from the model."""
    preview: Preview
    touches: tuple[str, ...] = ()
    """What beside the subject must stay as it is while this is carried out, as `touched` names it."""

    def canonical(self) -> str:
        """The text that is stored and hashed: JSON, sorted keys, no white space, UTF-8."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def sha256(self) -> str:
        return hashlib.sha256(self.canonical().encode()).hexdigest()


class ProposalState(StrEnum):
    """Never stored: a view over decisions, grants and executions."""

    PENDING = "pending"
    GRANTED = "granted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    EXECUTING = "executing"
    DONE = "done"
    FAILED = "failed"
    REFUSED_STALE = "refused_stale"
    UNCERTAIN = "uncertain"


class Verdict(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Decision:
    """One person's verdict on one step of one proposal, for the hash that was shown."""

    proposal_id: int
    step: int
    """From 0."""
    person: Person
    verdict: Verdict
    reason: str
    sha256: str
    policy_version: str
    rule: str
    decided_at: datetime
    second_factor: bool = False
    """A code from this person's authenticator was checked with it."""
    on_behalf_of: Person | None = None
    """The absent person with whose roles it was taken; None: with one's own."""

    @property
    def authority(self) -> Person:
        """Whose roles count."""
        return self.on_behalf_of or self.person

    @property
    def people(self) -> tuple[Person, ...]:
        """Whoever has decided by it, and cannot again."""
        return (self.person, self.on_behalf_of) if self.on_behalf_of else (self.person,)


@dataclass(frozen=True, slots=True)
class Ballot:
    """A verdict on one proposal as it goes to the ledger: for which step, under which rule, and what it would grant."""

    proposal_id: int
    sha256: str
    """Of what was shown."""
    step: int
    earlier: int
    """How many decisions were seen; one that came meanwhile may have been for the same step."""
    policy_version: str
    rule: str
    grant_until: datetime | None
    """Set when this is the last approval that was missing."""
    second_factor: bool = False
    """The rule wants a code with an approval."""
    for_person_id: int | None = None
    """The absent person whose roles make it count."""


@dataclass(frozen=True, slots=True)
class Comment:
    person: str
    """The handle."""
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a recommendation came from."""

    origin: str
    """`model` or `rules`."""
    model: str | None = None
    prompt_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """An exact change that waits, or waited, for approval."""

    id: int
    content: ProposalContent
    sha256: str
    asker: Person
    rationale: str
    provenance: Provenance
    inverse_of: int | None
    created_at: datetime
    expires_at: datetime
    state: ProposalState
    decisions: tuple[Decision, ...] = ()
    outcome_detail: str | None = None
    """What the executor said: what it verified, or why it refused."""
    authors: tuple[Person, ...] = ()
    """Who shaped it beside the asker: askers and editors of what it replaces. None of them may decide on it."""
    supersedes: int | None = None
    """What it was edited from."""
    group_id: int | None = None
    """The group it is a line of."""
    comments: tuple[Comment, ...] = ()

    @property
    def label(self) -> str:
        return f"P{self.id}"

    @property
    def author_ids(self) -> frozenset[int]:
        """The asker's among them."""
        return frozenset({self.asker.id, *(author.id for author in self.authors)})


@dataclass(frozen=True, slots=True)
class ProposalGroup:
    """Proposals with one cause, decided on together or line by line."""

    id: int
    title: str
    asker: Person
    created_at: datetime
    proposals: tuple[Proposal, ...]
    """In the order they were made; an edited line also as it was."""

    @property
    def label(self) -> str:
        return f"G{self.id}"

    @property
    def lines(self) -> tuple[Proposal, ...]:
        """Without those that an edited one replaced."""
        return tuple(line for line in self.proposals if line.state is not ProposalState.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Grant:
    """The approvals of one hash, added up: the only thing the executor acts on."""

    id: int
    proposal_id: int
    sha256: str
    policy_version: str
    granted_at: datetime
    expires_at: datetime


class Outcome(StrEnum):
    """How an execution ended."""

    DONE = "done"
    FAILED = "failed"
    REFUSED_STALE = "refused_stale"
    UNCERTAIN = "uncertain"


ALL_ACTIONS = "*"


@dataclass(frozen=True, slots=True)
class ExecutionLimit:
    """How many executions of an action may begin in an hour."""

    action: str
    """Its name, or `ALL_ACTIONS` for all of them together."""
    per_hour: int
    """0 stops it."""
    by: str
    """The handle of whoever said so."""
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One earlier try of an execution that has no outcome yet: the process died or the answer was lost."""

    number: int
    age: timedelta
    """Since it was sent or, if it was not, begun; by the clock of the ledger alone, because two clocks may differ."""
    sent: bool
    """The write was about to be sent; whether it arrived must be looked up."""
