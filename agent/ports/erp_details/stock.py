"""Transfers, places and what lies there."""

from collections.abc import Sequence
from typing import Protocol

from agent.domain.transfers import ProductDetail, StockPlace, Transfer


class StockDetails(Protocol):
    def transfers(self, names: Sequence[str]) -> list[Transfer]:
        """Transfers by number, in any state."""

    def transfers_marked(self, marker: str) -> list[Transfer]:
        """Those whose origin carries this marker."""

    def stock_places(self, product_id: int, warehouse_id: int) -> list[StockPlace]:
        """Where this product lies in this warehouse; without any, the warehouse's own shelf with nothing on it.

        Shelves in the order in which the ERP made them; a place that holds several lots or packages comes once for each.
        """

    def count_booked(self, product_id: int, marker: str) -> bool:
        """Whether an inventory adjustment of this product carries this marker."""

    def written_off(self, marker: str) -> bool:
        """Whether something was scrapped with this marker."""

    def product_details(self, product_ids: Sequence[int]) -> list[ProductDetail]: ...
