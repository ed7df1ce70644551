"""A warehouse has less of a product than it wants to keep, and what is coming in time does not make up for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.domain.purchasing import PurchaseLine
from agent.domain.quantity import ROUNDING
from agent.domain.stock import Product, ReorderRule
from agent.risk.operations import Operations
from agent.risk.pools import ZERO
from agent.risk.wording import amount, listed


@dataclass(frozen=True, slots=True)
class _Position:
    """Of one product in one warehouse; reserved goods and make-to-order supply belong to those they are for."""

    free: Decimal
    coming: Decimal
    """Within the lead time."""
    wanted: Decimal
    """By open demand; what is needed after the lead time counts as far as nothing comes for it by then."""

    since: datetime | None
    """When the last of that demand was ordered; None without any."""

    @property
    def left(self) -> Decimal:
        return self.free + self.coming - self.wanted


def reorder_breach(operations: Operations) -> Iterator[Finding]:
    """One finding for each rule whose minimum is not held; a product whose stock was not read is not judged."""
    for rule in operations.snapshot.reorder_rules:
        product = operations.snapshot.products.get(rule.product_id)
        if product is None or not product.storable or product.kit:
            continue
        position = _position(operations, rule)
        if position.left < rule.minimum.amount - ROUNDING:
            yield _finding(operations, rule, product, position)


def _position(operations: Operations, rule: ReorderRule) -> _Position:
    pool = operations.projection.pools.get((rule.product_id, rule.warehouse_id))
    if pool is None:
        return _Position(ZERO, ZERO, ZERO, None)
    end = operations.now + timedelta(days=rule.lead_days)
    coming = sum((left for supply, left in pool.supplies if supply.expected and supply.expected <= end), ZERO)
    after = sum((left for _, left in pool.supplies), ZERO) - coming
    wanted = sum((demand.amount for demand in pool.demands if demand.need_by <= end), ZERO)
    later = sum((demand.amount for demand in pool.demands), ZERO) - wanted
    since = max((demand.ordered_at for demand in pool.demands if demand.ordered_at <= operations.now), default=None)
    return _Position(pool.free, coming, wanted + max(later - after, ZERO), since)


def _finding(operations: Operations, rule: ReorderRule, product: Product, position: _Position) -> Finding:
    unit, drafts = rule.minimum.unit, _drafts(operations, rule)
    pending = f"; {listed([f'{line.order_name} for {line.outstanding}' for line in drafts])} not confirmed" if drafts else ""
    return Finding(
        kind=FindingKind.REORDER_BREACH,
        severity=Severity.MEDIUM if position.left < -ROUNDING else Severity.LOW,
        subject=rule.record,
        since=position.since or operations.now,
        summary=f"{operations.snapshot.warehouse_name(rule.warehouse_id)} wants to keep {rule.minimum} of {product.name} and "
        f"comes to {amount(position.left, unit)}: {amount(position.free, unit)} free, {amount(position.coming, unit)} coming "
        f"within {rule.lead_days} days, {amount(position.wanted, unit)} wanted{pending}.",
        evidence=(
            Evidence(rule.record, "product_min_qty", str(rule.minimum)),
            Evidence(product.record, "free_qty", amount(position.free, unit)),
            Evidence(product.record, "incoming within the lead time", amount(position.coming, unit)),
            Evidence(product.record, "open demand without reservation", amount(position.wanted, unit)),
            *(Evidence(line.record, "state", line.order_state) for line in drafts),
        ),
        warehouse_id=rule.warehouse_id,
    )


def _drafts(operations: Operations, rule: ReorderRule) -> list[PurchaseLine]:
    lines = operations.snapshot.purchase_lines_by_product.get(rule.product_id, ())
    return [line for line in lines if not line.confirmed and line.warehouse_id in (None, rule.warehouse_id)]
