"""From when on something is trouble, and where other numbers hold."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, StrictStr, model_validator

from agent.domain.sales import Segment
from agent.guardrails.policy_file import mistake


class Thresholds(BaseModel):
    """The detectors read their numbers here. Amounts are in the currency of whatever is compared with them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # orders
    at_risk_horizon_days: int = Field(default=14, ge=0)
    """Promises further away are not looked at."""
    critical_days_late: int = Field(default=7, ge=0)
    """From this delay on, a broken promise is graver; the delay that earns half of the score's points for lateness."""
    weighty_order_value: int = Field(default=10_000, gt=0)
    """The outstanding value that earns half of the score's points for value."""
    backorder_days: int = Field(default=5, ge=0)
    """A backorder may wait this long."""
    order_stale_days: int = Field(default=10, ge=1)
    """A confirmed order without a delivery may stand this long."""
    quotation_stale_days: int = Field(default=14, ge=1)
    """A sent quotation may wait this long for an answer."""
    quotation_forgotten_days: int = Field(default=60, ge=1)
    """Older ones are nobody's business any more."""
    overdue_invoice_days: int = Field(default=0, ge=0)
    """An invoice may be this late before the customer's orders are held."""
    margin_floor_percent: int = Field(default=10, ge=-100, le=100)
    discount_ceiling_percent: int = Field(default=25, ge=0, le=100)
    invoicing_days: int = Field(default=3, ge=0)
    """Delivered goods may wait this long for their invoice."""

    carrier_report_days: int = Field(default=30, ge=1)
    """A carrier's last word counts this long after it was said, or after the day it names: then nobody follows the shipment."""

    # the warehouse
    picking_stalled_hours: int = Field(default=48, ge=0)
    transfer_days: int = Field(default=2, ge=0)
    """Transit between two of our own warehouses."""
    transfer_grace_hours: int = Field(default=24, ge=0)
    """A transfer inside or between warehouses may be this late."""
    zone_queue_minimum: int = Field(default=5, ge=1)
    """A shorter queue is no bottleneck."""
    zone_age_percent: int = Field(default=50, ge=0)
    """A queue may be this much older than what the zone finished was on the whole."""
    zone_age_hours: int = Field(default=4, ge=0)
    """A younger queue is no bottleneck, however quick the zone used to be."""
    zone_history_weeks: int = Field(default=8, ge=1, le=52)
    adjustment_value: int = Field(default=500, ge=0)
    """What a stock count may be off by, at cost."""
    event_window_days: int = Field(default=7, ge=1)
    """How long a single event (adjustment, failed check, short receipt) stays news."""
    damage_window_days: int = Field(default=30, ge=1)
    damage_count: int = Field(default=3, ge=2)
    """So many write-offs of one product or lot within the window are a cluster."""

    # what options cost where the ERP does not tell, and what they bring
    transfer_cost: int = Field(default=80, ge=0)
    """Of one transfer between two warehouses."""
    expedite_percent: int = Field(default=15, ge=0)
    """Of the value of purchased goods, for having them hurried."""
    expedite_saves_days: int = Field(default=5, ge=0)

    # purchasing
    receipt_grace_days: int = Field(default=1, ge=0)
    """A receipt may be this late before it counts as overdue."""
    receipt_short_percent: int = Field(default=5, ge=0, le=100)
    acknowledgement_hours: int = Field(default=48, ge=0)
    """A vendor may take this long to confirm."""
    purchase_approval_hours: int = Field(default=24, ge=0)
    price_variance_percent: int = Field(default=5, ge=0)
    lead_time_variance_days: int = Field(default=3, ge=0)
    bill_variance_percent: int = Field(default=2, ge=0)
    bill_variance_value: int = Field(default=20, ge=0)
    """Smaller differences on a bill are not worth a call."""
    bill_variance_count: int = Field(default=3, ge=2)
    """So many differing documents of one partner or product within the trend's history are a habit, and graver."""
    duplicate_window_days: int = Field(default=10, ge=0)
    """Two purchases of the same thing within so many days are compared."""

    # trends
    trend_window_days: int = Field(default=30, ge=1)
    """What counts as recent."""
    trend_history_days: int = Field(default=180, ge=1)
    """How far back the own past goes that the recent is compared with."""
    trend_minimum_recent: int = Field(default=4, ge=1)
    trend_minimum_past: int = Field(default=8, ge=1)
    """With fewer events on either side nothing is said."""
    trend_chance_percent: int = Field(default=5, ge=0, le=100)
    """A change that accident explains more often than this is not a trend."""

    # ourselves
    failure_count: int = Field(default=3, ge=1)
    failure_window_hours: int = Field(default=24, ge=1)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a question is asked; what is not known is None."""

    company: str | None = None
    warehouse: str | None = None
    """Its short code."""
    segment: Segment | None = None
    vendor_classes: frozenset[str] = frozenset()
    """In lower case."""


class Where(BaseModel):
    """All that is named has to hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    company: StrictStr | None = None
    warehouse: StrictStr | None = None
    segment: Segment | None = None
    vendor_class: StrictStr | None = None

    @model_validator(mode="after")
    def _names_something(self) -> "Where":
        if not self.model_fields_set:
            raise mistake("name a company, warehouse, segment or vendor_class")
        return self

    def holds(self, scope: Scope) -> bool:
        return (
            self.company in (None, scope.company)
            and self.warehouse in (None, scope.warehouse)
            and self.segment in (None, scope.segment)
            and (self.vendor_class is None or self.vendor_class.casefold() in scope.vendor_classes)
        )


class ThresholdException(BaseModel):
    """Other numbers for a part of the business; those that are not named stay as they are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    where: Where
    thresholds: Thresholds

    @property
    def changes(self) -> dict[str, Any]:
        return {name: getattr(self.thresholds, name) for name in self.thresholds.model_fields_set}


@dataclass(frozen=True, slots=True)
class ThresholdBook:
    """The numbers of a policy, and where others hold. Of several exceptions that fit, a later one overrules an earlier."""

    usual: Thresholds
    exceptions: tuple[ThresholdException, ...] = ()
    _known: dict[Scope, Thresholds] = field(default_factory=dict, init=False, compare=False, repr=False)

    def at(self, scope: Scope) -> Thresholds:
        if not self.exceptions:
            return self.usual
        if scope not in self._known:
            self._known[scope] = self.usual.model_copy(update=dict(self._changes(scope)))
        return self._known[scope]

    def longest(self, names: Iterable[str]) -> int:
        """The greatest number that any part of the business gives to one of these: how far back has to be read."""
        books = (self.usual, *(self.usual.model_copy(update=exception.changes) for exception in self.exceptions))
        return max(int(getattr(book, name)) for book in books for name in names)

    def _changes(self, scope: Scope) -> Iterator[tuple[str, Any]]:
        for exception in self.exceptions:
            if exception.where.holds(scope):
                yield from exception.changes.items()
