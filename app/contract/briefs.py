"""What changed since somebody last looked."""

from collections.abc import Mapping

from agent.domain.briefs import Brief, Change
from agent.domain.findings import Severity
from app.contract.findings import KnownFindingRow
from app.contract.model import Contract, Moment


class BriefLineRow(Contract):
    change: Change
    before: Severity | None
    """How grave it was then; None when it was not there."""
    finding: KnownFindingRow


class BriefRow(Contract):
    since: Moment
    as_of: Moment
    open_orders: int
    at_risk: int
    """Of the warehouse and the owner that were asked about."""
    counts: Mapping[Change, int]
    lines: tuple[BriefLineRow, ...]

    @classmethod
    def of(cls, brief: Brief) -> "BriefRow":
        return cls(
            since=brief.since,
            as_of=brief.standing.as_of,
            open_orders=brief.standing.open_orders,
            at_risk=brief.at_risk,
            counts=brief.counts,
            lines=tuple(
                BriefLineRow(change=line.change, before=line.before, finding=KnownFindingRow.of(line.finding))
                for line in brief.lines
            ),
        )
