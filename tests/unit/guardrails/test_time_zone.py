"""In which time zone the company's days are counted: what its policy says, never the first of several by chance."""

import pytest

from agent.errors import PolicyInvalid
from agent.guardrails.policy import read_policy
from tests.fixtures.packaged_policy import PACKAGED_POLICY

RULES = """
version: 1
rules: [{id: note, action: post_note, approve: [{role: buyer}], expires_after: 1d, sla: 4h}]
"""
HOURS = """
hours:
  plant: {time_zone: Europe/Berlin, opens: "06:00", closes: "14:00"}
  america: {time_zone: America/Chicago, opens: "08:00", closes: "17:00"}
"""


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("", "UTC"),
        (HOURS, "Europe/Berlin"),
        (HOURS + "inbox: {hours: america}", "America/Chicago"),
        (HOURS + "inbox: {hours: america}\ntime_zone: Asia/Tokyo", "Asia/Tokyo"),
        ("time_zone: Asia/Tokyo", "Asia/Tokyo"),
    ],
    ids=["nothing", "its first hours, as written", "those of its inbox", "what it says outright", "without hours"],
)
def test_the_company_is_where_its_policy_says(said: str, zone: str) -> None:
    assert read_policy(RULES + said, "p").zone.key == zone


def test_the_packaged_policy_is_where_its_inbox_is() -> None:
    assert PACKAGED_POLICY.inbox.hours is not None
    assert PACKAGED_POLICY.zone == PACKAGED_POLICY.inbox.hours.zone


def test_what_is_no_time_zone_is_told_with_its_line() -> None:
    with pytest.raises(PolicyInvalid, match=r"p, line 4: .*`Berlin` is not a time zone; write one like Europe/Berlin"):
        read_policy(RULES + "time_zone: Berlin", "p")
