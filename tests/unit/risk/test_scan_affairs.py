"""What carriers and the past say is kept open while a scan may not see it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import pytest

from agent.domain.affairs import CarrierReport, Shipment, ShipmentStatus
from agent.domain.decisions import Proposal
from agent.domain.findings import FindingKind
from agent.domain.given_up import GivenUpJob
from agent.domain.records import Record
from agent.domain.sales import SaleOrder
from agent.domain.scans import ScanKind
from agent.errors import ErpRefused
from agent.risk.affairs import take_affairs
from agent.risk.history import HistoryOfTheDay
from agent.risk.live import ScanEngine
from tests.unit.risk.builders import NOW, POLICY
from tests.unit.risk.changing_world import ChangingWorld
from tests.unit.risk.engines import Clock, company

WORD = CarrierReport(1, "TR1", ShipmentStatus.EXCEPTION, None, "lost", NOW)
UNMATCHED = "What carriers said was not matched with deliveries. The login may not see deliveries."


class Deliveries:
    """One parcel of an order, which the login may see or not."""

    def __init__(self, order: SaleOrder) -> None:
        self.parcel = Shipment(
            Record("stock.picking", 77, "WH/OUT/77"), "TR1", order.id, order.record, "Acme", order.promise_date, 1
        )
        self.forbidden = False

    def shipments(self, tracking: Sequence[str]) -> list[Shipment]:
        if self.forbidden:
            raise ErpRefused("The login may not see deliveries.")
        return [self.parcel] if self.parcel.tracking in tracking else []


class Nothing:
    """No proposals and no failures; what carriers said."""

    def __init__(self, *said: CarrierReport) -> None:
        self.said = list(said)

    def proposals(self, states: object, limit: int, *, before: int | None) -> list[Proposal]:
        return []

    def failures(self, since: datetime) -> list[GivenUpJob]:
        return []

    def carrier_reports(self, since: datetime) -> list[CarrierReport]:
        return self.said


def watching(erp: ChangingWorld, deliveries: Deliveries, own: Nothing, clock: Clock | None = None) -> ScanEngine:
    affairs = partial(take_affairs, own, own, deliveries, POLICY)
    return ScanEngine(erp, erp, POLICY, clock or Clock(), affairs=affairs)


@pytest.mark.parametrize("minutes", [1, 20])
def test_what_a_carrier_said_stays_open_while_deliveries_may_not_be_seen(minutes):
    erp, clock = company(), Clock()
    order = erp.world.orders[0]
    deliveries, own = Deliveries(order), Nothing(WORD)
    engine = watching(erp, deliveries, own, clock)
    [finding] = engine.scan().findings
    deliveries.forbidden = True
    clock.now += timedelta(minutes=minutes)
    result = engine.scan()
    assert (result.resolved, result.orders_gone, result.at_risk) == (frozenset(), frozenset(), 1)
    assert (result.not_seen, result.unjudged) == ((UNMATCHED,), {FindingKind.CARRIER_DELAY})
    assert [each.order for each in engine.full().findings] == [order.record]
    own.said.clear()
    result = engine.scan()
    assert (result.resolved, result.orders_gone, result.not_seen) == ({finding.fingerprint}, {order.id}, ())


def test_a_scan_that_never_saw_the_deliveries_does_not_say_that_none_is_late():
    erp = company()
    deliveries = Deliveries(erp.world.orders[0])
    deliveries.forbidden = True
    for scan in (engine := watching(erp, deliveries, Nothing(WORD))).full, engine.scan:
        result = scan()
        assert (result.findings, result.not_seen, result.unjudged) == ((), (UNMATCHED,), {FindingKind.CARRIER_DELAY})
    assert engine.report().not_seen == (UNMATCHED,)


def test_every_scan_says_what_part_of_the_past_was_not_seen():
    class Past:
        def __getattr__(self, part: str) -> Callable[..., list[object]]:
            def ask(since: datetime | None = None) -> list[object]:
                if part == "scraps":
                    raise ErpRefused("The login may not see scraps.")
                return []

            return ask

    erp = company()
    engine = ScanEngine(erp, erp, POLICY, lambda: NOW, history=HistoryOfTheDay(Past(), POLICY.limits))
    for kind in (ScanKind.FULL, ScanKind.INCREMENTAL):
        result = engine.scan()
        assert (result.kind, result.not_seen) == (kind, ("Write-offs were not looked at. The login may not see scraps.",))
        assert result.unjudged == {FindingKind.DAMAGE_CLUSTER}
        assert result.open_ids == {order.id for order in erp.world.orders}
