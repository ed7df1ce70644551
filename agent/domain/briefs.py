"""What changed since somebody last looked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.domain.finding_life import KnownFinding, Standing
from agent.domain.findings import Severity


class Change(StrEnum):
    """In the order in which they are read."""

    NEW = "new"
    """Found, or found again, since then."""
    WORSE = "worse"
    BETTER = "better"
    GONE = "gone"
    """No scan finds it any more."""


@dataclass(frozen=True, slots=True)
class BriefLine:
    """What became of one finding, all in all: what came and went in between is no line."""

    finding: KnownFinding
    change: Change
    before: Severity | None
    """How grave it was then; None when it was not there."""


@dataclass(frozen=True, slots=True)
class Brief:
    since: datetime
    standing: Standing
    at_risk: int
    """Orders at risk that the filter leaves; of all of them where it names nothing."""
    lines: tuple[BriefLine, ...]
    """By change, then gravest first, of these what is at stake most."""
    counts: Mapping[Change, int]
