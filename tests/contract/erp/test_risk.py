"""Each planted situation is found for what it is, on both ERPs: the rules see the same world."""

from datetime import UTC, datetime

import pytest

from agent.actions import prepare
from agent.domain.findings import OptionKind, OrderRisk
from agent.risk.assess import assess
from agent.risk.rows import order_row
from agent.risk.taking import take_snapshot
from tests.contract.erp.conftest import Erp
from tests.fixtures.packaged_policy import PACKAGED_POLICY

FINDINGS = {
    "promise_missed": {"promise_missed"},
    "promise_at_risk": {"promise_at_risk"},
    "no_supply": {"no_supply"},
    "receipt_overdue": {"receipt_overdue"},
    "picking_stalled": {"picking_stalled"},
    "credit_hold": {"credit_hold"},
    "other_warehouse": {"no_supply"},
    "healthy": set(),
    "healthy_two": set(),
    "dozens": set(),
}


MAY_FOLLOW = {"promise_missed": {"picking_stalled"}}
"""The demo company's delivery is as old as the promise; in Odoo it was created a minute ago."""


def found_in(risk: OrderRisk | None, situation: str) -> set[str]:
    found = {finding.kind.value for finding in risk.findings} if risk else set()
    return found - MAY_FOLLOW.get(situation, set())


def risk_of(erp: Erp, situation: str) -> OrderRisk | None:
    report = assess(take_snapshot(erp.reader, datetime.now(UTC), [erp.situations[situation]]), PACKAGED_POLICY)
    return report.orders[0] if report.orders else None


@pytest.mark.parametrize("situation", sorted(FINDINGS))
def test_a_situation_raises_its_own_findings(erp: Erp, situation: str) -> None:
    assert found_in(risk_of(erp, situation), situation) == FINDINGS[situation]


def test_the_whole_list_judges_them_the_same(erp: Erp) -> None:
    report = assess(take_snapshot(erp.reader, datetime.now(UTC)), PACKAGED_POLICY)
    by_name = {risk.order.name: risk for risk in report.orders}
    for situation, name in erp.situations.items():
        assert found_in(by_name.get(name), situation) == FINDINGS[situation], situation


def test_stock_of_the_other_warehouse_is_offered(erp: Erp) -> None:
    risk = risk_of(erp, "other_warehouse")
    assert risk is not None
    assert OptionKind.MOVE_STOCK in {option.kind for option in risk.options}


def test_a_new_promise_is_offered_with_who_approves_it(erp: Erp) -> None:
    risk = risk_of(erp, "promise_at_risk")
    assert risk is not None
    [option] = [option for option in risk.options if option.kind is OptionKind.MOVE_PROMISE_DATE]
    assert option.action is not None
    content = prepare(option.action, option.arguments, erp.reader, now=datetime.now(UTC))
    assert content.subject.name == erp.situations["promise_at_risk"]
    assert option.approval == PACKAGED_POLICY.require(content.action, content.facts).words()


def test_every_fact_names_a_record_with_a_link_where_there_is_a_web_client(erp: Erp) -> None:
    risk = risk_of(erp, "promise_at_risk")
    assert risk is not None
    facts = order_row(risk, datetime.now(UTC), erp.reader.url)["findings"][0]["evidence"]
    assert {fact["model"] for fact in facts} >= {"sale.order", "sale.order.line", "purchase.order"}
    assert all((fact["url"] is None) == (erp.reader.url(risk.order) is None) for fact in facts)
