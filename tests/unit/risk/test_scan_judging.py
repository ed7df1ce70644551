"""A scan judges again what a change concerns, and only that."""

from agent.domain.findings import OptionKind
from agent.domain.sales import Segment
from agent.domain.scans import ScanKind, ScanResult
from agent.risk.live import ScanEngine
from tests.unit.risk.builders import CHAIR, DESK, NOW, World, except_where, in_days
from tests.unit.risk.changing_world import ChangingWorld
from tests.unit.risk.engines import company, engine_of, kinds


def test_only_the_orders_that_a_change_concerns_are_judged_again():
    erp = company()
    other = erp.world.order()
    erp.world.line(other, 10, product=DESK)
    engine = engine_of(erp)
    assert [risk.order for risk in engine.scan().orders] == [other.record]
    erp.count(CHAIR, 1, 15)
    assert other.record not in [risk.order for risk in engine.scan().orders]


def test_who_would_be_harmed_is_told_as_they_are_now():
    """Taking goods that are set aside for a strategic customer needs another approval than for anybody else."""
    world = World()
    hurried, patient = world.customer("Hurried"), world.customer("Patient")
    taker = world.order(in_days(2), customer=hurried)
    world.line(taker, 10)
    giver = world.order(in_days(20), customer=patient)
    world.line(giver, 10, reserved=10)
    world.stock(10, reserved=10)
    erp = ChangingWorld(world)
    engine = engine_of(erp)

    def option(result: ScanResult):
        [risk] = [risk for risk in result.orders if risk.order == taker.record]
        return next(option for option in risk.options if option.kind is OptionKind.TAKE_RESERVATION)

    before = option(engine.scan())
    erp.change_customer(patient, segment=Segment.STRATEGIC)
    promoted = option(engine.scan())
    assert before.approval != promoted.approval
    erp.change_customer(erp.world.customers[patient.id], name="Patience")
    assert option(engine.scan()).harms[0].customer_name == "Patience"


def test_whoever_matters_less_gives_even_goods_that_are_needed_first():
    """A reservation of a standard customer, promised earlier, is a conflict for a strategic one as soon as it is there."""
    world = World()
    strategic, standard = world.customer("Strategic", Segment.STRATEGIC), world.customer("Standard")
    first = world.order(in_days(1), customer=standard, complete=True)
    world.line(first, 10, reserved=10)
    lacking = world.order(in_days(2), customer=strategic)
    world.line(lacking, 10)
    world.stock(10, reserved=10)
    erp = ChangingWorld(world)
    engine = engine_of(erp)
    assert "allocation_conflict" not in kinds(engine.scan())
    erp.change_order(first, complete=False)
    assert "allocation_conflict" in kinds(engine.scan())


STEADY = except_where({"vendor_class": "steady"}, receipt_grace_days=20)


def test_a_vendor_who_counts_as_something_else_is_judged_so_at_the_next_scan():
    erp = company()
    bought = erp.world.purchase(10, at=in_days(-3))
    engine = ScanEngine(erp, erp, STEADY, lambda: NOW)
    assert "receipt_overdue" in kinds(engine.scan())
    erp.change_vendor(bought.vendor_id, bought.vendor_name, "steady")
    result = engine.scan()
    assert (result.kind, [key.split(":")[0] for key in result.resolved]) == (ScanKind.INCREMENTAL, ["receipt_overdue"])
    assert engine.full().missed == ()
