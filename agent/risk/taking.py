"""Snapshots, read from the ERP: a fixed number of reader calls, however many orders there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.findings import FindingKind
from agent.domain.history import History
from agent.domain.purchasing import PurchaseLine, PurchaseOrder
from agent.domain.sales import SaleOrder
from agent.domain.stock import Product, ReorderRule
from agent.guardrails.policy import ThresholdBook, Thresholds
from agent.ports.erp_reader import ErpReader
from agent.risk.gaps import Gaps
from agent.risk.garbage import collector_at_rest
from agent.risk.open_orders import all_open_orders, named_orders
from agent.risk.snapshot import Snapshot

#: Found by looking at price lists, and at minimum stocks.
LISTED = (FindingKind.PRICE_VARIANCE, FindingKind.LEAD_TIME_VARIANCE)
KEPT_IN_STORE = (FindingKind.REORDER_BREACH, FindingKind.DUPLICATE_REPLENISHMENT)

DEBTS, LISTS = "Credit was judged without overdue invoices.", "Vendors' price lists were not looked at."
#: Where nobody says otherwise.
USUAL = ThresholdBook(Thresholds())


@collector_at_rest()
def take_snapshot(
    reader: ErpReader,
    now: datetime,
    names: Sequence[str] | None = None,
    *,
    limits: ThresholdBook = USUAL,
    history: History | None = None,
) -> Snapshot:
    """All open orders, or those named, with everything that can supply their goods or competes for them.

    Of all orders, also what is being bought, kept in store and offered to customers; `limits` say how far back an offer matters.
    `now` is aware. Raises RecordMissing when a named order does not exist or is not open, and what the reader raises.
    """
    gaps = Gaps()
    wanted = all_open_orders(reader) if names is None else named_orders(reader, names)
    trade = _trade(reader, now, limits, gaps, None if names is None else sorted(wanted.products))
    products = {**wanted.products, **_bought_or_kept(reader, wanted.products, trade)}
    levels = reader.stock_levels(sorted(products))
    return Snapshot(
        now=now,
        orders={order.id: order for order in wanted.orders},
        subjects=wanted.subjects,
        lines=wanted.lines,
        products=products,
        warehouses={warehouse.id: warehouse for warehouse in reader.warehouses()},
        levels={(level.product_id, level.warehouse_id): level for level in levels},
        moves=wanted.moves,
        pickings=reader.open_pickings(None if names is None else sorted(wanted.subjects)),
        purchase_lines=trade.purchase_lines,
        customers={customer.id: customer for customer in reader.customers(wanted.customer_ids)},
        overdue_invoices=gaps.read(lambda: reader.overdue_invoices(now, wanted.customer_ids), DEBTS, (FindingKind.CREDIT_HOLD,)),
        vendors={vendor.id: vendor for vendor in reader.vendors(sorted(_vendors_of(trade.purchase_lines, history)))},
        vendor_prices=gaps.read(lambda: reader.vendor_prices(sorted(products)), LISTS, LISTED),
        purchases=trade.purchases,
        reorder_rules=trade.reorder_rules,
        quotations=trade.quotations,
        history=history,
        not_seen=tuple(gaps.sentences),
        unjudged=frozenset(gaps.unjudged),
    )


def take_product_snapshot(reader: ErpReader, now: datetime, product_ids: Sequence[int]) -> Snapshot:
    """Stock and supply of some products, without orders: what `stock_of` needs."""
    levels = reader.stock_levels(product_ids)
    return Snapshot(
        now=now,
        products={product.id: product for product in reader.products(product_ids)},
        warehouses={warehouse.id: warehouse for warehouse in reader.warehouses()},
        levels={(level.product_id, level.warehouse_id): level for level in levels},
        moves=reader.open_moves(product_ids),
        purchase_lines=reader.open_purchase_lines(product_ids),
    )


@dataclass(frozen=True, slots=True)
class _Trade:
    """What is bought, kept in store and offered."""

    purchase_lines: Sequence[PurchaseLine]
    purchases: Sequence[PurchaseOrder] = ()
    reorder_rules: Sequence[ReorderRule] = ()
    quotations: Sequence[SaleOrder] = ()


def _trade(reader: ErpReader, now: datetime, limits: ThresholdBook, gaps: Gaps, products: Sequence[int] | None) -> _Trade:
    """Whole, or only what is bought of these products."""
    lines = reader.open_purchase_lines(products)
    if products is not None:
        return _Trade(lines)
    oldest = now - timedelta(days=limits.longest(["quotation_forgotten_days"]))
    return _Trade(
        purchase_lines=lines,
        purchases=reader.purchases(sorted({line.order_id for line in lines})),
        reorder_rules=gaps.read(reader.reorder_rules, "Minimum stocks were not looked at.", KEPT_IN_STORE),
        quotations=reader.sent_quotations(oldest),
    )


def _vendors_of(lines: Sequence[PurchaseLine], history: History | None) -> set[int]:
    """Those we wait for, and those who delivered lately: the thresholds of both depend on what class they are."""
    return {each.vendor_id for rows in (lines, history.receipts if history else ()) for each in rows}


def _bought_or_kept(reader: ErpReader, known: Mapping[int, Product], trade: _Trade) -> dict[int, Product]:
    """What no customer waits for, but somebody buys or a warehouse wants to have."""
    wanted = {each.product_id for rows in (trade.purchase_lines, trade.reorder_rules) for each in rows}
    more = sorted(wanted - known.keys())
    return {product.id: product for product in reader.products(more)} if more else {}
