"""The company's books while they are written: rows with ids, a calendar around `now`, and stock that cannot be promised twice."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

from integrations.demo.tables import TABLES, Location, Move, MoveOrigin, Picking, Product, StockLevel, Warehouse, Zone

R = TypeVar("R")
NOTHING = Decimal(0)
PREFIX = {"receipt": "IN", "delivery": "OUT", "internal": "INT"}


class Books:
    """Every change of stock and every transfer goes through here, so that levels, reservations and moves agree."""

    def __init__(self, now: datetime, rng: Random) -> None:
        self.now = now
        self.rng = rng
        self.rows: dict[type, list[Any]] = {kind: [] for kind in TABLES.values()}
        self.zones: dict[tuple[int, str], Zone] = {}
        """Warehouse and kind → where such transfers wait, unless they belong elsewhere."""
        self._levels: dict[tuple[int, int], StockLevel] = {}

    def at(self, days: float, hour: int = 9) -> datetime:
        """A full hour on the day that is `days` from now."""
        return (self.now + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)

    def next_id(self, kind: type) -> int:
        return len(self.rows[kind]) + 1

    def add(self, row: R) -> R:
        self.rows[type(row)].append(row)
        return row

    def get(self, kind: type[R], row_id: int) -> R:
        row: R = self.rows[kind][row_id - 1]
        return row

    def put(self, product: Product, location: Location, quantity: Decimal) -> None:
        """Goods lie there."""
        if product.kind == "storable":
            self._level(product.id, location.id).on_hand += quantity

    def hold(self, move: Move, quantity: Decimal) -> None:
        """Reserve for this move what lies, unreserved, where it starts."""
        if self.get(Product, move.product_id).kind == "storable":
            level = self._level(move.product_id, move.from_location_id)
            if level.on_hand - level.reserved < quantity:
                raise ValueError(f"{quantity} of product {move.product_id} are not free at location {level.location_id}")
            level.reserved += quantity
        move.reserved += quantity
        move.state = "assigned" if move.reserved == move.demand else "partially_available"

    def picking(self, kind: str, warehouse: Warehouse, scheduled: datetime, created: datetime, **columns: Any) -> Picking:
        """A transfer in state draft; `settle_pickings` derives its state from its moves."""
        row_id = self.next_id(Picking)
        blank: dict[str, Any] = dict.fromkeys(
            ("done_at", "sale_order_id", "purchase_order_id", "responsible", "backorder_of", "tracking_reference")
        )
        usual: dict[str, Any] = {
            "name": f"{warehouse.code}/{PREFIX[kind]}/{row_id:05d}",
            "zone_id": self.zones[warehouse.id, kind].id,
        }
        return self.add(
            Picking(
                id=row_id,
                kind=kind,
                state="draft",
                scheduled_at=scheduled,
                created_at=created,
                warehouse_id=warehouse.id,
                **(blank | usual | columns),
            )
        )

    def move(self, picking: Picking, product: Product, demand: Decimal, start: Location, end: Location, **columns: Any) -> Move:
        """A planned movement that has nothing reserved yet."""
        return self.add(
            Move(
                id=self.next_id(Move),
                product_id=product.id,
                picking_id=picking.id,
                state="confirmed",
                demand=demand,
                reserved=NOTHING,
                expected_at=picking.scheduled_at,
                from_location_id=start.id,
                to_location_id=end.id,
                **({"sale_line_id": None, "purchase_line_id": None} | columns),
            )
        )

    def lost(self, product: Product, quantity: Decimal, start: Location, end: Location, when: datetime) -> Move:
        """Goods that went to, or came from, the losses: no transfer brought them. What lies there now already knows of it."""
        return self.add(
            Move(
                id=self.next_id(Move),
                product_id=product.id,
                picking_id=None,
                state="done",
                demand=quantity,
                reserved=NOTHING,
                expected_at=when,
                from_location_id=start.id,
                to_location_id=end.id,
                sale_line_id=None,
                purchase_line_id=None,
            )
        )

    def chain(self, move: Move, origin: Move) -> None:
        """`move` can only happen once `origin` is done."""
        move.state = "waiting"
        self.add(MoveOrigin(move.id, origin.id))

    def done(self, picking: Picking, move: Move, when: datetime) -> None:
        """The transfer of one move happened."""
        picking.state, picking.done_at = "done", when
        move.state, move.expected_at = "done", when

    def settle_pickings(self) -> None:
        """Like Odoo shipping as soon as possible: ready once anything of it is."""
        states: dict[int, set[str]] = {}
        for move in self.rows[Move]:
            if move.picking_id is not None:
                states.setdefault(move.picking_id, set()).add(move.state)
        for picking in self.rows[Picking]:
            if picking.state == "draft":
                found = states[picking.id]
                ready = found & {"assigned", "partially_available"}
                picking.state = "assigned" if ready else "waiting" if found == {"waiting"} else "confirmed"

    def _level(self, product_id: int, location_id: int) -> StockLevel:
        key = (product_id, location_id)
        if key not in self._levels:
            self._levels[key] = self.add(StockLevel(product_id, location_id, NOTHING, NOTHING))
        return self._levels[key]
