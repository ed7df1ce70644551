"""Building the demo company: the same every time, quickly, and again when asked."""

import time
from dataclasses import astuple
from datetime import UTC, datetime, timedelta

import pytest
from psycopg import errors

from agent.errors import ErpIncomplete
from integrations.demo import DemoReader, is_seeded, reseed, seed, seeded_at
from integrations.demo.seed import write_books
from integrations.demo.tables import TABLES
from tests.fixtures.demo import DemoDatabase

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def rows(now: datetime) -> list[tuple[object, ...]]:
    books = write_books(now)
    return [astuple(row) for kind in TABLES.values() for row in books.rows[kind]]


def test_the_same_moment_gives_the_same_company() -> None:
    assert rows(NOON) == rows(NOON)


@pytest.mark.parametrize("hour", [0, 6, 17, 23])
def test_the_hour_of_the_day_does_not_change_the_story(hour: int) -> None:
    """Only dates may differ: the same orders, quantities and states."""
    early, late = write_books(NOON), write_books(NOON.replace(hour=hour, minute=59))
    for kind in TABLES.values():
        for one, other in zip(early.rows[kind], late.rows[kind], strict=True):
            undated = [(a, b) for a, b in zip(astuple(one), astuple(other), strict=True) if not isinstance(a, datetime)]
            assert [a for a, _ in undated] == [b for _, b in undated]


def test_dates_follow_the_moment_it_is_built_for(demo_database: DemoDatabase) -> None:
    later = datetime.now(UTC) + timedelta(days=400)
    with demo_database.connect("admin") as connection:
        reseed(connection, later)
        assert seeded_at(connection) == later
        row = connection.execute("SELECT promise_date FROM demo.sale_order WHERE name = 'S01111'").fetchone()
        assert row is not None
        assert (later.date() - row[0].astimezone(UTC).date()).days == 3


def test_it_is_built_in_seconds(demo_database: DemoDatabase) -> None:
    """One or two; a machine that is busy takes longer."""
    with demo_database.connect("admin") as connection:
        start = time.perf_counter()
        reseed(connection, NOON)
        assert time.perf_counter() - start < 6


def test_building_again_forgets_what_was_changed(demo_database: DemoDatabase) -> None:
    with demo_database.connect("admin") as connection:
        connection.execute("INSERT INTO demo.note (model, record_id, body, marker) VALUES ('sale.order', 1, 'x', 'y')")
        seeded = reseed(connection, NOON)
        assert seeded.rows["sale_order"] > 300
        assert connection.execute("SELECT count(*) FROM demo.note").fetchone() == (0,)


def test_it_is_not_built_over_an_existing_one(demo_database: DemoDatabase) -> None:
    with demo_database.connect("admin") as connection, pytest.raises(errors.DuplicateSchema):
        seed(connection, NOON)


def test_without_it_the_reader_says_how_to_get_it(demo_database: DemoDatabase) -> None:
    with demo_database.connect("admin") as connection:
        assert is_seeded(connection)
        connection.execute("DROP SCHEMA demo CASCADE")
        connection.commit()
        assert not is_seeded(connection)
    with pytest.raises(ErpIncomplete, match="run `expediter demo`"):
        DemoReader(demo_database.pool("worker")).describe()
