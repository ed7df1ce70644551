"""Who of the ERP's users is which person."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from agent.domain.erp_users import ErpUser, FoundUser, Said


class ErpUsers(Protocol):
    def users_by_email(self, addresses: Sequence[str]) -> Mapping[str, Sequence[ErpUser]]:
        """Address as given → the active internal users who have it, case ignored, as their partner's address or as their login.

        Raises ErpUnavailable, ErpRefused.
        """


class ErpUserBook(Protocol):
    """Raises DatabaseUnavailable."""

    def of(self, person_id: int) -> FoundUser | None:
        """By the address the person has now; None while nobody has looked."""

    def note(self, person_id: int, email: str, user: ErpUser | None, why: str) -> bool:
        """What a look found; False when it is as it was. The worker's alone. `why` is empty with a user."""

    def say(self, found_id: int, person_id: int, said: Said) -> None:
        """Serve's alone. Raises PreconditionFailed when something else was found since, or it was said already."""
