"""Rule 3: approved means still true, on the facts and the people of this moment."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from agent.actions import prepare
from agent.domain.decisions import Outcome, Role
from agent.domain.money import Money
from agent.domain.sales import Segment
from tests.unit.execution.conftest import Rig
from tests.unit.execution.desk import Directory
from tests.unit.execution.fakes import LEAD, OPS, SALES, approval, customer, order, person

MONDAY = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"promise_date": datetime(2026, 11, 21, 17, 0, tzinfo=UTC)},
            "promise date was Fri 20 Nov 2026, 17:00 UTC when approved",
        ),
        ({"promise_date": None}, "promise date was Fri 20 Nov 2026, 17:00 UTC when approved and is none now"),
        ({"amount": Money(Decimal("9000.00"), "EUR")}, "amount was 4200.00 when approved and is 9000.00 now"),
        ({"locked": True}, "locked was False when approved and is True now"),
        ({"state": "cancel"}, "S00042 is cancelled"),
        ({"complete": True}, "S00042 is completely delivered"),
        ({"promise_date": MONDAY}, "S00042 is already promised for Mon 23 Nov 2026"),
        ({"id": 43}, "S00042 no longer gives the preview that was approved"),
    ],
)
def test_what_changed_since_the_approval_is_named_and_nothing_is_written(rig, change, says):
    run = rig()
    run.erp.orders["S00042"] = order(**change)
    assert run.run() is Outcome.REFUSED_STALE
    assert says in run.detail
    assert run.detail.startswith("Nothing was changed, because what was approved no longer holds: ")
    assert run.erp.effects == []


def test_a_customer_who_became_strategic_since_is_a_reason_to_refuse(rig):
    run = rig()
    run.erp.customers_by_id[7] = customer(Segment.STRATEGIC)
    assert run.run() is Outcome.REFUSED_STALE
    assert "segment was standard when approved and is strategic now" in run.detail


def test_an_order_that_is_gone_is_refused(rig):
    run = rig()
    run.erp.orders.clear()
    assert run.run() is Outcome.REFUSED_STALE
    assert "There is no order S00042" in run.detail


def test_the_executor_finds_missing_approvals_itself(rig):
    run = rig(approvers=())
    assert run.run() is Outcome.REFUSED_STALE
    assert "asks for one of sales_manager, ops_manager or warehouse_lead, which was not given" in run.detail
    assert run.erp.effects == []


def test_an_approver_without_the_role_counts_for_nothing(rig):
    run = rig(approvers=(person(9, "bob", Role.BUYER),))
    assert run.run() is Outcome.REFUSED_STALE


def test_one_approval_of_two_is_not_enough_for_a_strategic_customer(rig):
    run = rig(approvers=(SALES,), erp={"customers_by_id": {7: customer(Segment.STRATEGIC)}})
    assert run.run() is Outcome.REFUSED_STALE


def test_two_approvals_in_order_are_enough_for_a_strategic_customer(rig):
    run = rig(approvers=(SALES, OPS), erp={"customers_by_id": {7: customer(Segment.STRATEGIC)}})
    assert run.run() is Outcome.DONE


def test_a_policy_that_has_no_rule_any_more_refuses(rig):
    run = rig()
    empty = replace(run.context.in_force(), rules=())
    context = replace(run.context, in_force=lambda: empty)
    run = Rig(run.clock, run.crashes, run.erp, run.desk, context)
    assert run.run() is Outcome.REFUSED_STALE
    assert "No rule of policy" in run.detail


def test_an_approver_who_lost_the_role_since_no_longer_counts(rig):
    run = rig(people=Directory({SALES.id: replace(SALES, roles=frozenset({Role.BUYER}))}))
    assert run.run() is Outcome.REFUSED_STALE


def test_an_approver_who_left_since_no_longer_counts(rig):
    run = rig(people=Directory({}))
    assert run.run() is Outcome.REFUSED_STALE
    assert "no longer an active person" in run.detail


def test_an_approver_who_still_has_the_role_counts(rig):
    assert rig(people=Directory({SALES.id: SALES})).run() is Outcome.DONE


def test_a_grant_for_another_hash_changes_nothing(rig):
    run = rig()
    assert run.run(replace(run.desk.grant, sha256="0" * 64)) is Outcome.REFUSED_STALE
    assert run.erp.effects == []


def test_content_that_was_exchanged_after_the_approval_changes_nothing(rig):
    run = rig()
    other = prepare("move_promise_date", {"order": "S00042", "promise_date": "2026-11-22"}, run.erp)
    run.desk.stored = replace(run.desk.stored, content=other)
    assert run.run() is Outcome.REFUSED_STALE
    assert "not the one that was approved" in run.detail
    assert run.erp.effects == []


def test_approvals_of_another_hash_do_not_count(rig):
    run = rig()
    other = approval(run.desk.stored, LEAD, sha256="0" * 64)
    run.desk.stored = replace(run.desk.stored, decisions=(other,))
    assert run.run() is Outcome.REFUSED_STALE


def test_an_action_that_no_longer_exists_is_refused(rig):
    run = rig()
    content = run.desk.stored.content.model_copy(update={"action": "burn_down"})
    run.desk.stored = replace(run.desk.stored, content=content, sha256=content.sha256())
    assert run.run(replace(run.desk.grant, sha256=content.sha256())) is Outcome.REFUSED_STALE
    assert "There is no action burn_down" in run.detail
