"""The same need was ordered twice: without the second purchase or transfer there would still be enough."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.domain.money import Money
from agent.domain.quantity import ROUNDING
from agent.domain.records import Record
from agent.guardrails.policy import Thresholds
from agent.risk.operations import Operations
from agent.risk.pools import ZERO, Pool, PoolKey
from agent.risk.snapshot import grouped
from agent.risk.supply import arrives
from agent.risk.wording import amount, day


@dataclass(frozen=True, slots=True)
class _Order:
    """Something ordered for a warehouse's stock and not come yet."""

    document: Record
    line: Record
    amount: Decimal
    """Not made for one customer's order."""
    ordered_at: datetime
    value: Money | None


def duplicate_replenishment(operations: Operations) -> Iterator[Finding]:
    """One finding for each order for the same product and warehouse as another within the policy's window before it.

    Only when it is not needed: without it open demand is served and the reorder rule's maximum is reached.
    """
    rules = grouped(operations.snapshot.reorder_rules, lambda rule: (rule.product_id, rule.warehouse_id))
    drafts = _drafts(operations)
    for key in sorted(operations.projection.pools.keys() | drafts.keys()):
        pool = operations.projection.pools.get(key)
        orders = sorted([*_coming(operations, pool), *drafts.get(key, ())], key=lambda one: (one.ordered_at, one.line.id))
        if len(orders) > 1:
            target = max((max(rule.maximum.amount, rule.minimum.amount) for rule in rules.get(key, ())), default=ZERO)
            surplus = _left(pool) + sum((one.amount for one in drafts.get(key, ())), ZERO) - target
            yield from _found(operations, key, orders, surplus)


def _left(pool: Pool | None) -> Decimal:
    """Once everything confirmed has come and all open demand is served."""
    if pool is None:
        return ZERO
    coming = sum((left for _, left in pool.supplies), ZERO)
    return pool.free + coming - sum((demand.amount for demand in pool.demands), ZERO)


def _coming(operations: Operations, pool: Pool | None) -> Iterator[_Order]:
    """Confirmed purchases and transfers; several receipts of a purchase line are one."""
    supplies = [(supply, left) for supply, left in (pool.supplies if pool else ()) if supply.move and arrives(supply.move)]
    bought = grouped(supplies, lambda pair: pair[0].purchase.id if pair[0].purchase else None)
    for line_id, pairs in bought.items():
        line = operations.snapshot.purchase_lines_by_id[line_id]
        if line.ordered_at is not None:
            left = sum((amount for _, amount in pairs), ZERO)
            value = line.value.share(left, line.ordered.amount) if line.value else None
            yield _Order(line.record, line.line_record, left, line.ordered_at, value)
    for supply, left in supplies:
        move = supply.move
        picking = operations.snapshot.pickings_by_id.get(move.picking_id) if move and move.picking_id else None
        if move and picking and supply.purchase is None and move.sale_line_id is None:
            yield _Order(picking.record, Record("stock.move", move.id, move.reference), left, picking.created_at, None)


def _drafts(operations: Operations) -> dict[PoolKey, list[_Order]]:
    """Purchases that can still be stopped. A draft's order date is its deadline, so it is never younger than now."""
    found: dict[PoolKey, list[_Order]] = {}
    for line in operations.snapshot.purchase_lines:
        if not line.confirmed and line.outstanding and line.ordered_at and line.warehouse_id and not line.for_sale_line_ids:
            at, value = min(line.ordered_at, operations.now), line.value
            share = value.share(line.outstanding.amount, line.ordered.amount) if value else None
            order = _Order(line.record, line.line_record, line.outstanding.amount, at, share)
            found.setdefault((line.product_id, line.warehouse_id), []).append(order)
    return found


def _found(operations: Operations, key: PoolKey, orders: Sequence[_Order], surplus: Decimal) -> Iterator[Finding]:
    """From the latest back, so that of two orders the second is the one too many, and no surplus is told twice."""
    limits = operations.thresholds(key[1])
    window = timedelta(days=limits.duplicate_window_days)
    for index in range(len(orders) - 1, 0, -1):
        one = orders[index]
        before = [other for other in orders[:index] if other.document != one.document]
        earlier = [other for other in before if other.ordered_at >= one.ordered_at - window]
        if earlier and surplus >= one.amount - ROUNDING:
            surplus -= one.amount
            yield _finding(operations, key, one, earlier[-1], limits)


def _finding(operations: Operations, key: PoolKey, one: _Order, earlier: _Order, limits: Thresholds) -> Finding:
    zone = operations.zone(key[1])
    product = operations.snapshot.products.get(key[0])
    name, unit = (product.name, product.unit) if product else (one.line.name, "units")
    weighty = one.value is not None and one.value.amount >= limits.weighty_order_value
    return Finding(
        kind=FindingKind.DUPLICATE_REPLENISHMENT,
        severity=Severity.MEDIUM if weighty else Severity.LOW,
        subject=one.line,
        since=one.ordered_at,
        summary=f"{one.document.name} brings {amount(one.amount, unit)} of {name} that "
        f"{operations.snapshot.warehouse_name(key[1])} does not need: {earlier.document.name} of {day(earlier.ordered_at, zone)} "
        "and the stock cover all open demand and the reorder rule.",
        evidence=tuple(
            evidence
            for order in (one, earlier)
            for evidence in (
                Evidence(order.line, "quantity to come", amount(order.amount, unit)),
                Evidence(order.document, "date_order", order.ordered_at.isoformat()),
            )
        ),
        at_stake=one.value,
        warehouse_id=key[1],
    )
