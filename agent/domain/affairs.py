"""Expediter's own affairs, watched like everybody else's: approvals that wait, jobs that fail; and what carriers said."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.domain.findings import FindingKind
from agent.domain.given_up import GivenUpJob
from agent.domain.records import Record


@dataclass(frozen=True, slots=True)
class WaitingApproval:
    """A proposal that nobody has decided yet."""

    proposal: Record
    """`Record("proposal", 12, "P12")`."""
    action: str
    subject: Record
    """What would be changed."""
    proposed_at: datetime
    due_at: datetime
    """When the policy's SLA for the step that waits is over."""
    waits_for: str
    """Who may decide, in words."""


class ShipmentStatus(StrEnum):
    REGISTERED = "registered"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AWAITING_PICKUP = "awaiting_pickup"
    DELIVERED = "delivered"
    ATTEMPT_FAILED = "attempt_failed"
    EXCEPTION = "exception"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CarrierReport:
    """What a carrier said of a parcel or pallet, or what a person noted of it."""

    id: int
    tracking: str
    status: ShipmentStatus
    eta: datetime | None
    said: str
    """In the carrier's or the person's words; text from outside."""
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Shipment:
    """A delivery that left, or is about to, with the carrier's number on it."""

    picking: Record
    tracking: str
    order_id: int
    order: Record
    customer_name: str
    promise_date: datetime | None
    warehouse_id: int | None


@dataclass(frozen=True, slots=True)
class Affairs:
    approvals: tuple[WaitingApproval, ...] = ()
    failures: tuple[GivenUpJob, ...] = ()
    reports: tuple[CarrierReport, ...] = ()
    """The latest of each tracking number, by when it happened; delivered ones left out."""
    shipments: tuple[Shipment, ...] = ()
    """Of the reports' tracking numbers."""
    not_seen: tuple[str, ...] = ()
    """A sentence for each thing that was not looked at, and why."""
    unjudged: frozenset[FindingKind] = frozenset()
    """Kinds whose facts are among it: that none is found does not say that none is there."""
