"""The log that cannot be quietly changed."""

from collections.abc import Generator, Sequence
from datetime import datetime
from typing import Any, Protocol

from agent.domain.audit import AuditEntry, ChainCheck, Checkpoint


class AuditLog(Protocol):
    def append(self, kind: str, subject: str, payload: dict[str, Any]) -> None:
        """Add an entry, in the name of whoever asked when it is about a question.

        Proposals, decisions, grants and executions add theirs by trigger, in their own transaction.
        """

    def verify(self, elsewhere: Sequence[Checkpoint] = ()) -> ChainCheck:
        """Recompute the whole chain in constant memory, beside the checkpoints kept with it and those kept `elsewhere`."""

    def checkpoints(self) -> list[Checkpoint]:
        """Oldest first."""

    def about(self, subject: str) -> list[AuditEntry]:
        """Entries of one subject and of what it led to, oldest first."""

    def entries(self, since: datetime | None = None, until: datetime | None = None) -> Generator[AuditEntry, None, None]:
        """In the order of the chain; to be closed by whoever does not read to the end."""
