"""Changes in the warehouse."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from agent.domain.records import Record
from agent.domain.stock_changes import Reserved, ReturnOrder, TransferOrder


class StockWriter(Protocol):
    def reserve(self, transfer: Record) -> None:
        """Reserve what is free for it (`action_assign`)."""

    def set_reserved(self, less: Sequence[Reserved], more: Sequence[Reserved]) -> None:
        """Reserve exactly so much for these moves: first what becomes less, then what becomes more.

        One transaction from Odoo 17 on. Before, the two halves are two: when the second fails, ErpAnswerLost says so.
        """

    def set_urgent(self, transfer: Record, urgent: bool) -> None:
        """Star a transfer, or take its star away."""

    def create_transfer(self, order: TransferOrder, marker: str) -> None:
        """One transfer between two warehouses, the marker in its origin."""

    def create_return(self, order: ReturnOrder, marker: str) -> None:
        """One transfer that takes goods back, planned at once, the marker in its origin."""

    def cancel_transfer(self, transfer: Record) -> None: ...

    def set_counted(self, product: Record, location_id: int, counted: Decimal, marker: str) -> None:
        """Make the stock of a place what was counted there; the difference becomes an inventory adjustment with the marker.

        Nothing is booked when there is no difference.
        """

    def write_off(self, product: Record, location_id: int, quantity: Decimal, marker: str) -> None:
        """Scrap goods of a place, the marker in the scrap's origin. Without a scrap before: what was begun with this marker
        and not finished is finished."""
