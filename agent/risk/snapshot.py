"""The open orders with the demand and supply of their products, as they stood at one moment.

Reading takes a fixed number of reader calls, however many orders there are.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar

from agent.domain.affairs import Affairs
from agent.domain.findings import FindingKind
from agent.domain.history import History
from agent.domain.order_numbers import all_spellings, no_such_order, spellings
from agent.domain.purchasing import PurchaseLine, PurchaseOrder, Vendor, VendorPrice
from agent.domain.sales import Customer, OverdueInvoice, SaleOrder, SaleOrderLine
from agent.domain.stock import Move, Picking, Product, ReorderRule, StockLevel, Warehouse
from agent.errors import RecordMissing
from agent.guardrails.policy import ThresholdBook, Thresholds
from agent.ports.erp_reader import ErpReader
from agent.risk.gaps import Gaps
from agent.risk.garbage import collector_at_rest

STATES = {"draft": "still a quotation", "sent": "a quotation that was sent and not confirmed", "cancel": "cancelled"}

#: Found by looking at price lists, and at minimum stocks.
LISTED = (FindingKind.PRICE_VARIANCE, FindingKind.LEAD_TIME_VARIANCE)
KEPT_IN_STORE = (FindingKind.REORDER_BREACH, FindingKind.DUPLICATE_REPLENISHMENT)

#: Where nobody says otherwise.
USUAL = ThresholdBook(Thresholds())

Row = TypeVar("Row")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What the rules look at. Indexes are built when first asked for, which is why there are no slots."""

    now: datetime
    orders: Mapping[int, SaleOrder] = field(default_factory=dict)
    """The orders looked at, and those that compete with them for the same goods."""
    subjects: frozenset[int] = frozenset()
    """Ids of the orders looked at."""
    lines: Sequence[SaleOrderLine] = ()
    products: Mapping[int, Product] = field(default_factory=dict)
    warehouses: Mapping[int, Warehouse] = field(default_factory=dict)
    levels: Mapping[tuple[int, int], StockLevel] = field(default_factory=dict)
    """By product and warehouse."""
    moves: Sequence[Move] = ()
    pickings: Sequence[Picking] = ()
    purchase_lines: Sequence[PurchaseLine] = ()
    customers: Mapping[int, Customer] = field(default_factory=dict)
    overdue_invoices: Sequence[OverdueInvoice] = ()
    vendors: Mapping[int, Vendor] = field(default_factory=dict)
    vendor_prices: Sequence[VendorPrice] = ()
    purchases: Sequence[PurchaseOrder] = ()
    """Those that are not finished; only of a whole snapshot, like all that follows."""
    reorder_rules: Sequence[ReorderRule] = ()
    quotations: Sequence[SaleOrder] = ()
    """Sent, and not answered yet."""
    history: History | None = None
    affairs: Affairs | None = None
    not_seen: Sequence[str] = ()
    """A sentence for each thing that was not looked at, and why."""
    unjudged: frozenset[FindingKind] = frozenset()
    """Kinds whose facts are among it: that none is found does not say that none is there."""

    @property
    def all_not_seen(self) -> tuple[str, ...]:
        """Those of the past and of our own affairs too."""
        return tuple(sentence for part in (self, self.history, self.affairs) if part for sentence in part.not_seen)

    @property
    def all_unjudged(self) -> frozenset[FindingKind]:
        """Likewise."""
        return frozenset(kind for part in (self, self.history, self.affairs) if part for kind in part.unjudged)

    @cached_property
    def lines_by_id(self) -> Mapping[int, SaleOrderLine]:
        return {line.id: line for line in self.lines}

    @cached_property
    def lines_by_order(self) -> Mapping[int, Sequence[SaleOrderLine]]:
        return grouped(self.lines, lambda line: line.order_id)

    @cached_property
    def lines_by_product(self) -> Mapping[int, Sequence[SaleOrderLine]]:
        return grouped(self.lines, lambda line: line.product_id)

    @cached_property
    def parts_by_line(self) -> Mapping[int, Sequence[int]]:
        """Order lines that leave as other products than they name, with these: kits and their parts. Returns are no parts."""
        lines = self.lines_by_id
        other: dict[int, SaleOrderLine] = {}
        for move in self.moves:
            line = lines.get(move.sale_line_id) if move.sale_line_id is not None else None
            if line is not None and line.product_id != move.product_id:
                other[line.id] = line
        found = {line_id: parts_of(line, self.moves_by_sale_line[line_id]) for line_id, line in other.items()}
        return {line_id: parts for line_id, parts in found.items() if parts}

    @cached_property
    def kit_lines_by_part(self) -> Mapping[int, Sequence[int]]:
        """Product → the order lines of kits that it is a part of."""
        pairs = ((part, line_id) for line_id, parts in self.parts_by_line.items() for part in parts)
        return {part: [line_id for _, line_id in found] for part, found in grouped(pairs, lambda pair: pair[0]).items()}

    @cached_property
    def moves_by_id(self) -> Mapping[int, Move]:
        return {move.id: move for move in self.moves}

    @cached_property
    def moves_by_product(self) -> Mapping[int, Sequence[Move]]:
        return grouped(self.moves, lambda move: move.product_id)

    @cached_property
    def moves_by_sale_line(self) -> Mapping[int, Sequence[Move]]:
        return grouped(self.moves, lambda move: move.sale_line_id)

    @cached_property
    def moves_by_picking(self) -> Mapping[int, Sequence[Move]]:
        return grouped(self.moves, lambda move: move.picking_id)

    @cached_property
    def moves_by_purchase_line(self) -> Mapping[int, Sequence[Move]]:
        return grouped(self.moves, lambda move: move.purchase_line_id)

    @cached_property
    def pickings_by_id(self) -> Mapping[int, Picking]:
        return {picking.id: picking for picking in self.pickings}

    @cached_property
    def pickings_by_order(self) -> Mapping[int, Sequence[Picking]]:
        return grouped(self.pickings, lambda picking: picking.sale_order_id)

    @cached_property
    def purchase_lines_by_id(self) -> Mapping[int, PurchaseLine]:
        return {line.id: line for line in self.purchase_lines}

    @cached_property
    def purchase_lines_by_product(self) -> Mapping[int, Sequence[PurchaseLine]]:
        return grouped(self.purchase_lines, lambda line: line.product_id)

    @cached_property
    def purchase_lines_by_order(self) -> Mapping[int, Sequence[PurchaseLine]]:
        return grouped(self.purchase_lines, lambda line: line.order_id)

    @cached_property
    def purchase_lines_by_vendor(self) -> Mapping[int, Sequence[PurchaseLine]]:
        return grouped(self.purchase_lines, lambda line: line.vendor_id)

    @cached_property
    def purchase_lines_by_sale_line(self) -> Mapping[int, Sequence[PurchaseLine]]:
        index: defaultdict[int, list[PurchaseLine]] = defaultdict(list)
        for line in self.purchase_lines:
            for sale_line_id in line.for_sale_line_ids:
                index[sale_line_id].append(line)
        return dict(index)

    @cached_property
    def overdue_by_customer(self) -> Mapping[int, Sequence[OverdueInvoice]]:
        return grouped(self.overdue_invoices, lambda invoice: invoice.customer_id)

    @cached_property
    def purchases_by_id(self) -> Mapping[int, PurchaseOrder]:
        return {purchase.id: purchase for purchase in self.purchases}

    @cached_property
    def prices_by_product(self) -> Mapping[int, Sequence[VendorPrice]]:
        return grouped(self.vendor_prices, lambda price: price.product_id)

    @cached_property
    def levels_by_product(self) -> Mapping[int, Sequence[StockLevel]]:
        return grouped(self.levels.values(), lambda level: level.product_id)

    def warehouse_name(self, warehouse_id: int | None) -> str:
        warehouse = self.warehouses.get(warehouse_id) if warehouse_id is not None else None
        return warehouse.name if warehouse else "no warehouse"


def parts_of(line: SaleOrderLine, moves: Iterable[Move]) -> list[int]:
    """Products that leave for the line instead of what it names; none when that leaves too."""
    leaving = (move for move in moves if move.from_warehouse_id is not None or move.to_warehouse_id is None)
    found = list(dict.fromkeys(move.product_id for move in leaving))
    return [] if line.product_id in found else found


def grouped(rows: Iterable[Row], key: Callable[[Row], Key | None]) -> dict[Key, list[Row]]:
    """Rows by key, in their order; rows without a key are left out."""
    index: defaultdict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        if (found := key(row)) is not None:
            index[found].append(row)
    return dict(index)


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
    orders = reader.open_sale_orders(None if names is None else all_spellings(names))
    if names is not None:
        _demand_all(names, orders, reader)
    subjects = frozenset(order.id for order in orders)
    lines = goods_of(reader.sale_order_lines(sorted(subjects)))
    products = {product.id: product for product in reader.products(sorted({line.product_id for line in lines}))}
    if names is None:
        moves = reader.open_moves()
        products |= _parts(reader, products, lines, moves)
    else:
        products |= _parts(reader, products, lines, _moves_of_kits(reader, products, lines))
        moves = reader.open_moves(sorted(products))
        rivals = _rivals(reader, lines, moves, sorted(products))
        lines = [*lines, *rivals]
        orders = [*orders, *_orders_of(reader, rivals)]
    gaps = Gaps()
    trade = _trade(reader, now, limits, gaps) if names is None else _Trade(reader.open_purchase_lines(sorted(products)))
    products |= _bought_or_kept(reader, products, trade)
    levels = reader.stock_levels(sorted(products))
    customer_ids = sorted({order.customer_id for order in orders if order.id in subjects})
    debts, lists = "Credit was judged without overdue invoices.", "Vendors' price lists were not looked at."
    overdue = gaps.read(lambda: reader.overdue_invoices(now, customer_ids), debts, (FindingKind.CREDIT_HOLD,))
    prices = gaps.read(lambda: reader.vendor_prices(sorted(products)), lists, LISTED)
    return Snapshot(
        now=now,
        orders={order.id: order for order in orders},
        subjects=subjects,
        lines=lines,
        products=products,
        warehouses={warehouse.id: warehouse for warehouse in reader.warehouses()},
        levels={(level.product_id, level.warehouse_id): level for level in levels},
        moves=moves,
        pickings=reader.open_pickings(None if names is None else sorted(subjects)),
        purchase_lines=trade.purchase_lines,
        customers={customer.id: customer for customer in reader.customers(customer_ids)},
        overdue_invoices=overdue,
        vendors={vendor.id: vendor for vendor in reader.vendors(sorted(_vendors_of(trade.purchase_lines, history)))},
        vendor_prices=prices,
        purchases=trade.purchases,
        reorder_rules=trade.reorder_rules,
        quotations=trade.quotations,
        history=history,
        not_seen=tuple(gaps.sentences),
        unjudged=frozenset(gaps.unjudged),
    )


@dataclass(frozen=True, slots=True)
class _Trade:
    """What is bought, kept in store and offered."""

    purchase_lines: Sequence[PurchaseLine]
    purchases: Sequence[PurchaseOrder] = ()
    reorder_rules: Sequence[ReorderRule] = ()
    quotations: Sequence[SaleOrder] = ()


def _trade(reader: ErpReader, now: datetime, limits: ThresholdBook, gaps: Gaps) -> _Trade:
    lines = reader.open_purchase_lines()
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


def goods_of(lines: Iterable[SaleOrderLine]) -> list[SaleOrderLine]:
    """Lines with something left to ship; the others decide nothing."""
    return [line for line in lines if line.goods and line.delivered < line.ordered]


def _moves_of_kits(reader: ErpReader, products: Mapping[int, Product], lines: Sequence[SaleOrderLine]) -> list[Move]:
    kits = [line.id for line in lines if line.product_id in products and products[line.product_id].kit]
    return reader.moves_of_lines(kits) if kits else []


def _parts(
    reader: ErpReader, products: Mapping[int, Product], lines: Iterable[SaleOrderLine], moves: Iterable[Move]
) -> dict[int, Product]:
    """What leaves for these lines and is none of their products: the parts of kits."""
    own = {line.id for line in lines}
    parts = sorted({move.product_id for move in moves if move.sale_line_id in own} - products.keys())
    return {product.id: product for product in reader.products(parts)} if parts else {}


def _rivals(
    reader: ErpReader, lines: Sequence[SaleOrderLine], moves: Iterable[Move], product_ids: Sequence[int]
) -> list[SaleOrderLine]:
    """Lines of other open orders that want the same products, also those of kits that they are parts of."""
    known = {line.id for line in lines}
    rivals = {line.id: line for line in goods_of(reader.open_order_lines(product_ids)) if line.id not in known}
    strange = sorted({move.sale_line_id for move in moves if move.sale_line_id is not None} - known - rivals.keys())
    if strange:
        still_open = {
            order.id for order in reader.orders_of_lines(strange).values() if order.state == "sale" and not order.complete
        }
        more = goods_of(reader.sale_order_lines(sorted(still_open))) if still_open else []
        rivals |= {line.id: line for line in more if line.id in set(strange)}
    return list(rivals.values())


def _orders_of(reader: ErpReader, lines: Sequence[SaleOrderLine]) -> list[SaleOrder]:
    """Other orders that want the same products."""
    found = reader.orders_of_lines(sorted(line.id for line in lines))
    return list({order.id: order for order in found.values()}.values())


def _demand_all(names: Sequence[str], found: Iterable[SaleOrder], reader: ErpReader) -> None:
    known = {order.name for order in found}
    absent = sorted(name for name in set(names) if known.isdisjoint(spellings(name)))
    if not absent:
        return
    other = {order.name: order for order in reader.sale_orders(all_spellings(absent))}
    named = {name: next((other[each] for each in spellings(name) if each in other), None) for name in absent}
    raise RecordMissing(" ".join(_why_absent(name, order) for name, order in named.items()))


def _why_absent(name: str, order: SaleOrder | None) -> str:
    if order is None:
        return no_such_order(name)
    if order.state in STATES:
        state = f"{STATES[order.state]} (state {order.state})"
        return f"{order.name} is {state}, not a confirmed order; nothing is promised yet or any more."
    return f"{order.name} has nothing left to deliver: it went out completely, or its rest was cancelled."
