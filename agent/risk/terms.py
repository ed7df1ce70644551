"""What the policy says about time: how long overdue supply is waited for, when warehouses ship, how far they are apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property

from agent.domain.calendars import WarehouseCalendar
from agent.domain.purchasing import Vendor
from agent.domain.sales import Segment
from agent.domain.stock import Warehouse
from agent.guardrails.policy import Policy, Scope, ThresholdBook, Thresholds
from agent.risk.snapshot import Snapshot


@dataclass(frozen=True)
class Terms:
    """For the warehouses and vendors of one snapshot. A warehouse without a calendar is always open.

    What everything asks for is put together once: hence no slots.
    """

    limits: ThresholdBook
    calendars: Mapping[int, WarehouseCalendar]
    """By warehouse."""
    warehouses: Mapping[int, Warehouse]
    vendors: Mapping[int, Vendor]

    def grace(self, warehouse_id: int | None, vendor_id: int | None) -> timedelta:
        """Overdue supply is expected so long from now."""
        scope = scope_among(self.warehouses, self.vendors, warehouse_id, vendor_id=vendor_id)
        return timedelta(days=self.limits.at(scope).receipt_grace_days)

    def ships(self, warehouse_id: int | None, moment: datetime) -> datetime:
        """When goods that are in that warehouse at `moment` can leave it."""
        calendar = self.calendars.get(warehouse_id) if warehouse_id is not None else None
        return calendar.ships(moment) if calendar else moment

    def holds_until(self, warehouse_id: int, moment: datetime) -> datetime | None:
        """Until when what ships at `moment` ships then; None: for ever."""
        calendar = self.calendars.get(warehouse_id)
        return calendar.holds_until(moment) if calendar else None

    def zone(self, warehouse_id: int | None) -> tzinfo:
        """By whose days something of that warehouse is told: its own; of others the one that all share.

        UTC where nobody says it.
        """
        calendar = self.calendars.get(warehouse_id) if warehouse_id is not None else None
        return calendar.zone if calendar else self._shared_zone

    @cached_property
    def _shared_zone(self) -> tzinfo:
        shared = {each.zone for each in self.calendars.values()}
        return shared.pop() if len(shared) == 1 else UTC

    def transit(self, origin: int, target: int | None) -> timedelta | None:
        """From one warehouse to another, where the policy says it."""
        calendar, receiver = self.calendars.get(origin), self.warehouses.get(target) if target is not None else None
        days = calendar.transit_days.get(receiver.code) if calendar and receiver else None
        return None if days is None else timedelta(days=days)

    def transfer(self, origin: int, target: int, moment: datetime) -> datetime:
        """When goods that are sent from `origin` at `moment` can leave `target`; without a rule, after `transfer_days`."""
        usual = timedelta(days=self.limits.at(scope_among(self.warehouses, self.vendors, target)).transfer_days)
        transit = self.transit(origin, target)
        return self.ships(target, self.ships(origin, moment) + (usual if transit is None else transit))


#: Every warehouse always open, the usual numbers: for whoever asks no more than what was announced.
ANNOUNCED = Terms(ThresholdBook(Thresholds()), {}, {}, {})


def terms_of(policy: Policy, snapshot: Snapshot) -> Terms:
    calendars = {key: policy.calendars[each.code] for key, each in snapshot.warehouses.items() if each.code in policy.calendars}
    return Terms(policy.limits, calendars, snapshot.warehouses, snapshot.vendors)


def scope_of(
    snapshot: Snapshot, warehouse_id: int | None, *, segment: Segment | None = None, vendor_id: int | None = None
) -> Scope:
    """Which thresholds hold for something of this warehouse, customer segment and vendor."""
    return scope_among(snapshot.warehouses, snapshot.vendors, warehouse_id, segment=segment, vendor_id=vendor_id)


def scope_among(
    warehouses: Mapping[int, Warehouse],
    vendors: Mapping[int, Vendor],
    warehouse_id: int | None,
    *,
    segment: Segment | None = None,
    vendor_id: int | None = None,
) -> Scope:
    warehouse = warehouses.get(warehouse_id) if warehouse_id is not None else None
    vendor = vendors.get(vendor_id) if vendor_id is not None else None
    return Scope(
        company=warehouse.company_name if warehouse else None,
        warehouse=warehouse.code if warehouse else None,
        segment=segment,
        vendor_classes=vendor.classes if vendor else frozenset(),
    )
