"""What the engine does about late, lost and failing news, and about the clock."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from agent.domain.affairs import CarrierReport, JobFailure, Shipment, ShipmentStatus
from agent.domain.changes import Change, Noun
from agent.domain.decisions import Proposal
from agent.domain.findings import FindingKind, OptionKind
from agent.domain.records import Record
from agent.domain.sales import SaleOrder, Segment
from agent.domain.scans import ScanKind, ScanResult
from agent.errors import ErpRefused, ErpUnavailable
from agent.risk.affairs import take_affairs
from agent.risk.history import HistoryOfTheDay
from agent.risk.live import Pace, ScanEngine
from tests.unit.risk.builders import CHAIR, DESK, NOW, POLICY, World, except_where, in_days
from tests.unit.risk.changing_world import ChangingWorld
from tests.unit.risk.events import rule


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


def test_the_first_scan_reads_everything_and_the_next_one_only_what_changed():
    erp = company()
    engine = engine_of(erp)
    first = engine.scan()
    assert (first.kind, first.open_orders, first.at_risk, first.calls) == (ScanKind.FULL, 3, 0, erp.calls.total())
    erp.calls.clear()
    erp.change_order(erp.world.orders[0], promise_date=in_days(-2))
    result = engine.scan()
    assert result.kind is ScanKind.INCREMENTAL
    assert [risk.order.name for risk in result.orders] == [erp.world.orders[0].name]
    assert kinds(result) == {"promise_missed"}
    assert dict(erp.calls) == {"erp_time": 1, "changes": 1, "orders_again": 1, "open_sale_orders": 1, "sale_order_lines": 1}
    assert result.calls == 5


def test_where_nothing_changed_nothing_is_read():
    erp = company()
    engine = engine_of(erp)
    engine.scan()
    erp.calls.clear()
    result = engine.scan()
    assert dict(erp.calls) == {"erp_time": 1, "changes": 1}
    assert (result.orders, result.findings, result.orders_gone, result.resolved) == ((), (), frozenset(), frozenset())


def test_what_is_mended_is_gone():
    erp = company()
    late = erp.world.orders[0]
    erp.change_order(late, promise_date=in_days(-2))
    engine = engine_of(erp)
    [finding] = engine.scan().findings
    erp.change_order(late, promise_date=in_days(5))
    result = engine.scan()
    assert (result.orders_gone, result.resolved, result.at_risk) == ({late.id}, {finding.fingerprint}, 0)


def commit_late(erp: ChangingWorld, began: datetime) -> None:
    """A transaction that began long ago is committed: its changes are dated by its beginning."""
    order = erp.world.orders[0]
    erp.world.orders[0] = replace(order, promise_date=in_days(-2))
    erp.written.append(Change(Noun.ORDER, order.id, began))


def test_a_change_that_is_dated_before_the_last_look_is_noticed():
    erp = company()
    engine = engine_of(erp)
    engine.scan()
    began = erp.time
    erp.time += timedelta(minutes=9)
    engine.scan()
    commit_late(erp, began)
    assert engine.scan().at_risk == 1


def test_a_second_change_within_the_second_of_the_last_look_is_noticed():
    erp = company()
    order = erp.world.orders[0]
    engine = engine_of(erp)
    erp.change_order(order, promise_date=in_days(4))
    engine.scan()
    commit_late(erp, erp.time)
    assert engine.scan().at_risk == 1


def test_what_was_read_once_is_not_read_again():
    erp = company()
    engine = engine_of(erp)
    engine.scan()
    erp.change_order(erp.world.orders[0], promise_date=in_days(4))
    erp.time += timedelta(minutes=1)
    engine.scan()
    erp.calls.clear()
    engine.scan()
    assert erp.calls["orders_again"] == 0


def test_the_full_pass_finds_what_nothing_told_of_and_says_so():
    erp = company()
    engine = engine_of(erp)
    engine.scan()
    order = erp.world.orders[0]
    erp.world.orders[0] = replace(order, promise_date=in_days(-2))
    assert engine.scan().at_risk == 0
    result = engine.full()
    assert result.at_risk == 1
    assert result.missed == (
        f"sale.order {order.id} had changed unnoticed: "
        "promise_date was 2026-08-08 09:00:00+00:00 and is 2026-08-01 09:00:00+00:00.",
    )
    assert engine.full().missed == ()


def test_what_was_deleted_without_a_trace_is_found_by_the_full_pass():
    erp = company()
    engine = engine_of(erp)
    engine.scan()
    gone = erp.world.moves.pop()
    assert engine.full().missed == (f"stock.move {gone.id} had gone unnoticed.",)


def test_what_changes_while_everything_is_read_was_not_missed():
    erp = company()

    class WhileReading(ChangingWorld):
        def warehouses(self):
            if self.calls["warehouses"]:
                self.change_move(self.world.moves[0], expected_at=in_days(9))
            return super().warehouses()

        def open_moves(self, product_ids=None):
            return super().open_moves(product_ids)

    busy = WhileReading(erp.world)
    engine = ScanEngine(busy, busy, POLICY, lambda: NOW)
    engine.scan()
    assert engine.full().missed == ()


def test_only_the_first_misses_are_told_one_by_one():
    erp = company(orders=30)
    engine = engine_of(erp)
    engine.scan()
    erp.world.orders[:] = [replace(order, promise_date=in_days(3)) for order in erp.world.orders]
    missed = engine.full().missed
    assert (len(missed), missed[-1]) == (21, "10 more records had changed unnoticed.")


def test_a_full_pass_is_due_after_a_while():
    erp, clock = company(), Clock()
    engine = engine_of(erp, clock, full_every=timedelta(minutes=30))
    kinds = []
    for minutes in (0, 10, 29, 30, 40, 60):
        clock.now = NOW + timedelta(minutes=minutes)
        kinds.append(engine.scan().kind.value)
    assert kinds == ["full", "incremental", "incremental", "full", "incremental", "full"]


def test_the_clock_moves_on_for_what_nobody_changed():
    erp, clock = company(1), Clock()
    erp.change_order(erp.world.orders[0], promise_date=NOW + timedelta(minutes=5))
    engine = engine_of(erp, clock, judge_all_every=timedelta(minutes=15), full_every=timedelta(days=1))
    engine.scan()
    clock.now = NOW + timedelta(minutes=14)
    assert engine.scan().orders == ()
    clock.now = NOW + timedelta(minutes=15)
    result = engine.scan()
    assert (result.kind, kinds(result), len(result.orders)) == (ScanKind.INCREMENTAL, {"promise_missed"}, 1)
    assert engine.scan().orders == ()


def test_an_erp_that_is_away_half_way_loses_nothing():
    erp = company()

    class Flaky(ChangingWorld):
        away = False

        def pickings_again(self, ids):
            if self.away:
                raise ErpUnavailable("Odoo is away.")
            return super().pickings_again(ids)

    flaky = Flaky(erp.world)
    engine = ScanEngine(flaky, flaky, POLICY, lambda: NOW)
    engine.scan()
    flaky.change_order(flaky.world.orders[0], promise_date=in_days(-2))
    flaky.write(Noun.PICKING, flaky.world.pickings[0].id)
    flaky.away = True
    with pytest.raises(ErpUnavailable):
        engine.scan()
    assert engine.report().orders == ()
    flaky.away = False
    assert kinds(engine.scan()) == {"promise_missed"}


def test_without_the_right_to_see_invoices_a_change_of_one_is_passed_over():
    erp = company()

    class WithoutInvoices(ChangingWorld):
        def overdue_invoices(self, now, customer_ids=None):
            raise ErpRefused("The login may not do this with account.move.")

    blind = WithoutInvoices(erp.world)
    engine = ScanEngine(blind, blind, POLICY, lambda: NOW)
    first = engine.scan()
    assert (len(first.not_seen), first.unjudged) == (1, {FindingKind.CREDIT_HOLD})
    [customer] = blind.world.customers.values()
    sent = blind.world.invoice(customer, in_days(-40))
    blind.write(Noun.INVOICE, sent.id, customer.id)
    result = engine.scan()
    assert (result.at_risk, len(result.not_seen)) == (0, 1)


def test_an_erp_that_cannot_tell_changes_is_read_whole_each_time():
    erp = company()

    class Mute(ChangingWorld):
        def changes(self, since):
            return None

    mute = Mute(erp.world)
    engine = ScanEngine(mute, mute, POLICY, lambda: NOW)
    engine.scan()
    mute.world.orders[0] = replace(mute.world.orders[0], promise_date=in_days(-2))
    result = engine.scan()
    assert (result.kind, result.at_risk, result.missed) == (ScanKind.FULL, 1, ())


def test_a_record_that_somebody_hints_at_is_read_again_whatever_the_erp_says():
    erp = company()
    engine = engine_of(erp)
    engine.scan()
    order = erp.world.orders[0]
    erp.world.orders[0] = replace(order, promise_date=in_days(-2))
    assert engine.scan([order.record]).at_risk == 1


def test_a_hint_at_something_nobody_scans_is_no_trouble():
    erp = company()
    engine = engine_of(erp)
    engine.scan()
    assert engine.scan([Record("mail.message", 1, "a note")]).at_risk == 0


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

    def proposals(self, states: object, limit: int) -> list[Proposal]:
        return []

    def failures(self, since: datetime) -> list[JobFailure]:
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


def trading() -> ChangingWorld:
    erp = company()
    erp.world.purchase(10, at=in_days(3))
    erp.world.price(9, 5)
    rule(erp.world, 5, 20)
    erp.world.order(None, state="sent", ordered_at=in_days(-3))
    return erp


def without_price(erp: ChangingWorld) -> str:
    gone = erp.world.prices.pop()
    return f"product.supplierinfo {gone.id} of product {gone.product_id} had gone unnoticed."


def without_rule(erp: ChangingWorld) -> str:
    return f"stock.warehouse.orderpoint {erp.world.more['reorder_rules'].pop().id} had gone unnoticed."


def with_another_vendor(erp: ChangingWorld) -> str:
    vendor_id = erp.world.purchases[0].vendor_id
    erp.world.vendor_classes[vendor_id] = ("steady",)
    return f"res.partner {vendor_id} had changed unnoticed: classes was frozenset() and is frozenset({{'steady'}})."


def with_a_bigger_offer(erp: ChangingWorld) -> str:
    old = erp.world.orders[-1]
    erp.world.orders[-1] = replace(old, customer_name="Borealis")
    return f"sale.order {old.id} had changed unnoticed: customer_name was Acme and is Borealis."


def without_stock(erp: ChangingWorld) -> str:
    del erp.world.levels[CHAIR, 1]
    return f"The stock of product {CHAIR} in warehouse 1 had gone unnoticed."


@pytest.mark.parametrize("happening", [without_price, without_rule, with_another_vendor, with_a_bigger_offer, without_stock])
def test_of_what_is_bought_kept_and_offered_too_the_full_pass_says_what_nothing_told_of(happening):
    erp = trading()
    engine = engine_of(erp)
    engine.scan()
    engine.scan()
    said = happening(erp)
    assert engine.full().missed == (said,)
    assert engine.full().missed == ()


def test_the_full_pass_tells_of_a_purchase_that_changed_unnoticed():
    erp = trading()
    engine = engine_of(erp)
    engine.scan()
    line = erp.world.purchases[0]
    erp.world.purchases[0] = replace(line, order_state="done")
    assert f"purchase.order {line.order_id} had changed unnoticed: state was purchase and is done." in engine.full().missed


def test_an_empty_shelf_whose_record_the_erp_drops_was_not_missed():
    erp = company()
    erp.world.stock(0, warehouse=2)
    engine = engine_of(erp)
    engine.scan()
    del erp.world.levels[CHAIR, 2]
    assert engine.full().missed == ()


def test_what_may_not_be_seen_any_more_was_not_missed():
    erp = trading()

    class Blind(ChangingWorld):
        blind = False

        def vendor_prices(self, product_ids):
            return self.ask(super().vendor_prices(product_ids))

        def reorder_rules(self):
            return self.ask(super().reorder_rules())

        def ask(self, found):
            if self.blind:
                raise ErpRefused("The login may not do this.")
            return found

    blind = Blind(erp.world)
    engine = ScanEngine(blind, blind, POLICY, lambda: NOW)
    engine.scan()
    for blind.blind in (True, False):
        assert engine.full().missed == ()


def test_prices_that_end_and_offers_that_are_forgotten_by_the_clock_alone_were_not_missed():
    erp, clock = trading(), Clock()

    class Dated(ChangingWorld):
        def vendor_prices(self, product_ids):
            return [] if clock.now.date() > NOW.date() else super().vendor_prices(product_ids)

    erp.world.order(None, state="sent", ordered_at=in_days(-60))
    dated = Dated(erp.world)
    engine = ScanEngine(dated, dated, POLICY, clock)
    engine.scan()
    clock.now += timedelta(days=1)
    assert engine.full().missed == ()


def test_a_purchase_whose_last_goods_came_is_no_news_to_the_full_pass():
    erp = trading()
    engine = engine_of(erp)
    engine.scan()
    line = erp.world.purchases.pop()
    [move] = [move for move in erp.world.moves if move.purchase_line_id == line.id]
    erp.finish_move(move)
    engine.scan()
    assert engine.full().missed == ()
