"""What has changed in the ERP, and reading just that again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from agent.domain.changes import Change
from agent.domain.purchasing import PurchaseLine
from agent.domain.sales import SaleOrder
from agent.domain.stock import Move, Picking
from agent.ports.erp_reader import ErpReader


class ErpChanges(Protocol):
    """Beside `ErpReader`, and like it: bounded calls, the same errors, no promise about order.

    What is asked for again by id and does not come back is not open any more, or gone.
    """

    def calls_sent(self) -> int:
        """To the ERP by this reader so far; 0 where nobody counts."""

    def erp_time(self) -> datetime:
        """The clock that `Change.written_at` is told by, to the second."""

    def changes(self, since: datetime) -> list[Change] | None:
        """Everything written at `since` or later, whatever its state is by now; None where the ERP cannot tell.

        A record that was deleted is not among them; what it belonged to was written as a rule.
        """

    def orders_again(self, ids: Sequence[int]) -> list[SaleOrder]:
        """Those of these orders that are open."""

    def moves_again(self, ids: Sequence[int]) -> list[Move]: ...

    def pickings_again(self, ids: Sequence[int]) -> list[Picking]: ...

    def purchase_lines_again(self, purchase_ids: Sequence[int], line_ids: Sequence[int]) -> list[PurchaseLine]:
        """Open lines that are these or belong to one of these purchases."""


class ChangingErp(ErpReader, ErpChanges, Protocol):
    """An ERP that is read whole, and again where it changed."""
