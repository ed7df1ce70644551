"""The rules. A detector is a pure function of one order's situation; adding one is adding a file and an entry here."""

from collections.abc import Callable, Iterator

from agent.domain.findings import Finding
from agent.risk.detectors.credit_hold import credit_hold
from agent.risk.detectors.no_supply import no_supply
from agent.risk.detectors.picking_stalled import picking_stalled
from agent.risk.detectors.promise_at_risk import promise_at_risk
from agent.risk.detectors.promise_missed import promise_missed
from agent.risk.detectors.receipt_overdue import receipt_overdue
from agent.risk.situation import Situation

Detector = Callable[[Situation], Iterator[Finding]]

DETECTORS: tuple[Detector, ...] = (
    promise_missed,
    promise_at_risk,
    no_supply,
    receipt_overdue,
    picking_stalled,
    credit_hold,
)
