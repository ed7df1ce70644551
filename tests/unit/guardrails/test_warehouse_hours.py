"""When warehouses work, as the policy file says it."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.errors import PolicyInvalid
from agent.guardrails.policy import PACKAGED, Policy, load_policy
from tests.fixtures.packaged_policy import PACKAGED_POLICY

LYON = """
warehouses:
  LYN:
    time_zone: Europe/Paris
    working_days: [mon, tue, wed, thu, fri]
    holidays: [2026-12-25, 2027-01-01]
    opens: "07:30"
    cut_off: "15:00"
    transit_days: {RTM: 2}
"""


def policy_with(folder: Path, text: str) -> Policy:
    file = folder / "policy.yaml"
    file.write_text(PACKAGED.read_text(encoding="utf-8") + text, encoding="utf-8")
    return load_policy(file)


def test_a_warehouse_has_its_hours(tmp_path):
    calendar = policy_with(tmp_path, LYON).calendars["LYN"]
    assert calendar.zone == ZoneInfo("Europe/Paris")
    assert calendar.working_days == frozenset({0, 1, 2, 3, 4})
    assert calendar.holidays == {date(2026, 12, 25), date(2027, 1, 1)}
    assert (calendar.opens, calendar.cut_off, calendar.transit_days) == (time(7, 30), time(15), {"RTM": 2})


def test_what_is_left_out_is_always_open(tmp_path):
    calendar = policy_with(tmp_path, "\nwarehouses:\n  LYN: {time_zone: Europe/Paris}\n").calendars["LYN"]
    sunday_night = datetime(2026, 8, 9, 23, 59, tzinfo=UTC)
    assert calendar.ships(sunday_night) == sunday_night


def test_the_packaged_policy_closes_no_warehouse():
    assert PACKAGED_POLICY.calendars == {}


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("Europe/Paris", "Europe/Atlantis", 4, "`Europe/Atlantis` is not a time zone; write one like Europe/Berlin"),
        ("    time_zone: Europe/Paris\n", "", 3, "the key `time_zone` is missing"),
        ("[mon, tue, wed, thu, fri]", "[]", 5, "`working_days`"),
        ("tue", "tuesday", 5, "tuesday"),
        ("2026-12-25", "Christmas", 6, "`Christmas` is not a day; write it like 2026-12-25"),
        ('"07:30"', "07:30:00", 7, "is not a time of day; write hours and minutes in quotation marks"),
        ('"15:00"', "15:00", 8, 'write hours and minutes in quotation marks, like "14:00"'),
        ('"15:00"', '"07:30"', 8, "the cut-off 07:30 is not after opening at 07:30"),
        ("RTM: 2", "RTM: -1", 9, "greater than or equal to 0"),
        ("RTM: 2", "RTM: two", 9, "integer"),
        ("cut_off", "cutoff", 8, "unknown key `cutoff`"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, old, new, line, words):
    first = len(PACKAGED.read_text(encoding="utf-8").splitlines())
    with pytest.raises(PolicyInvalid) as refused:
        policy_with(tmp_path, LYON.replace(old, new, 1))
    assert f"line {first + line}:" in str(refused.value)
    assert words in str(refused.value)
