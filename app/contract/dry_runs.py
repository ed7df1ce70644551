"""What the executor would check and send now."""

from agent.domain.decisions import Proposal
from agent.domain.dry_runs import DryRun
from app.contract.model import Contract


class CheckRow(Contract):
    what: str
    holds: bool
    said: str


class DryRunRow(Contract):
    label: str
    title: str
    would_be_sent: bool
    checks: tuple[CheckRow, ...]
    """In the executor's order."""
    sends: tuple[str, ...]
    """Calls of the writer, in words; none of them was made."""

    @classmethod
    def of(cls, proposal: Proposal, run: DryRun) -> "DryRunRow":
        return cls(
            label=proposal.label,
            title=proposal.content.preview.title,
            would_be_sent=run.would_be_sent,
            checks=tuple(CheckRow(what=check.what, holds=check.holds, said=check.said) for check in run.checks),
            sends=run.sends,
        )
