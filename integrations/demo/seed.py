"""Builds the demo distributor in the `demo` schema, with every date relative to `now`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from importlib.resources import files
from random import Random
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import scalar_row

from integrations.demo.books import Books
from integrations.demo.company import found
from integrations.demo.invoicing import set_credit_limits
from integrations.demo.losses import small_losses
from integrations.demo.once_each import plant_once_each
from integrations.demo.past import happened
from integrations.demo.prices import write_price_lists
from integrations.demo.regular_trade import trade
from integrations.demo.reordering import write_rules
from integrations.demo.selling import settle_delivery_status
from integrations.demo.situations import plant
from integrations.demo.tables import TABLES
from integrations.demo.troubles import trouble

#: Any number does; this one gives the company the docs tell about.
DICE = 1848


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was built: when it pretends to be, and how many rows each table got."""

    at: datetime
    rows: Mapping[str, int]


def seed(connection: psycopg.Connection[Any], now: datetime) -> Seeded:
    """Create the schema and fill it, in one transaction; the same `now` gives the same rows.

    Runs as the owner, after the migrations created the roles. Raises psycopg.errors.DuplicateSchema when it exists.
    """
    books = write_books(now)
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(files(__package__).joinpath("schema.sql").read_bytes())
        for table, kind in TABLES.items():
            _copy(cursor, table, kind, books.rows[kind])
    return Seeded(now, {table: len(books.rows[kind]) for table, kind in TABLES.items()})


def reseed(connection: psycopg.Connection[Any], now: datetime) -> Seeded:
    """Drop what is there, with every note and moved date, and build it again around `now`."""
    with connection.transaction():
        connection.execute("DROP SCHEMA IF EXISTS demo CASCADE")
        return seed(connection, now)


def seeded_at(connection: psycopg.Connection[Any]) -> datetime | None:
    """The `now` it was built around; None when there is no demo distributor in this database."""
    cursor = connection.cursor(row_factory=scalar_row)
    if cursor.execute("SELECT to_regclass('demo.seeding')").fetchone() is None:
        return None
    moment: datetime | None = cursor.execute("SELECT at FROM demo.seeding").fetchone()
    return moment


def is_seeded(connection: psycopg.Connection[Any]) -> bool:
    return seeded_at(connection) is not None


def write_books(now: datetime) -> Books:
    """The whole company in memory. Planted orders come first, so that growing the regular trade never changes them."""
    books = Books(now, Random(DICE))  # noqa: S311 - dice for a story, not a secret
    company = found(books)
    write_price_lists(books, company)
    plant(books, company)
    trouble(books, company)
    plant_once_each(books, company)
    market = trade(books, company)
    happened(market)
    small_losses(books, company, market.goods)
    write_rules(books, company, market.goods)
    books.settle_pickings()
    settle_delivery_status(books)
    set_credit_limits(books)
    return books


def _copy(cursor: psycopg.Cursor[Any], table: str, kind: type, rows: list[Any]) -> None:
    names = [field.name for field in fields(kind)]
    statement = sql.SQL("COPY demo.{} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([getattr(row, name) for name in names])
