"""Stored floats and naive times become exact and aware ones."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from agent.errors import ErpIncomplete
from integrations.odoo.pages import PAGE, batches
from integrations.odoo.search import closeness, literal
from integrations.odoo.values import exact, moment, moment_or_none, stored
from integrations.odoo.versions import dialect_of


@pytest.mark.parametrize(
    ("number", "decimal"),
    [
        (0, "0"),
        (12.0, "12"),
        (0.1 + 0.2, "0.3"),
        (12 * 0.1, "1.2"),
        (1e16, "10000000000000000"),
        (-2.5, "-2.5"),
        (1 / 3, "0.333333"),
    ],
)
def test_a_float_becomes_the_decimal_it_stands_for(number: float, decimal: str) -> None:
    assert str(exact(number)) == decimal


def test_times_are_utc() -> None:
    assert moment("2026-01-31 08:00:00") == datetime(2026, 1, 31, 8, tzinfo=UTC)
    assert moment("2026-01-31") == datetime(2026, 1, 31, tzinfo=UTC)
    assert moment_or_none(False) is None


def test_a_moment_is_stored_in_utc_without_its_fraction() -> None:
    assert stored(datetime(2026, 1, 31, 1, 30, 5, 999, timezone(timedelta(hours=2)))) == "2026-01-30 23:30:05"


def test_values_are_asked_for_once_and_in_pages() -> None:
    assert list(batches([])) == []
    assert list(batches([3, 1, 3])) == [[3, 1]]
    assert [len(batch) for batch in batches(range(2 * PAGE + 1))] == [PAGE, PAGE, 1]


def test_signs_of_a_pattern_are_taken_literally() -> None:
    assert literal(" 50%_\\ ") == "50\\%\\_\\\\"


def test_the_closest_name_wins() -> None:
    order = closeness("Desk")
    assert [order(name) for name in ("DESK", "desk pad", "standing desk", "bedesked")] == [0, 1, 2, 3]
    assert order("XY-1", "Desk pad") == 1


@pytest.mark.parametrize("version", ["13.0", "12.0", "20.0", "saas~13.4", "nonsense"])
def test_an_unsupported_version_is_told(version: str) -> None:
    with pytest.raises(ErpIncomplete, match="is not supported; use a server of version 14 to 19"):
        dialect_of(version)


@pytest.mark.parametrize("version", ["14.0", "15.0", "16.0+e", "saas~17.4", "18.0", "19.0"])
def test_every_version_from_14_to_19_is_known(version: str) -> None:
    assert dialect_of(version)


@pytest.mark.parametrize("version", ["19.0", "saas~19.2", "19.0+e"])
def test_every_kind_of_nineteen_is_known(version: str) -> None:
    assert dialect_of(version) is dialect_of("19.0")
