"""What the engine does about late, lost and failing news, and about the clock."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from agent.domain.changes import Change, Noun
from agent.domain.findings import FindingKind
from agent.domain.records import Record
from agent.domain.scans import ScanKind
from agent.errors import ErpRefused, ErpUnavailable
from agent.risk.live import ScanEngine
from tests.unit.risk.builders import NOW, POLICY, in_days
from tests.unit.risk.changing_world import ChangingWorld
from tests.unit.risk.engines import Clock, company, engine_of, kinds


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
