"""Who may ask and decide."""

from typing import Protocol

from agent.domain.decisions import Person


class People(Protocol):
    def by_token(self, token: str) -> Person | None:
        """The active person whose unexpired, unrevoked token this is. Only serve's database role can look."""

    def by_handle(self, handle: str) -> Person:
        """Raises RecordMissing."""

    def by_id(self, person_id: int) -> Person:
        """Raises RecordMissing."""

    def all(self) -> list[Person]: ...
