"""Questions and released answers."""

from typing import Annotated, Literal

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


class NamedRow(Contract):
    name: str
    url: str | None


class FoundRow(Contract):
    rule: str | None
    """The kind of finding, where it is one."""
    severity: str | None
    summary: str


class CellRow(Contract):
    text: str
    url: str | None


class ReadRow(Contract):
    """One look-up."""

    tool: str
    looked_at: str
    as_of: Moment | None
    read_anew: bool | None
    """False: from the last scan. None: it is always read anew, or is no reading of the ERP."""
    records: tuple[NamedRow, ...]
    records_in_all: int
    found: tuple[FoundRow, ...]
    not_looked_at: tuple[str, ...]
    error: str | None


class WorkedOutRow(Contract):
    worded_by: str
    """`rules`, or the model's name."""
    policy: str
    """The version whose thresholds judged."""
    reads: tuple[ReadRow, ...]


class ListRow(Contract):
    """Rows of what was looked up, without what is hidden from whoever asked."""

    columns: tuple[str, ...]
    rows: tuple[tuple[CellRow, ...], ...]
    not_shown: int


class PictureRow(Contract):
    kind: Literal["timeline", "ageing"]
    """As `expediter timeline ORDER` and `expediter ageing` draw them."""
    order: str | None


class AnswerRow(Contract):
    answer: str
    degraded: bool
    as_of: Moment
    citations: tuple[CitationRow, ...]
    proposals: tuple[int, ...]
    worked_out: WorkedOutRow | None = None
    """How it came about."""
    table: ListRow | None = None
    """The list that it speaks of, where there is one."""
    picture: PictureRow | None = None
    """What would rather be looked at."""
    dry_run: DryRunRow | None = None
    """Of an answer to a request for one."""
    follow: FollowingRow | None = None
    """Likewise."""
