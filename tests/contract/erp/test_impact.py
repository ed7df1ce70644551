"""What a purchase endangers, on any ERP."""

from datetime import UTC, datetime, timedelta

from agent.risk.causes import find_cause, snapshot_of_cause
from agent.risk.impact import impact
from agent.risk.taking import take_snapshot
from agent.risk.tree import tree_of
from tests.contract.erp.conftest import Erp
from tests.fixtures.packaged_policy import PACKAGED_POLICY


def test_a_purchase_by_its_number_names_the_order_it_was_made_for(erp: Erp) -> None:
    _, purchase = erp.bought_for("promise_at_risk")
    cause = find_cause(erp.reader, purchase.order_name)
    now = datetime.now(UTC)
    found = impact(snapshot_of_cause(erp.reader, cause, now), PACKAGED_POLICY, cause)
    late = {order.order.name: order for order in found.orders if order.endangered}
    order = late[erp.situations["promise_at_risk"]]
    assert order.draft is not None
    assert order.ready_after is not None
    assert order.ready_after.date() == purchase.vendor_promise_date.date()


def test_a_delay_breaks_the_promise_of_an_order_that_is_fine_today(erp: Erp) -> None:
    line, purchase = erp.bought_for("healthy_two")
    cause = find_cause(erp.reader, purchase.order_name)
    now = datetime.now(UTC)
    snapshot = snapshot_of_cause(erp.reader, cause, now)
    name = erp.situations["healthy_two"]
    before = {order.order.name: order.endangered for order in impact(snapshot, PACKAGED_POLICY, cause).orders}
    after = {order.order.name: order for order in impact(snapshot, PACKAGED_POLICY, cause, now + timedelta(days=40)).orders}
    assert before[name] is False
    assert after[name].endangered
    assert line.product_name in after[name].goods


def test_the_tree_of_an_order_ends_at_its_purchase(erp: Erp) -> None:
    _, purchase = erp.bought_for("promise_at_risk")
    top = tree_of(take_snapshot(erp.reader, datetime.now(UTC), [erp.situations["promise_at_risk"]]), PACKAGED_POLICY)
    assert purchase.record in {behind.record for goods in top.waits_for for behind in goods.waits_for}
