"""What the last scan says, for whoever holds no ERP credential or cannot wait for a new one, and the life of each finding."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from agent.domain.finding_life import Deed, FindingFilter, FindingList, KnownFinding, Published, Standing
from agent.domain.findings import Severity
from agent.domain.records import Link
from agent.domain.risk_list import RiskFilter, RiskList
from agent.domain.scans import ScanResult
from agent.domain.stock import Warehouse


class RiskReading(Protocol):
    """Answers from the last scan. Rows are as the JSON contract has them; each finding in them names its `id` and `state`."""

    def standing(self) -> Standing | None:
        """None before the first scan."""

    def listed(self, wanted: RiskFilter) -> RiskList:
        """The orders at risk, most urgent first, with totals of all that the filter finds.

        Raises RecordMissing where no warehouse is called so, PreconditionFailed before the first scan.
        """

    def at_risk(self, warehouse: str | None, owner: str | None) -> int:
        """How many orders are at risk in this warehouse, because of something this person takes care of. Raises RecordMissing."""

    def order(self, name: str) -> dict[str, Any] | None:
        """None when it is not at risk. Of several with this name, in different companies, the most urgent."""

    def findings(self, wanted: FindingFilter) -> FindingList:
        """Raises RecordMissing where no warehouse, or nobody, is called so."""

    def finding(self, finding_id: int) -> KnownFinding:
        """With its history. Raises RecordMissing."""

    def severities_at(self, moment: datetime, finding_ids: Sequence[int]) -> dict[int, Severity]:
        """How grave these were at that moment (aware); those that were not there, or over, are left out."""


class RiskBoard(RiskReading, Protocol):
    """The worker's: it publishes."""

    def publish(self, scan: ScanResult, url: Link, warehouses: Iterable[Warehouse]) -> Published:
        """Bring the board to what the scan found, writing what differs only, all or nothing; scans take turns.

        Raises PreconditionFailed when a scan with later facts was published meanwhile.
        """


class FindingDesk(RiskReading, Protocol):
    """Serve's: it records what people say of a finding."""

    def say(self, finding_id: int, person_id: int, deed: Deed) -> None:
        """Raises RecordMissing, PreconditionFailed (it is over, a bad time), DecisionRefused (its severity is another by now)."""
