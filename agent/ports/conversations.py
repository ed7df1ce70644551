"""What people sent, and what was released to them."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from agent.domain.chat import AnswerPart, Inbound, PartKind, Released


class InboundDesk(Protocol):
    """Serve's part: store what came in and hint the worker, in one transaction."""

    def receive(self, *, kind: str, person_id: int, conversation_id: str, text: str) -> Inbound:
        """Raises NotPermitted when the conversation belongs to someone else."""

    def inbound(self, inbound_id: int) -> Inbound:
        """To answer only whoever asked. Raises RecordMissing."""

    def parts(self, inbound_id: int, after_seq: int = 0) -> Sequence[AnswerPart]: ...

    def follow(self, inbound_id: int, timeout_s: float) -> Iterator[AnswerPart]:
        """Parts as they are released, ending after `final` or `failed`, or when nothing came for `timeout_s`."""


class AnswerDesk(Protocol):
    """The worker's part: read the question, release the answer."""

    def inbound(self, inbound_id: int) -> Inbound:
        """Raises RecordMissing."""

    def asked_before(self, inbound_id: int) -> Sequence[str]:
        """The latest questions of the same conversation before this one, newest first."""

    def release(self, inbound_id: int, kind: PartKind, body: dict[str, Any]) -> None:
        """One part, seen at once."""

    def complete(self, inbound_id: int, parts: Sequence[Released], evidence: dict[str, Any] | None = None) -> None:
        """The rest of an answer in this order, its last part being `final` or `failed`, and with `final` what the audit log keeps
        of it; all or nothing."""

    def unanswered(self, inbound_id: int) -> Inbound | None:
        """None when `final` or `failed` was released: a repeated job stops here. Raises RecordMissing."""
