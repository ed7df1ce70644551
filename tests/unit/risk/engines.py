"""Scan engines of small worlds."""

from collections.abc import Callable
from datetime import datetime, timedelta

from agent.domain.scans import ScanResult
from agent.risk.live import Pace, ScanEngine
from tests.unit.risk.builders import NOW, POLICY, World, in_days
from tests.unit.risk.changing_world import ChangingWorld


def company(orders: int = 3) -> ChangingWorld:
    """Orders for chairs, all there, promised in five days."""
    world = World()
    world.stock(orders * 10)
    for _ in range(orders):
        order = world.order()
        world.line(order, 10)
        world.picking(order, in_days(4))
    return ChangingWorld(world)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def engine_of(erp: ChangingWorld, clock: Callable[[], datetime] = lambda: NOW, **pace: timedelta) -> ScanEngine:
    return ScanEngine(erp, erp, POLICY, clock, Pace(**pace))


def kinds(result: ScanResult) -> set[str]:
    return {finding.kind.value for finding in result.findings}
