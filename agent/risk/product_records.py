"""The records of one product: all that decides when its goods can ship, and nothing of any other product.

Odoo links moves of one product only (`move_orig_ids`), a purchase line buys one product and stock is counted by product, so what
one product's records say never changes another's outcome. A kit is the exception that proves it: its line is wanted as its parts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.domain.purchasing import PurchaseLine
from agent.domain.sales import SaleOrder, SaleOrderLine
from agent.domain.stock import Move, Product, StockLevel
from agent.risk.snapshot import Snapshot, grouped


@dataclass(frozen=True, slots=True)
class ProductRecords:
    now: datetime
    product_id: int
    product: Product | None
    lines: Sequence[SaleOrderLine]
    """Order lines of the product, and those of kits that it is a part of."""
    orders: Mapping[int, SaleOrder]
    """The lines' orders, and maybe more."""
    moves: Sequence[Move]
    purchase_lines: Sequence[PurchaseLine]
    levels: Mapping[int, StockLevel]
    """By warehouse."""
    moves_by_id: Mapping[int, Move]
    moves_by_sale_line: Mapping[int, Sequence[Move]]
    purchase_lines_by_id: Mapping[int, PurchaseLine]

    @property
    def stocked(self) -> bool:
        """Whether stock of it is counted; what is not known is taken as counted."""
        return self.product is None or self.product.storable


def records_of(snapshot: Snapshot, product_id: int) -> ProductRecords:
    """What the snapshot holds of the product; empty when it holds nothing."""
    moves = snapshot.moves_by_product.get(product_id, ())
    purchase_lines = snapshot.purchase_lines_by_product.get(product_id, ())
    return ProductRecords(
        now=snapshot.now,
        product_id=product_id,
        product=snapshot.products.get(product_id),
        lines=list(_lines(snapshot, product_id)),
        orders=snapshot.orders,
        moves=moves,
        purchase_lines=purchase_lines,
        levels={level.warehouse_id: level for level in snapshot.levels_by_product.get(product_id, ())},
        moves_by_id={move.id: move for move in moves},
        moves_by_sale_line=grouped(moves, lambda move: move.sale_line_id),
        purchase_lines_by_id={line.id: line for line in purchase_lines},
    )


def known_products(snapshot: Snapshot) -> set[int]:
    """Products that were looked at. Of others a snapshot may hold moves, but not the stock behind them."""
    return {*snapshot.products, *snapshot.lines_by_product, *snapshot.kit_lines_by_part}


def _lines(snapshot: Snapshot, product_id: int) -> Iterator[SaleOrderLine]:
    kits = snapshot.parts_by_line
    yield from (line for line in snapshot.lines_by_product.get(product_id, ()) if line.id not in kits)
    yield from (snapshot.lines_by_id[line_id] for line_id in snapshot.kit_lines_by_part.get(product_id, ()))
