"""What follows from a mail: what it endangers, and what a person may have proposed because of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from agent.domain.impact import ImpactedOrder


class OfferKind(StrEnum):
    CHANGE = "change"
    """One proposal, of `action`."""
    NEW_DATES = "new_dates"
    """A group of proposals: new promise dates for what is endangered."""
    CUSTOMER_UPDATES = "customer_updates"
    """A group of proposals: a message to each customer whose promise breaks."""


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """What a customer would be told, as it would be proposed."""

    customer: str
    to: tuple[str, ...]
    """Names and addresses."""
    orders: tuple[str, ...]
    template: str
    """The approved one that the words come from, with its version."""
    text: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Nothing is proposed until a person asks for it."""

    kind: OfferKind
    title: str
    action: str
    arguments: Mapping[str, Any]
    """Of the action; of new dates the cause and the day, of customer updates the mail."""
    reason: str
    """As the approver would read it."""
    drafts: tuple[CustomerDraft, ...] = ()
    """Of customer updates."""


@dataclass(frozen=True, slots=True)
class Following:
    said: str
    """In one sentence."""
    new_date: date | None
    """That the mail names."""
    orders: tuple[ImpactedOrder, ...]
    """Customer orders that wait for what the mail is about, those whose promise breaks first."""
    offers: tuple[Offer, ...]
    left_out: tuple[str, ...]
    """Why something is not offered, a sentence each."""
