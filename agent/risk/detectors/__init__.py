"""The rules. A detector is a pure function; adding one is adding a file and an entry here.

Those of `ORDER_DETECTORS` look at one order's own situation; those of `OPERATIONS_DETECTORS` at everything that was read, for
troubles that several orders, or none, wait because of. `HISTORY_DETECTORS` are like these and need the past as well.
"""

from collections.abc import Callable, Iterator

from agent.domain.findings import Finding
from agent.risk.detectors.adjustment_out_of_tolerance import adjustment_out_of_tolerance
from agent.risk.detectors.allocation_conflict import allocation_conflict
from agent.risk.detectors.approval_overdue import approval_overdue
from agent.risk.detectors.backorder_waiting import backorder_waiting
from agent.risk.detectors.carrier_delay import carrier_delay
from agent.risk.detectors.credit_hold import credit_hold
from agent.risk.detectors.damage_cluster import damage_cluster
from agent.risk.detectors.duplicate_replenishment import duplicate_replenishment
from agent.risk.detectors.integration_errors import integration_errors
from agent.risk.detectors.invoice_mismatch import invoice_mismatch
from agent.risk.detectors.lead_time_variance import lead_time_variance
from agent.risk.detectors.margin_exception import margin_exception
from agent.risk.detectors.no_supply import no_supply
from agent.risk.detectors.order_stale import order_stale
from agent.risk.detectors.picking_stalled import picking_stalled
from agent.risk.detectors.price_variance import price_variance
from agent.risk.detectors.promise_at_risk import promise_at_risk
from agent.risk.detectors.promise_missed import promise_missed
from agent.risk.detectors.purchase_approval_stalled import purchase_approval_stalled
from agent.risk.detectors.purchase_unconfirmed import purchase_unconfirmed
from agent.risk.detectors.quality_failed import quality_failed
from agent.risk.detectors.quotation_stale import quotation_stale
from agent.risk.detectors.receipt_overdue import receipt_overdue
from agent.risk.detectors.receipt_short import receipt_short
from agent.risk.detectors.reorder_breach import reorder_breach
from agent.risk.detectors.shipped_not_invoiced import shipped_not_invoiced
from agent.risk.detectors.transfer_overdue import transfer_overdue
from agent.risk.detectors.vendor_delay_trend import vendor_delay_trend
from agent.risk.detectors.vendor_short_trend import vendor_short_trend
from agent.risk.detectors.zone_bottleneck import zone_bottleneck
from agent.risk.operations import Operations
from agent.risk.situation import Situation

OrderDetector = Callable[[Situation], Iterator[Finding]]
OperationsDetector = Callable[[Operations], Iterator[Finding]]

ORDER_DETECTORS: tuple[OrderDetector, ...] = (
    promise_missed,
    promise_at_risk,
    no_supply,
    allocation_conflict,
    picking_stalled,
    backorder_waiting,
    order_stale,
    margin_exception,
)

OPERATIONS_DETECTORS: tuple[OperationsDetector, ...] = (
    receipt_overdue,
    transfer_overdue,
    credit_hold,
    purchase_unconfirmed,
    purchase_approval_stalled,
    price_variance,
    lead_time_variance,
    quotation_stale,
    carrier_delay,
    reorder_breach,
    duplicate_replenishment,
    approval_overdue,
    integration_errors,
)

#: Say nothing without `Snapshot.history`.
HISTORY_DETECTORS: tuple[OperationsDetector, ...] = (
    receipt_short,
    vendor_short_trend,
    vendor_delay_trend,
    invoice_mismatch,
    zone_bottleneck,
    adjustment_out_of_tolerance,
    damage_cluster,
    quality_failed,
    shipped_not_invoiced,
)
