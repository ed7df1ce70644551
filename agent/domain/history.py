"""What has happened: the past that today's trouble is compared with. Quantities are in the product's stocking unit."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from agent.domain.findings import FindingKind
from agent.domain.money import Money
from agent.domain.quantity import Quantity
from agent.domain.records import Record
from agent.domain.stock import PickingKind


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of one purchase line, once its receipts were done; several part deliveries are one receipt of the line."""

    purchase_line_id: int
    purchase: Record
    picking: Record
    """The last receipt that brought some of it."""
    vendor_id: int
    vendor_name: str
    product_id: int
    product_name: str
    ordered: Quantity
    received: Quantity
    open: bool
    """Something is still expected, so the rest is late and not short."""
    ordered_at: datetime
    """When the purchase was ordered (`date_approve`, else `date_order`)."""
    promised_at: datetime
    """The vendor's promise as it stood at last (`date_planned`)."""
    arrived_at: datetime
    """When the last part came (`date_done`)."""
    warehouse_id: int | None
    value: Money | None
    """Untaxed, for the whole ordered quantity."""

    @property
    def missing(self) -> Quantity:
        return (self.ordered - self.received).at_least_zero()


@dataclass(frozen=True, slots=True)
class FinishedPicking:
    """A transfer that is done, with the queue it waited in."""

    id: int
    name: str
    kind: PickingKind
    zone: Record
    """The operation type it belongs to (`stock.picking.type`): what a warehouse calls a zone or a step."""
    warehouse_id: int | None
    scheduled_at: datetime
    created_at: datetime
    done_at: datetime

    @property
    def record(self) -> Record:
        return Record("stock.picking", self.id, self.name)

    @property
    def entered_at(self) -> datetime:
        """Nothing waits before it exists, nor before it is due."""
        return max(self.scheduled_at, self.created_at)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Stock that was counted up or down."""

    id: int
    """Of the move."""
    reference: str
    product_id: int
    product_name: str
    change: Quantity
    """Negative when goods were missing."""
    value: Money | None
    """At cost, never negative; None where the cost is not told."""
    warehouse_id: int | None
    at: datetime
    by: str | None

    @property
    def record(self) -> Record:
        return Record("stock.move", self.id, self.reference)


@dataclass(frozen=True, slots=True)
class Scrap:
    """Goods written off."""

    id: int
    name: str
    product_id: int
    product_name: str
    lot: str | None
    quantity: Quantity
    value: Money | None
    """At cost; None where the cost is not told."""
    warehouse_id: int | None
    at: datetime

    @property
    def record(self) -> Record:
        return Record("stock.scrap", self.id, self.name)


@dataclass(frozen=True, slots=True)
class QualityFailure:
    """A check that goods did not pass; from whichever quality module is installed."""

    record: Record
    product_id: int | None
    product_name: str
    picking: Record | None
    lot: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Uninvoiced:
    """An order with delivered goods that no invoice stands for."""

    order: Record
    customer_name: str
    amount: Money
    """Untaxed, delivered and not invoiced."""
    delivered_at: datetime
    """The last delivery (`effective_date`), else the last change of the order."""
    warehouse_id: int | None


class InvoiceKind(StrEnum):
    BILL = "bill"
    """From a vendor."""
    INVOICE = "invoice"
    """To a customer."""


@dataclass(frozen=True, slots=True)
class InvoicedLine:
    """A line of a posted bill or invoice beside the order line it stands for."""

    id: int
    kind: InvoiceKind
    document: Record
    """`account.move`."""
    order: Record
    """The purchase or sale order."""
    partner_id: int
    partner_name: str
    product_id: int
    product_name: str
    invoiced: Quantity
    """On all posted documents of that order line together, this one included."""
    fulfilled: Quantity
    """Received from the vendor, or delivered to the customer."""
    quantity: Quantity
    """On this line."""
    price: Money
    """For one stocking unit, untaxed, discount deducted."""
    ordered_price: Money
    at: datetime
    """The document's date."""

    @property
    def overcharge(self) -> Decimal:
        """What the price difference comes to on this line, in the document's currency; negative when it was too little.

        0 when the two prices are in different currencies.
        """
        if self.price.currency != self.ordered_price.currency:
            return Decimal(0)
        return (self.price.amount - self.ordered_price.amount) * self.quantity.amount


@dataclass(frozen=True)
class History:
    """The past as far back as the policy's trends look; read at most once a day, for it changes slowly.

    What every scan asks of it is put together once: hence no slots.
    """

    since: datetime
    as_of: datetime
    receipts: tuple[Receipt, ...] = ()
    finished: tuple[FinishedPicking, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    scraps: tuple[Scrap, ...] = ()
    quality_failures: tuple[QualityFailure, ...] = ()
    uninvoiced: tuple[Uninvoiced, ...] = ()
    invoiced: tuple[InvoicedLine, ...] = ()
    not_seen: tuple[str, ...] = ()
    """A sentence for each part that could not be read, and why."""
    unjudged: frozenset[FindingKind] = frozenset()
    """Kinds whose facts are among these parts."""

    @cached_property
    def waits_by_zone(self) -> Mapping[int, Sequence[tuple[datetime, datetime]]]:
        """Of every finished transfer of an operation type: when it began to wait, and when it was done."""
        found: defaultdict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
        for one in self.finished:
            found[one.zone.id].append((one.entered_at, one.done_at))
        return dict(found)
