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


@dataclass(frozen=True, slots=True)
class Offer:
    """Nothing is proposed until a person asks for it."""

    kind: OfferKind
    title: str
    action: str
    arguments: Mapping[str, Any]
    """Of the action; of new dates the cause and the day."""
    reason: str
    """As the approver would read it."""


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
