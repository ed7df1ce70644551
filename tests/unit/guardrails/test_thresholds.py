"""Other numbers for a part of the business."""

import pytest

from agent.domain.sales import Segment
from agent.errors import PolicyInvalid
from agent.guardrails.policy import PACKAGED, Scope, load_policy

EXCEPTIONS = """
exceptions:
  - where: {warehouse: LYN}
    thresholds: {picking_stalled_hours: 24}
  - where: {segment: strategic}
    thresholds: {picking_stalled_hours: 12, critical_days_late: 3}
  - where: {vendor_class: Single source, warehouse: LYN}
    thresholds: {receipt_grace_days: 0}
"""


@pytest.fixture
def limits(tmp_path):
    return policy_with(tmp_path, EXCEPTIONS).limits


def policy_with(folder, text):
    file = folder / "policy.yaml"
    file.write_text(PACKAGED.read_text(encoding="utf-8") + text, encoding="utf-8")
    return load_policy(file)


@pytest.mark.parametrize(
    ("scope", "hours"),
    [
        (Scope(), 48),
        (Scope(warehouse="RTM"), 48),
        (Scope(warehouse="LYN"), 24),
        (Scope(segment=Segment.STRATEGIC), 12),
        (Scope(warehouse="LYN", segment=Segment.STRATEGIC), 12),
        (Scope(warehouse="LYN", segment=Segment.KEY), 24),
    ],
)
def test_of_the_exceptions_that_fit_the_last_decides(limits, scope, hours):
    assert limits.at(scope).picking_stalled_hours == hours


def test_a_number_that_an_exception_does_not_name_stays_as_it_is(limits):
    strategic = limits.at(Scope(segment=Segment.STRATEGIC))
    assert (strategic.critical_days_late, strategic.transfer_days) == (3, limits.usual.transfer_days)


def test_all_that_an_exception_names_has_to_hold(limits):
    single = frozenset({"single source"})
    assert limits.at(Scope(warehouse="LYN", vendor_classes=single)).receipt_grace_days == 0
    assert limits.at(Scope(warehouse="RTM", vendor_classes=single)).receipt_grace_days == 1
    assert limits.at(Scope(warehouse="LYN")).receipt_grace_days == 1


def test_history_is_read_as_far_back_as_any_part_of_the_business_looks(tmp_path):
    limits = policy_with(tmp_path, "\nexceptions:\n  - where: {company: B}\n    thresholds: {trend_history_days: 400}\n").limits
    assert limits.longest(["trend_history_days", "trend_window_days"]) == 400


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("  - where: {}\n    thresholds: {transfer_days: 1}\n", "name a company, warehouse, segment or vendor_class"),
        ("  - where: {warehouse: LYN}\n    thresholds: {transfer_dayz: 1}\n", "transfer_dayz"),
        ("  - where: {depot: LYN}\n    thresholds: {transfer_days: 1}\n", "depot"),
        ("  - where: {warehouse: LYN}\n    thresholds: {transfer_days: -1}\n", "greater than or equal to 0"),
    ],
)
def test_a_mistake_in_an_exception_is_named_with_its_line(tmp_path, text, mistake):
    with pytest.raises(PolicyInvalid) as invalid:
        policy_with(tmp_path, "\nexceptions:\n" + text)
    assert mistake in str(invalid.value)
    assert "line " in str(invalid.value)
