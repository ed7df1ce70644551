"""Who a person is in the ERP."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ErpUser:
    """An active internal user."""

    id: int
    login: str
    name: str


class Said(StrEnum):
    """What a person says of the user found for them."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    UNLINKED = "unlinked"


@dataclass(frozen=True, slots=True)
class FoundUser:
    """What the last look in the ERP found by a person's mail address."""

    id: int
    user: ErpUser | None
    why: str
    """Why there is none; a sentence."""
    said: Said | None = None

    @property
    def linked(self) -> ErpUser | None:
        """Who the person is, by their own word."""
        return self.user if self.said is Said.CONFIRMED else None
