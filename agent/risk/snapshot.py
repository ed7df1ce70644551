"""The open orders with the demand and supply of their products, as they stood at one moment."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from agent.domain.affairs import Affairs
from agent.domain.findings import FindingKind
from agent.domain.history import History
from agent.domain.purchasing import PurchaseLine, PurchaseOrder, Vendor, VendorPrice
from agent.domain.sales import Customer, OverdueInvoice, SaleOrder, SaleOrderLine
from agent.domain.stock import Move, Picking, Product, ReorderRule, StockLevel, Warehouse

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
