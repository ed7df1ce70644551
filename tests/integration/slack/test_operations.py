"""The operations channel: the brief once a morning, new critical findings once, jobs that were given up once; no prices."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent.domain.findings import Severity
from agent.domain.given_up import Became, GivenUpJob
from agent.errors import ExpediterError
from agent.ports.own_affairs import OwnAffairs
from agent.risk.brief import make_brief
from app.wiring.slack_masking import without_money
from integrations.database.critical_told import PostgresCriticalTold
from integrations.database.mail_inbox import PostgresInbox
from integrations.database.messenger_outbox import PostgresOutbox
from integrations.database.own_affairs import PostgresOwnAffairs
from integrations.database.risk_board import PostgresRiskBoard
from integrations.slack import given_up
from integrations.slack.operations import Operations
from tests.fixtures.arriving import arrived, letter, made
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.scans import NOON, full, publish, trouble
from tests.fixtures.slack.screen import said
from tests.fixtures.slack.validation import violations

MORNING = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)


class Jobs:
    """Those that were given up: the port's other side needs a queue that failed."""

    def __init__(self, *failures: GivenUpJob) -> None:
        self.given_up = list(failures)

    def failures(self, since: datetime) -> list[GivenUpJob]:
        return self.given_up


def operations(database: TestDatabase, jobs: OwnAffairs, now: datetime = MORNING, zone: str = "Europe/Berlin") -> Operations:
    """As if the worker had just started."""
    board = PostgresRiskBoard(database.pool("worker"))

    def brief(since: datetime):
        found = make_brief(board, since, inbox=PostgresInbox(database.pool("worker")))
        return replace(found, lines=tuple(replace(line, finding=without_money(line.finding)) for line in found.lines))

    pool, here = database.pool("worker"), ZoneInfo(zone)
    return Operations(
        board, jobs, brief, without_money, PostgresCriticalTold(pool), PostgresOutbox(pool), lambda: now, lambda: here, "C0OPS"
    )


def sent(database: TestDatabase) -> list[str]:
    with database.connection("admin") as connection:
        rows = connection.execute("SELECT channel, payload FROM slack_outbox ORDER BY id").fetchall()
    payloads = [json.loads(row["payload"]) for row in rows]
    assert [violations("chat.postMessage", {"channel": "C0OPS"} | one) for one in payloads] == [[]] * len(payloads)
    return [said(one["blocks"]) for one in payloads]


def test_the_brief_comes_once_a_morning_however_often_the_worker_starts(database: TestDatabase) -> None:
    publish(database, full(trouble(1), at=NOON))
    for _ in range(2):
        mine = operations(database, Jobs())
        mine.sweep()
        mine.sweep()
    assert len([one for one in sent(database) if "Morning brief" in one]) == 1
    operations(database, Jobs(), MORNING.replace(day=22)).sweep()
    assert len([one for one in sent(database) if "Morning brief" in one]) == 2


def test_before_the_morning_and_before_the_first_scan_nothing_is_told(database: TestDatabase) -> None:
    operations(database, Jobs()).sweep()
    publish(database, full(trouble(1), at=NOON))
    operations(database, Jobs(), MORNING.replace(hour=1)).sweep()
    assert sent(database) == []


@pytest.mark.parametrize(
    ("zone", "utc_hour", "told"),
    [
        ("Europe/Berlin", 4, 0), ("Europe/Berlin", 5, 1), ("America/Chicago", 11, 0), ("America/Chicago", 12, 1),
        ("Pacific/Auckland", 16, 0), ("Pacific/Auckland", 17, 1),
    ],
)  # fmt: skip
def test_the_brief_comes_at_six_in_the_company_s_time_zone(database: TestDatabase, zone: str, utc_hour: int, told: int) -> None:
    publish(database, full(trouble(1), at=NOON))
    operations(database, Jobs(), MORNING.replace(hour=utc_hour), zone).sweep()
    assert len(sent(database)) == told


def test_a_finding_that_becomes_critical_is_told_and_one_that_comes_back_within_a_day_is_not_repeated(
    database: TestDatabase,
) -> None:
    night = MORNING.replace(hour=1)
    publish(database, full(trouble(1, severity=Severity.HIGH), at=NOON))
    operations(database, Jobs(), night).sweep()
    assert sent(database) == []
    worse = trouble(1, severity=Severity.CRITICAL, summary="The lamps do not come at all.")
    publish(database, full(worse, at=NOON.replace(hour=13)))
    operations(database, Jobs(), night).sweep()
    (told,) = sent(database)
    assert "The lamps do not come at all." in told
    publish(database, full(at=NOON.replace(hour=14)))
    publish(database, full(worse, at=NOON.replace(hour=15)))
    operations(database, Jobs(), night).sweep()
    assert len(sent(database)) == 1
    database.one("admin", "UPDATE critical_told SET told_at = told_at - interval '25 hours'")
    operations(database, Jobs(), night).sweep()
    assert len(sent(database)) == 2, "the next day it is news again"


def test_what_became_critical_while_no_worker_ran_is_told_by_the_next_one(database: TestDatabase) -> None:
    publish(database, full(trouble(1, severity=Severity.CRITICAL), at=NOON))
    publish(database, full(trouble(1, severity=Severity.CRITICAL), trouble(2), at=NOON.replace(hour=13)))
    operations(database, Jobs(), MORNING.replace(hour=1)).sweep()
    (told,) = sent(database)
    assert "1 critical finding" in told


def test_critical_findings_that_come_together_are_one_message_without_prices_and_never_told_again(database: TestDatabase) -> None:
    publish(database, full(trouble(9), at=NOON))
    mine = operations(database, Jobs(), MORNING.replace(hour=1))
    mine.sweep()
    lamps = (trouble(number, severity=Severity.CRITICAL, summary=f"Lamps worth {number}00.00 EUR.") for number in (1, 2))
    publish(database, full(trouble(9), *lamps, at=NOON.replace(hour=13)))
    mine.sweep()
    mine.sweep()
    operations(database, Jobs(), MORNING.replace(hour=1)).sweep()
    (told,) = sent(database)
    assert "2 critical findings" in told
    assert "EUR" not in told


def in_the_night(database: TestDatabase) -> Operations:
    return operations(database, Jobs(), MORNING.replace(hour=1))


LOST = """
    CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what} END $$;
    CREATE TRIGGER lose BEFORE INSERT ON critical_told FOR EACH ROW EXECUTE FUNCTION lose()
"""
CRASHES = {
    "the connection ends": "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(10); RETURN NEW;",
    "it cannot be noted": "RAISE EXCEPTION 'no' USING ERRCODE = 'EX100';",
}


@pytest.mark.parametrize("what", CRASHES.values(), ids=CRASHES.keys())
def test_what_is_cut_off_between_telling_and_noting_is_told_once_also_when_it_changed_meanwhile(
    database: TestDatabase, what: str
) -> None:
    bad = trouble(1, severity=Severity.CRITICAL)
    publish(database, full(bad, at=NOON))
    with database.connection("admin") as connection:
        connection.execute(LOST.format(what=what))
    with pytest.raises(ExpediterError):
        in_the_night(database).sweep()
    assert sent(database) == []
    with database.connection("admin") as connection:
        connection.execute("DROP FUNCTION lose() CASCADE")
    publish(database, full(replace(bad, summary="Now there are none at all."), at=NOON.replace(hour=13)))
    for _ in range(2):
        in_the_night(database).sweep()
    (told,) = sent(database)
    assert "Now there are none at all." in told


def test_two_workers_that_look_at_the_same_moment_tell_it_once(database: TestDatabase) -> None:
    publish(database, full(trouble(1, severity=Severity.CRITICAL), at=NOON))
    critical = PostgresCriticalTold(database.pool("worker"))
    mine, others = critical.new(), critical.new()
    critical.tell(mine, mine.findings, "C0OPS", {"text": "One.", "blocks": []})
    publish(
        database, full(trouble(1, severity=Severity.CRITICAL), trouble(2, severity=Severity.CRITICAL), at=NOON.replace(hour=13))
    )
    critical.tell(others, others.findings, "C0OPS", {"text": "One, otherwise worded.", "blocks": []})
    assert database.one("admin", "SELECT count(*) FROM slack_outbox") == 1
    assert database.one("admin", "SELECT count(*) FROM critical_told") == 1
    assert len(critical.new().findings) == 1, "what came since is told next"


def test_jobs_that_were_given_up_are_told_once(database: TestDatabase) -> None:
    jobs = Jobs(GivenUpJob(4, "answer_chat", "Odoo did not answer <in time>.", NOON))
    mine = operations(database, jobs, MORNING.replace(hour=1))
    mine.sweep()
    mine.sweep()
    jobs.given_up.append(GivenUpJob(5, "scan", "No scan.", NOON))
    mine.sweep()
    first, second = sent(database)
    assert "answer a question of somebody" in first
    assert "to scan" in second
    assert "answer a question" not in second
    jobs.given_up.append(GivenUpJob(9, "read_mail", "No mail.", NOON))
    operations(database, jobs, MORNING.replace(hour=1)).sweep()
    third = sent(database)[2:]
    assert len(third) == 1, "a new worker tells only what is new"
    assert "answer a question" not in third[0]


def test_a_card_of_given_up_jobs_follows_what_becomes_of_them_also_after_a_restart(database: TestDatabase) -> None:
    lost = GivenUpJob(4, "answer_chat", "Odoo did not answer.", NOON, asked_by="maria")
    jobs = Jobs(lost, GivenUpJob(6, "rescan", "Odoo did not answer.", NOON, about="S00042"))
    night = MORNING.replace(hour=1)
    operations(database, jobs, night).sweep()
    (first,) = sent(database)
    assert "Run J4 again?" in first
    assert "Run J6 again?" not in first
    assert "The next scan looks at it anyway." in first
    jobs.given_up[0] = replace(lost, replayed_at=NOON, replayed_by="omar", became=Became.WAITING)
    operations(database, jobs, night).sweep()
    jobs.given_up[0] = replace(jobs.given_up[0], became=Became.GIVEN_UP_AGAIN, next_id=7)
    operations(database, jobs, night).sweep()
    _, waits, again = sent(database)
    assert "omar had it run again: waits for its turn" in waits
    assert "omar had it run again: given up again as J7" in again
    assert "Run J4 again?" not in again
    keys = "SELECT jsonb_agg(DISTINCT key) FROM slack_outbox"
    assert database.one("admin", keys) == ["given-up:4-6"], "one message, changed in its place"
    del jobs.given_up[0]
    operations(database, jobs, night).sweep()
    assert len(sent(database)) == 3, "of one whose jobs are too old to be looked at nothing is taken away"


def test_a_card_of_given_up_jobs_that_could_not_be_shown_is_shown_later(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(given_up, "LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(given_up, "AGAIN_AFTER", timedelta(0))
    mine = operations(database, Jobs(GivenUpJob(4, "scan", "No scan.", NOON)), MORNING.replace(hour=1))
    mine.sweep()
    database.one("admin", "UPDATE slack_outbox SET ended_at = clock_timestamp(), outcome = 'failed'")
    mine.sweep()
    mine.sweep()
    assert database.one("admin", "SELECT count(*) FROM slack_outbox WHERE key = 'given-up:4-4' AND ended_at IS NULL") == 1


def test_a_job_whose_number_was_taken_before_that_of_one_already_told_is_told_too(database: TestDatabase) -> None:
    jobs = Jobs()
    mine = operations(database, jobs, MORNING.replace(hour=1))
    for number in (4, 6, 5):
        jobs.given_up.append(GivenUpJob(number, "scan", "No scan.", NOON))
        mine.sweep()
    operations(database, jobs, MORNING.replace(hour=1)).sweep()
    with database.connection("admin") as connection:
        keys = [row["key"] for row in connection.execute("SELECT key FROM slack_outbox ORDER BY id")]
    assert keys == ["given-up:4-4", "given-up:6-6", "given-up:5-5"]


def test_many_jobs_that_were_given_up_together_fit_into_one_message(database: TestDatabase) -> None:
    jobs = Jobs(*(GivenUpJob(number, "answer_chat", "<x> & " * 400, NOON, asked_by="maria" * 40) for number in range(1, 301)))
    operations(database, jobs, MORNING.replace(hour=1)).sweep()
    (told,) = sent(database)
    assert "300 jobs were given up" in told
    assert "expediter jobs list" in told


def test_a_job_that_a_queue_gave_up_is_told(database: TestDatabase) -> None:
    bury = (
        "INSERT INTO dead_letter (queue, job_id, task_name, args, reason) VALUES ('executor', 1, 'sweep', '{}', 'No <answer>.')"
    )
    with database.connection("admin") as connection:
        connection.execute(bury)
    told = operations(database, PostgresOwnAffairs(database.pool("worker")), datetime.now(UTC).replace(hour=1))
    told.sweep()
    (words,) = sent(database)
    assert "sweep" in words
    assert "No &lt;answer&gt;." in words


def test_the_morning_brief_names_the_mails_that_wait_too_long_and_repeats_nothing_that_they_say(database: TestDatabase) -> None:
    publish(database, full(trouble(1), at=NOON))
    arrived(database, letter(1), made(priority="P2"), hours=-1)
    arrived(database, letter(2))
    operations(database, Jobs()).sweep()
    [brief] = [one for one in sent(database) if "Morning brief" in one]
    assert "1 mail waits too long for an answer: M1 (P2); nobody has taken it." in brief
    assert "Delivery 1" not in brief
