"""Open demand with neither stock nor a confirmed supply."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.domain.purchasing import PurchaseLine
from agent.domain.quantity import ROUNDING
from agent.domain.records import Record
from agent.domain.stock import Move
from agent.risk.projection import LineOutlook
from agent.risk.situation import Situation, line_evidence
from agent.risk.snapshot import grouped
from agent.risk.wording import amount, listed


def no_supply(situation: Situation) -> Iterator[Finding]:
    """One finding for each product of the order, or part of a kit, that some quantity is missing of."""
    short = [line for line in situation.goods if line.unsupplied > ROUNDING]
    for product_id, lines in grouped(short, lambda line: line.product_id).items():
        yield _finding(situation, product_id, lines)


def _finding(situation: Situation, product_id: int, lines: Sequence[LineOutlook]) -> Finding:
    order, first = situation.order, lines[0]
    product = Record("product.product", product_id, situation.product_name(first))
    missing = sum((line.unsupplied for line in lines), Decimal(0))
    drafts, empty = _drafts(situation, lines), _empty(situation, first)
    return Finding(
        kind=FindingKind.NO_SUPPLY,
        severity=_severity(situation),
        order=order.record,
        subject=product,
        since=order.ordered_at,
        summary=f"{amount(missing, first.unit)} of {product.name}{_part_of(lines)} for {order.name} ({order.customer_name}) "
        f"are neither free at {situation.snapshot.warehouse_name(first.warehouse_id)} nor coming in{_announced(drafts, empty)}.",
        warehouse_id=situation.order.warehouse_id,
        evidence=(
            *(evidence for line in lines for evidence in line_evidence(line)),
            *_stock_evidence(situation, product, first),
            *(Evidence(line.record, "state", line.order_state) for line in drafts),
            *(Evidence(Record("stock.move", move.id, move.reference), "state", move.state) for move in empty),
        ),
    )


def _severity(situation: Situation) -> Severity:
    if situation.order.promise_date is not None and situation.order.promise_date < situation.now:
        return Severity.CRITICAL
    return Severity.HIGH if situation.promised_within_horizon() else Severity.MEDIUM


def _part_of(lines: Sequence[LineOutlook]) -> str:
    kits = sorted({line.line.product_name for line in lines if line.product_id != line.line.product_id})
    return f" (part of {listed(kits)})" if kits else ""


def _drafts(situation: Situation, lines: Sequence[LineOutlook]) -> list[PurchaseLine]:
    """Purchases that would bring it if somebody confirmed them: made for these lines, or for the product in our company."""
    own = {peg.supply.purchase.id: peg.supply.purchase for line in lines for peg in line.allocation.pegs if peg.supply.purchase}
    general = situation.snapshot.purchase_lines_by_product.get(lines[0].product_id, ())
    ours = [line for line in general if not line.for_sale_line_ids and _same_company(situation, line, lines[0])]
    found = {**own, **{line.id: line for line in ours}}
    return [line for line in found.values() if not line.confirmed]


def _same_company(situation: Situation, purchase: PurchaseLine, line: LineOutlook) -> bool:
    """What is bought for a warehouse of another company is not ours; where nobody knows it is."""
    companies = [situation.snapshot.warehouses.get(key) for key in (purchase.warehouse_id, line.warehouse_id) if key is not None]
    return len({warehouse.company_id for warehouse in companies if warehouse}) < 2


def _empty(situation: Situation, line: LineOutlook) -> list[Move]:
    """Transfers into the line's warehouse that have nothing to bring yet."""
    coming = situation.projection.empty.get((line.product_id, line.warehouse_id or 0), ())
    return [supply.move for supply in coming if supply.move]


def _announced(drafts: Sequence[PurchaseLine], empty: Sequence[Move]) -> str:
    unconfirmed = sorted({line.order_name for line in drafts})
    waiting = sorted({move.reference for move in empty})
    said = [f"{listed(unconfirmed)} for it {'is' if len(unconfirmed) == 1 else 'are'} not confirmed"] if unconfirmed else []
    if waiting:
        said.append(f"{listed(waiting)} {'waits' if len(waiting) == 1 else 'wait'} for stock that the sending warehouse lacks")
    return f" ({'; '.join(said)})" if said else ""


def _stock_evidence(situation: Situation, product: Record, line: LineOutlook) -> Iterator[Evidence]:
    level = situation.snapshot.levels.get((product.id, line.warehouse_id or 0))
    unit = line.unit
    yield Evidence(product, "qty_available", str(level.on_hand) if level else f"0 {unit}")
    yield Evidence(product, "free_qty", str(level.free) if level else f"0 {unit}")
