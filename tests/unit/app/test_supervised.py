"""What the processes log, and how often they look."""

import logging
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import psycopg
import pytest
from croniter import croniter  # type: ignore[import-untyped]

from agent.errors import DatabaseUnavailable
from app.settings import WorkerSettings
from app.wiring.executor import SWEEP
from app.wiring.supervised import OneLine
from app.wiring.worker import scans
from integrations.database.job_worker import Periodic


@pytest.mark.parametrize(("periodic", "every"), [(SWEEP, timedelta(seconds=10)), (scans(WorkerSettings()), timedelta(minutes=5))])
def test_the_executor_sweeps_every_ten_seconds_and_the_worker_scans_every_five_minutes(
    periodic: Periodic, every: timedelta
) -> None:
    ticks = croniter(periodic.cron, datetime(2026, 11, 21, 5, 18, 3, tzinfo=UTC))
    moments = [ticks.get_next(datetime) for _ in range(100)]
    assert {later - earlier for earlier, later in pairwise(moments)} == {every}


def logged(error: Exception, message: str = "it failed") -> str:
    record = logging.LogRecord("x", logging.ERROR, "", 1, message, (), (type(error), error, None))
    return OneLine("%(message)s").format(record)


@pytest.mark.parametrize("error", [DatabaseUnavailable("It is away."), psycopg.OperationalError("connection is bad")])
def test_a_lost_database_is_one_line_in_the_log(error: Exception) -> None:
    assert (
        logged(error, "Side task failed:\n    Database error.\n    , stopping") == "Side task failed: Database error. , stopping"
    )


def test_what_nobody_foresaw_is_told_whole_in_the_log() -> None:
    assert logged(ZeroDivisionError("what")) == "it failed\nZeroDivisionError: what"
