"""Questions and released answers."""

from typing import Annotated

from pydantic import StringConstraints

from app.contract.dry_runs import DryRunRow
from app.contract.mail import FollowingRow
from app.contract.model import STORABLE, Contract, Moment

LONGEST_QUESTION = 4_000
CONVERSATION = r"^[A-Za-z0-9._:-]{1,80}$"


class ChatRequest(Contract):
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_QUESTION), STORABLE]
    conversation_id: Annotated[str, StringConstraints(pattern=CONVERSATION)] | None = None
    """None begins a new conversation."""


class ReceivedRow(Contract):
    inbound_id: int
    conversation_id: str


class CitationRow(Contract):
    source: str
    detail: str
    url: str | None


class AnswerRow(Contract):
    answer: str
    degraded: bool
    as_of: Moment
    citations: tuple[CitationRow, ...]
    proposals: tuple[int, ...]
    dry_run: DryRunRow | None = None
    """Of an answer to a request for one."""
    follow: FollowingRow | None = None
    """Likewise."""
