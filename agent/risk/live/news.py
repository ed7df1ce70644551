"""What was written into the ERP since it was last asked for, each change once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.changes import Change
from agent.ports.erp_changes import ErpChanges

#: The ERP tells seconds: the second in which somebody asks may bring another change of the same record.
SAME_SECOND = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Bulletin:
    asked_at: datetime
    """By the ERP's clock."""
    changes: frozenset[Change]
    fresh: tuple[Change, ...]
    """Those that were not told before."""


class News:
    """Asks for more than the time since it last asked, by `overlap`, and leaves out what was read before.

    A change is dated by the start of its transaction: what a long one wrote would be overlooked otherwise.
    """

    def __init__(self, changes: ErpChanges, overlap: timedelta) -> None:
        self._changes = changes
        self._overlap = overlap
        self._asked_at: datetime | None = None
        self._told: frozenset[Change] = frozenset()

    def ask(self) -> Bulletin | None:
        """None where the ERP cannot tell. Nothing counts as told before `told` is called, so a failed scan loses nothing."""
        asked_at = self._changes.erp_time()
        found = self._changes.changes((self._asked_at or asked_at) - self._overlap)
        if found is None:
            return None
        changes = frozenset(found)
        return Bulletin(asked_at, changes, tuple(sorted(changes - self._told, key=lambda change: (change.noun, change.id))))

    def told(self, bulletin: Bulletin) -> None:
        """What it says was read, or is going to be read, after it was asked for."""
        self._asked_at = bulletin.asked_at
        settled = bulletin.asked_at - SAME_SECOND
        self._told = frozenset(change for change in bulletin.changes if change.written_at < settled)
