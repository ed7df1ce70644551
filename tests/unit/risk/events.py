"""Plain events to put into a World: say only what matters."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from agent.domain.affairs import CarrierReport, Shipment, WaitingApproval
from agent.domain.given_up import GivenUpJob
from agent.domain.history import Adjustment, FinishedPicking, QualityFailure, Scrap, Uninvoiced
from agent.domain.records import Record
from agent.domain.sales import SaleOrder
from agent.domain.stock import PickingKind, ReorderRule
from tests.unit.risk.builders import CHAIR, MAIN, NOW, World, euros, in_days, units

PICK = Record("stock.picking.type", 31, "Main: Pick")


def adjustment(world: World, change: float, value: float | None, at: datetime = NOW, **given: Any) -> Adjustment:
    plain = {"product_id": CHAIR, "product_name": "Blue Chair", "warehouse_id": MAIN, "by": None}
    number, worth = next(world.ids), None if value is None else euros(value)
    found = Adjustment(id=number, reference=f"INV:{number}", change=units(change), value=worth, at=at, **{**plain, **given})
    world.past["adjustments"].append(found)
    return found


def scrap(world: World, at: datetime, **given: Any) -> Scrap:
    plain = {"product_id": CHAIR, "product_name": "Blue Chair", "lot": None, "value": euros(100), "warehouse_id": MAIN}
    number = next(world.ids)
    found = Scrap(id=number, name=f"SP/{number:05}", quantity=units(2), at=at, **{**plain, **given})
    world.past["scraps"].append(found)
    return found


def failed_check(world: World, at: datetime, **given: Any) -> QualityFailure:
    number = next(world.ids)
    plain = {"product_id": CHAIR, "product_name": "Blue Chair", "picking": None, "lot": None}
    found = QualityFailure(record=Record("quality.check", number, f"QC{number:05}"), at=at, **{**plain, **given})
    world.past["quality_failures"].append(found)
    return found


def uninvoiced(world: World, order: SaleOrder, delivered_at: datetime, amount: float = 1000) -> Uninvoiced:
    found = Uninvoiced(order.record, order.customer_name, euros(amount), delivered_at, order.warehouse_id)
    world.past["uninvoiced"].append(found)
    return found


def finished(world: World, entered: datetime, done: datetime, zone: Record = PICK) -> None:
    number = next(world.ids)
    world.past["finished"].append(
        FinishedPicking(number, f"MA/PICK/{number:05}", PickingKind.INTERNAL, zone, MAIN, entered, entered, done)
    )


def rule(world: World, minimum: float, maximum: float, lead_days: int = 7, warehouse: int = MAIN) -> ReorderRule:
    number = next(world.ids)
    found = ReorderRule(number, f"OP/{number:05}", CHAIR, warehouse, units(minimum), units(maximum), lead_days)
    world.more["reorder_rules"].append(found)
    return found


def approval(world: World, subject: Record, due_at: datetime) -> WaitingApproval:
    found = WaitingApproval(Record("proposal", 12, "P12"), "move_promise_date", subject, in_days(-3), due_at, "sales manager")
    world.affairs["approvals"].append(found)
    return found


def failure(world: World, at: datetime, task: str = "read mail", reason: str = "the server does not answer.") -> None:
    world.affairs["failures"].append(GivenUpJob(next(world.ids), task, reason, at))


def shipment(
    world: World,
    order: SaleOrder,
    status: str,
    eta: datetime | None,
    said: str = "",
    occurred_at: datetime | None = None,
    **given: Any,
) -> Shipment:
    picking = Record("stock.picking", next(world.ids), "MA/OUT/00077")
    found = Shipment(picking, "TR1", order.id, order.record, order.customer_name, order.promise_date, MAIN)
    found = replace(found, **given)
    world.affairs["shipments"].append(found)
    world.affairs["reports"].append(
        CarrierReport(next(world.ids), found.tracking, status, eta, said, occurred_at or in_days(-0.5))
    )
    return found
