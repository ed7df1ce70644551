"""Orders are ranked by what waiting costs."""

from decimal import Decimal

from agent.domain.findings import FindingKind, Severity
from agent.domain.sales import Segment
from agent.risk.ranking import score
from tests.unit.risk.builders import THRESHOLDS, World, in_days, policy


def test_the_parts_earn_what_the_documentation_says():
    assert score(7, Decimal(10_000), Segment.STRATEGIC, Severity.CRITICAL, THRESHOLDS) == Decimal("65.00")
    assert score(0, Decimal(0), Segment.STANDARD, Severity.LOW, THRESHOLDS) == Decimal("2.00")


def test_a_threshold_of_no_days_gives_all_points_for_any_delay():
    strict = policy(critical_days_late=0).thresholds
    assert score(1, Decimal(0), Segment.STANDARD, Severity.HIGH, strict) == Decimal("50.00")
    assert score(0, Decimal(0), Segment.STANDARD, Severity.HIGH, strict) == Decimal("10.00")


def test_the_order_that_costs_most_comes_first():
    world = World()
    small = world.order(promise=in_days(-2))
    world.line(small, value=100)
    large = world.order(promise=in_days(-2))
    world.line(large, value=90_000)
    strategic = world.order(in_days(-2), world.customer("Borealis", Segment.STRATEGIC))
    world.line(strategic, value=90_000)
    assert [risk.order.name for risk in world.risks()] == [strategic.name, large.name, small.name]


def test_equals_are_ranked_by_value_then_by_number():
    world = World()
    orders = [world.order(promise=in_days(-2)) for _ in range(3)]
    for order in reversed(orders):
        world.line(order, value=100)
    assert [risk.order.name for risk in world.risks()] == [order.name for order in orders]


def test_the_value_at_risk_is_that_of_the_goods_still_to_ship():
    world = World()
    order = world.order(promise=in_days(-2))
    world.line(order, 10, delivered=4, value=500)
    world.line(order, 1, goods=False, value=9000)
    world.line(order, 2, value=50)
    (risk,) = world.risks()
    assert risk.value_at_risk.amount == 350


def test_the_gravest_finding_comes_first_and_decides_the_score():
    world = World()
    world.line(world.order(promise=in_days(-1)))
    (risk,) = world.risks()
    assert [(finding.kind, finding.severity) for finding in risk.findings] == [
        (FindingKind.NO_SUPPLY, Severity.CRITICAL),
        (FindingKind.PROMISE_MISSED, Severity.HIGH),
    ]
    assert risk.score == score(1, Decimal(1000), Segment.STANDARD, Severity.CRITICAL, THRESHOLDS)
