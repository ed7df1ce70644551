"""picking_stalled and credit_hold, at their boundaries."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.domain.findings import Severity
from agent.domain.money import Money
from agent.domain.stock import PickingKind
from tests.unit.risk.builders import A_MOMENT, NOW, World, euros, in_days


def ready_order(world):
    """An order with nothing wrong but what the test adds."""
    order = world.order(promise=in_days(5))
    world.line(order, 10, reserved=10)
    return order


def test_a_transfer_stalls_after_the_policys_hours():
    for scheduled, stalled in ((NOW - timedelta(hours=48), False), (NOW - timedelta(hours=48) - A_MOMENT, True)):
        world = World()
        world.picking(ready_order(world), scheduled)
        assert world.kinds(picking_stalled_hours=48) == (["picking_stalled"] if stalled else [])


def test_a_young_transfer_scheduled_in_the_past_has_not_stalled():
    world = World()
    world.picking(ready_order(world), in_days(-9), created_at=in_days(-1))
    assert world.kinds() == []


@pytest.mark.parametrize(
    ("state", "words", "severity"),
    [
        ("assigned", "is ready to pick", Severity.HIGH),
        ("confirmed", "is waiting for stock", Severity.MEDIUM),
        ("waiting", "is waiting for another transfer", Severity.MEDIUM),
    ],
)
def test_the_summary_says_what_a_transfer_waits_for_and_who_has_it(state, words, severity):
    world = World()
    order = ready_order(world)
    picking = world.picking(order, in_days(-4), state=state)
    found = world.one("picking_stalled")
    assert found.summary == (
        f"{picking.name} for {order.name} was scheduled for 2026-07-30 (4 days ago) and {words}; nobody is assigned."
    )
    assert (found.severity, found.subject) == (severity, picking.record)


def test_a_transfer_with_someone_on_it_names_them():
    world = World()
    world.picking(ready_order(world), in_days(-4), responsible="Ines")
    assert world.one("picking_stalled").summary.endswith("; Ines is assigned.")


def test_a_transfer_that_waits_for_another_stalled_one_is_not_told_twice():
    world = World()
    order = ready_order(world)
    first = world.picking(order, in_days(-4))
    world.picking(order, in_days(-4), state="waiting")
    assert world.one("picking_stalled").subject == first.record


def test_transfers_of_other_orders_do_not_count():
    world = World()
    ready_order(world)
    world.picking(world.order(), in_days(-4))
    assert world.kinds() == []


def test_an_overdue_invoice_holds_the_customers_undelivered_orders():
    for due, held in ((in_days(-3), False), (in_days(-3) - A_MOMENT, True)):
        world = World()
        customer = world.customer()
        ready_order(world)
        world.invoice(customer, due)
        assert world.kinds(overdue_invoice_days=3) == (["credit_hold"] if held else [])


def test_the_summary_sums_what_is_owed_and_what_would_be_shipped():
    world = World()
    customer = world.customer()
    order = ready_order(world)
    for days, residual in ((-9, 500), (-30, 250.5), (-1, 100)):
        world.invoice(customer, in_days(days), residual)
    found = world.one("credit_hold")
    assert found.summary == (
        f"Acme owes 850.50 EUR since 2026-07-04 ({world.invoices[1].name}, {world.invoices[0].name} and 1 more); "
        f"1,000.00 EUR of {order.name} are still to ship."
    )
    assert (found.since, found.subject) == (in_days(-30), customer.record)
    assert [fact.value for fact in found.evidence][:2] == ["2026-07-04", "250.50 EUR"]


def test_invoices_of_other_customers_hold_nothing():
    world = World()
    world.customer()
    ready_order(world)
    world.invoice(world.customer("Borealis"), in_days(-9))
    assert world.kinds() == []


@pytest.mark.parametrize(("exposure", "held"), [(1999, False), (2000, False), (2001, True)])
def test_over_the_limit_means_above_what_the_erp_counts(exposure, held):
    world = World()
    customer = world.customer(credit_limit=euros(2000), exposure=euros(exposure))
    order = ready_order(world)
    assert world.kinds() == (["credit_hold"] if held else [])
    if held:
        assert world.one("credit_hold").summary == (
            f"{customer.name} stands at 2,001.00 EUR against a credit limit of 2,000.00 EUR; 1,000.00 EUR of {order.name} "
            "are still to ship."
        )


def test_without_the_erps_figure_overdue_invoices_and_the_order_itself_count():
    for limit, held in ((1500, False), (1499, True)):
        world = World()
        customer = world.customer(credit_limit=euros(limit))
        ready_order(world)
        world.invoice(customer, in_days(-1), 500)
        found = world.findings(overdue_invoice_days=0)
        assert ("credit limit" in found[0].summary) is held


def test_a_limit_in_another_currency_is_not_compared():
    world = World()
    customer = world.customer(credit_limit=euros(10))
    world.customers[customer.id] = replace(customer, exposure=Money(euros(99).amount, "USD"))
    ready_order(world)
    assert world.kinds() == []


def test_a_customer_without_a_limit_is_never_over_it():
    world = World()
    world.customer(exposure=euros(1_000_000))
    ready_order(world)
    assert world.kinds() == []


def test_what_a_vendor_or_a_customer_has_to_send_is_not_ours_to_pick():
    world = World()
    order = world.order(promise=in_days(5))
    world.line(order, reserved=10)
    world.picking(order, in_days(-9), kind=PickingKind.RECEIPT)
    assert world.kinds() == []
