"""Changes of purchases."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from agent.domain.records import Record
from agent.domain.stock_changes import PurchaseGoods


class PurchasingWriter(Protocol):
    def set_vendor_dates(self, purchase: Record, lines: Mapping[int, datetime]) -> None:
        """Set `date_planned` of these lines to these moments (aware; stored in UTC), in one transaction."""

    def create_purchase(
        self, vendor: Record, warehouse_id: int, goods: Sequence[PurchaseGoods], arrives: datetime, marker: str
    ) -> None:
        """One draft purchase, all prices in one currency, the marker in its origin."""

    def confirm_purchase(self, purchase: Record) -> None:
        """`button_confirm`; where the ERP then waits for a purchasing manager, and the login is none, it waits."""

    def approve_purchase(self, purchase: Record) -> None:
        """`button_approve`, of one that waits."""

    def cancel_purchase(self, purchase: Record) -> None: ...

    def set_vendor(self, purchase: Record, vendor: Record, prices: Mapping[int, Decimal]) -> None:
        """Another vendor and its price for each line, for one stocking unit, in one transaction."""
