"""The whole of what was read, for troubles that are not one order's own: purchases, vendors, transfers, stock, invoices."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property

from agent.domain.findings import Affected, Severity
from agent.guardrails.policy import ThresholdBook, Thresholds
from agent.risk.pools import Peg
from agent.risk.projection import LineOutlook, Projection
from agent.risk.situation import Situation
from agent.risk.snapshot import Snapshot, grouped
from agent.risk.terms import scope_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order line that counts on a supply."""

    situation: Situation
    line: LineOutlook
    peg: Peg


@dataclass(frozen=True, eq=False)
class Operations:
    """What a detector gets that looks beyond one order. Indexes are built when first asked for: hence no slots."""

    snapshot: Snapshot
    projection: Projection
    limits: ThresholdBook
    situations: Sequence[Situation]
    """Of every order looked at."""

    @property
    def now(self) -> datetime:
        return self.snapshot.now

    def thresholds(self, warehouse_id: int | None = None, vendor_id: int | None = None) -> Thresholds:
        """Those that hold for something of this warehouse and this vendor."""
        return self.limits.at(scope_of(self.snapshot, warehouse_id, vendor_id=vendor_id))

    def zone(self, warehouse_id: int | None) -> tzinfo:
        """By whose days something of this warehouse is told."""
        return self.projection.terms.zone(warehouse_id)

    @cached_property
    def situations_by_order(self) -> Mapping[int, Situation]:
        return {situation.order.id: situation for situation in self.situations}

    @cached_property
    def situations_by_customer(self) -> Mapping[int, Sequence[Situation]]:
        return grouped(self.situations, lambda situation: situation.order.customer_id)

    @cached_property
    def waiting_by_purchase(self) -> Mapping[int, Sequence[Waiting]]:
        """Purchase order id → the order lines that count on goods of it."""
        return grouped(
            self._waiting, lambda waiting: waiting.peg.supply.purchase.order_id if waiting.peg.supply.purchase else None
        )

    @cached_property
    def waiting_by_picking(self) -> Mapping[int, Sequence[Waiting]]:
        """Picking id → the order lines that count on goods it brings."""
        return grouped(self._waiting, lambda waiting: waiting.peg.supply.move.picking_id if waiting.peg.supply.move else None)

    @cached_property
    def waiting_by_product(self) -> Mapping[int, Sequence[Situation]]:
        """Product id → the orders with a line of it that still lacks stock."""
        found: defaultdict[int, dict[int, Situation]] = defaultdict(dict)
        for situation in self.situations:
            for line in situation.goods:
                if line.short_now > 0:
                    found[line.product_id][situation.order.id] = situation
        return {product: list(waiting.values()) for product, waiting in found.items()}

    @cached_property
    def _waiting(self) -> Sequence[Waiting]:
        return [
            Waiting(situation, line, peg)
            for situation in self.situations
            for line in situation.goods
            for peg in line.allocation.pegs
        ]


def affected(waiting: Iterable[Waiting]) -> tuple[Affected, ...]:
    """The orders behind these lines, each once; the longest late first, then the most valuable.

    It is high for those whose promise breaks, medium for the others.
    """
    by_order = grouped(waiting, lambda each: each.situation.order.id)
    orders = [_affected(each[0].situation, {one.line.line.id: one.line for one in each}) for each in by_order.values()]
    return tuple(sorted(orders, key=lambda order: (-order.days, -order.value.amount, order.order.name)))


def _affected(situation: Situation, lines: Mapping[int, LineOutlook]) -> Affected:
    return situation.affected(list(lines.values()), Severity.HIGH if situation.breaks_promise else Severity.MEDIUM)


def worst_of(orders: Sequence[Affected], otherwise: Severity = Severity.LOW) -> Severity:
    """How grave a trouble is that these orders wait because of; `otherwise` when none does."""
    found = [order.severity for order in orders if order.severity]
    return min(found, key=list(Severity).index) if found else otherwise
