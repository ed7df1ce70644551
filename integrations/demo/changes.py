"""The demo distributor keeps no date of its last change: whoever scans it reads everything."""

from collections.abc import Sequence
from datetime import UTC, datetime

from agent.domain.changes import Change
from agent.domain.purchasing import PurchaseLine
from agent.domain.sales import SaleOrder
from agent.domain.stock import Move, Picking
from integrations.demo.buying_reads import BuyingReads
from integrations.demo.sales_reads import SalesReads
from integrations.demo.stock_reads import StockReads


class Changes(SalesReads, StockReads, BuyingReads):
    def calls_sent(self) -> int:
        return 0

    def erp_time(self) -> datetime:
        (row,) = self._rows("SELECT date_trunc('second', now()) AS clock")
        moment: datetime = row.clock.astimezone(UTC)
        return moment

    def changes(self, since: datetime) -> list[Change] | None:
        return None

    def orders_again(self, ids: Sequence[int]) -> list[SaleOrder]:
        return [order for order in self.open_sale_orders() if order.id in set(ids)]

    def moves_again(self, ids: Sequence[int]) -> list[Move]:
        return [move for move in self.open_moves() if move.id in set(ids)]

    def pickings_again(self, ids: Sequence[int]) -> list[Picking]:
        return [picking for picking in self.open_pickings() if picking.id in set(ids)]

    def purchase_lines_again(self, purchase_ids: Sequence[int], line_ids: Sequence[int]) -> list[PurchaseLine]:
        return [line for line in self.open_purchase_lines() if line.order_id in set(purchase_ids) or line.id in set(line_ids)]
