"""Where it is kept who was reminded of what; whatever brings word to people reads it there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from agent.domain.approval_notices import ApprovalNotice
from agent.domain.decisions import Proposal


class ApprovalNotices(Protocol):
    def of(self, proposal_ids: Sequence[int]) -> list[ApprovalNotice]:
        """Oldest first."""

    def since(self, moment: datetime) -> list[ApprovalNotice]:
        """Noted after this moment (aware), oldest first: what is to be brought to people."""

    def lapsed(self, since: datetime) -> list[Proposal]:
        """Proposals that expired undecided after this moment (aware), and of which nobody was told so."""

    def note(self, notice: ApprovalNotice) -> bool:
        """Once: False when it was noted before. Raises PreconditionFailed when the proposal is not in that state any more."""
