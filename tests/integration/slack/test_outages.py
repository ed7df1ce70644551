"""The notice that something is away: once for each outage, and changed where it stands when it is over."""

import json
from datetime import UTC, datetime, timedelta

from agent.domain.outages import Neighbour, Reach
from integrations.database.messenger_outbox import PostgresOutbox
from integrations.database.outages import PostgresOutages
from integrations.slack.outages import OutageNotices
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.slack.screen import said
from tests.fixtures.slack.validation import violations

SINCE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LATER = SINCE + timedelta(minutes=5)


def away(since: datetime) -> Reach:
    return Reach(away_since=since)


def back(at: datetime) -> Reach:
    return Reach(answered_at=at)


def notices(database: TestDatabase, reach: dict[Neighbour, Reach]) -> OutageNotices:
    """As if the worker had just started."""
    pool = database.pool("worker")
    return OutageNotices(lambda: reach, PostgresOutages(pool), PostgresOutbox(pool), "C0OPS")


def sent(database: TestDatabase) -> list[tuple[str, str]]:
    """The message's key, and what this version of it says."""
    with database.connection("admin") as connection:
        rows = connection.execute("SELECT key, payload FROM slack_outbox ORDER BY id").fetchall()
    payloads = [json.loads(row["payload"]) for row in rows]
    assert [violations("chat.postMessage", {"channel": "C0OPS"} | one) for one in payloads] == [[]] * len(payloads)
    return [(row["key"], said(payload["blocks"])) for row, payload in zip(rows, payloads, strict=True)]


def test_what_is_back_within_a_minute_is_not_told(database: TestDatabase) -> None:
    notices(database, {Neighbour.ERP: away(SINCE)}).sweep(SINCE + timedelta(seconds=59))
    assert sent(database) == []


def test_an_outage_is_told_once_with_what_works_and_what_waits(database: TestDatabase) -> None:
    mine = notices(database, {Neighbour.ERP: away(SINCE), Neighbour.MODEL: back(LATER)})
    mine.sweep(LATER)
    mine.sweep(LATER + timedelta(minutes=1))
    ((_, words),) = sent(database)
    assert "Odoo does not answer" in words
    assert "Approving, rejecting" in words
    assert "carrying out what was approved" in words


def test_the_end_is_told_in_the_same_message_also_by_a_worker_that_started_meanwhile(database: TestDatabase) -> None:
    notices(database, {Neighbour.MODEL: away(SINCE)}).sweep(LATER)
    notices(database, {}).sweep(LATER)  # has not asked the model yet
    again = notices(database, {Neighbour.MODEL: back(LATER)})
    again.sweep(LATER + timedelta(hours=1))
    again.sweep(LATER + timedelta(hours=2))
    first, *others = sent(database)
    assert "The language model does not answer" in first[1]
    assert {key for key, _ in others} == {first[0]}
    assert "The language model works again" in others[-1][1]


def test_another_worker_that_has_not_asked_since_ends_nothing(database: TestDatabase) -> None:
    for minutes in range(4):
        now = LATER + timedelta(minutes=minutes)
        notices(database, {Neighbour.ERP: away(SINCE)}).sweep(now)
        notices(database, {Neighbour.ERP: back(SINCE - timedelta(minutes=1))}).sweep(now)
        notices(database, {Neighbour.ERP: Reach()}).sweep(now)
    assert {key for key, _ in sent(database)} == {"outage:1"}
    assert not [words for _, words in sent(database) if "works again" in words]


def test_another_outage_is_another_message(database: TestDatabase) -> None:
    for hours in (0, 3):
        shift = timedelta(hours=hours)
        notices(database, {Neighbour.ERP: away(SINCE + shift)}).sweep(LATER + shift)
        notices(database, {Neighbour.ERP: back(LATER + shift)}).sweep(LATER + shift + timedelta(hours=1))
    assert len({key for key, _ in sent(database)}) == 2


def test_two_things_away_are_two_messages(database: TestDatabase) -> None:
    notices(database, {Neighbour.ERP: away(SINCE), Neighbour.MODEL: away(SINCE)}).sweep(LATER)
    assert len({key for key, _ in sent(database)}) == 2
