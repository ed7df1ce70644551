"""Snapshots, read from the ERP: a fixed number of reader calls, however many orders there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.findings import FindingKind
from agent.domain.history import History
from agent.domain.purchasing import PurchaseLine, PurchaseOrder
from agent.domain.sales import SaleOrder
from agent.domain.stock import Picking, Product, ReorderRule
from agent.guardrails.policy import ThresholdBook, Thresholds
from agent.ports.erp_reader import ErpReader
from agent.risk.ahead import Ahead, reading_ahead
from agent.risk.gaps import Gaps
from agent.risk.garbage import collector_at_rest
from agent.risk.open_orders import OpenOrders, all_open_orders, named_orders, open_goods
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
    with reading_ahead() as ahead:
        business = _everything(reader, ahead, now, limits, gaps) if names is None else _concerning(reader, names)
        return _surrounded(business, reader, ahead, now, history, gaps)


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
class _Business:
    """What is sold, moved, bought, kept in store and offered."""

    wanted: OpenOrders
    pickings: Sequence[Picking]
    purchase_lines: Sequence[PurchaseLine]
    purchases: Sequence[PurchaseOrder] = ()
    reorder_rules: Sequence[ReorderRule] = ()
    quotations: Sequence[SaleOrder] = ()


def _concerning(reader: ErpReader, names: Sequence[str]) -> _Business:
    """One after the other: of a few orders each reading brings along what the next would ask for."""
    wanted = named_orders(reader, names)
    lines = reader.open_purchase_lines(sorted(wanted.products))
    return _Business(wanted, reader.open_pickings(sorted(wanted.subjects)), lines)


def _everything(reader: ErpReader, ahead: Ahead, now: datetime, limits: ThresholdBook, gaps: Gaps) -> _Business:
    oldest = now - timedelta(days=limits.longest(["quotation_forgotten_days"]))
    goods, moves = ahead.read(lambda: open_goods(reader)), ahead.read(reader.open_moves)
    pickings, bought = ahead.read(reader.open_pickings), ahead.read(lambda: _bought(reader))
    rules, quotations = ahead.read(reader.reorder_rules), ahead.read(lambda: reader.sent_quotations(oldest))
    lines, purchases = bought()
    return _Business(
        wanted=all_open_orders(reader, goods(), moves()),
        pickings=pickings(),
        purchase_lines=lines,
        purchases=purchases,
        reorder_rules=gaps.read(rules, "Minimum stocks were not looked at.", KEPT_IN_STORE),
        quotations=quotations(),
    )


def _bought(reader: ErpReader) -> tuple[Sequence[PurchaseLine], Sequence[PurchaseOrder]]:
    lines = reader.open_purchase_lines()
    return lines, reader.purchases(sorted({line.order_id for line in lines}))


def _surrounded(
    business: _Business, reader: ErpReader, ahead: Ahead, now: datetime, history: History | None, gaps: Gaps
) -> Snapshot:
    """With the stock, the prices and the partners of all that."""
    wanted = business.wanted
    products = {**wanted.products, **_bought_or_kept(reader, business)}
    levels = ahead.read(lambda: reader.stock_levels(sorted(products)))
    customers = ahead.read(lambda: reader.customers(wanted.customer_ids))
    overdue = ahead.read(lambda: reader.overdue_invoices(now, wanted.customer_ids))
    vendors = ahead.read(lambda: reader.vendors(sorted(_vendors_of(business.purchase_lines, history))))
    prices, warehouses = ahead.read(lambda: reader.vendor_prices(sorted(products))), ahead.read(reader.warehouses)
    return Snapshot(
        now=now,
        orders={order.id: order for order in wanted.orders},
        subjects=wanted.subjects,
        lines=wanted.lines,
        products=products,
        warehouses={warehouse.id: warehouse for warehouse in warehouses()},
        levels={(level.product_id, level.warehouse_id): level for level in levels()},
        moves=wanted.moves,
        pickings=business.pickings,
        purchase_lines=business.purchase_lines,
        customers={customer.id: customer for customer in customers()},
        overdue_invoices=gaps.read(overdue, DEBTS, (FindingKind.CREDIT_HOLD,)),
        vendors={vendor.id: vendor for vendor in vendors()},
        vendor_prices=gaps.read(prices, LISTS, LISTED),
        purchases=business.purchases,
        reorder_rules=business.reorder_rules,
        quotations=business.quotations,
        history=history,
        not_seen=tuple(gaps.sentences),
        unjudged=frozenset(gaps.unjudged),
    )


def _vendors_of(lines: Sequence[PurchaseLine], history: History | None) -> set[int]:
    """Those we wait for, and those who delivered lately: the thresholds of both depend on what class they are."""
    return {each.vendor_id for rows in (lines, history.receipts if history else ()) for each in rows}


def _bought_or_kept(reader: ErpReader, business: _Business) -> dict[int, Product]:
    """What no customer waits for, but somebody buys or a warehouse wants to have."""
    wanted = {each.product_id for rows in (business.purchase_lines, business.reorder_rules) for each in rows}
    more = sorted(wanted - business.wanted.products.keys())
    return {product.id: product for product in reader.products(more)} if more else {}
