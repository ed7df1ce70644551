"""Transfers in any state and where goods lie: what a change of them has to know."""

from dataclasses import dataclass
from datetime import datetime

from agent.domain.money import Money
from agent.domain.quantity import Quantity
from agent.domain.records import Record
from agent.domain.stock import PickingKind


@dataclass(frozen=True, slots=True)
class TransferLine:
    """One product of a transfer; quantities in its stocking unit."""

    move_id: int
    product_id: int
    product_name: str
    product_code: str | None
    state: str
    demand: Quantity
    reserved: Quantity
    """What is set aside for it; nothing once it is done."""
    moved: Quantity
    """What went when it was done; nothing before."""
    returned: Quantity
    """What of it came back, or is on its way back by a return that is not cancelled."""
    sale_line_id: int | None
    chained: bool = False
    """It waits for another transfer, so nothing of the stock can be reserved for it."""

    @property
    def product(self) -> str:
        """As an argument names it: its code, or its name where it has none."""
        return self.product_code or self.product_name


@dataclass(frozen=True, slots=True)
class Transfer:
    """A `stock.picking` in any state."""

    id: int
    name: str
    kind: PickingKind
    state: str
    """Odoo's: draft, waiting, confirmed, assigned, done, cancel."""
    urgent: bool
    """Starred: served before all others."""
    origin: str
    """The document or the mark that it came from; empty without one."""
    scheduled_at: datetime
    from_warehouse_id: int | None
    to_warehouse_id: int | None
    sale_order_id: int | None
    partner_name: str | None
    """The company that it goes to or comes from."""
    returns: Record | None
    """The transfer that it takes back."""
    lines: tuple[TransferLine, ...]

    @property
    def record(self) -> Record:
        return Record("stock.picking", self.id, self.name)

    @property
    def open(self) -> bool:
        return self.state not in ("done", "cancel")


@dataclass(frozen=True, slots=True)
class StockPlace:
    """What lies of one product in one place."""

    location_id: int
    name: str
    on_hand: Quantity
    reserved: Quantity
    plain: bool = True
    """Neither of a lot, nor packed, nor somebody else's: a count of it is one number."""


@dataclass(frozen=True, slots=True)
class ProductDetail:
    """What a change of its stock has to know of a product."""

    product_id: int
    cost: Money | None
    """Of one stocking unit; None where it is not told."""
    by_lot: bool
    """Followed by lot or serial number: which one moves has to be said."""
