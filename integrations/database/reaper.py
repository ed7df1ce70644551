"""Jobs whose process died: back into the queue, and after some deaths to the dead letters."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow, dict_row

from integrations.database.pool import conninfo, translated
from integrations.database.queues import Queue

#: A job that kills its process is given up at this death.
MOST_DEATHS = 3

# Locked for this transaction, so that two workers that reap at once do not count one death twice.
_STALLED = """
    SELECT job.id FROM procrastinate.procrastinate_jobs AS job
    LEFT JOIN procrastinate.procrastinate_workers AS worker ON worker.id = job.worker_id
    WHERE job.status = 'doing' AND job.queue_name = %s AND (worker.id IS NULL OR worker.last_heartbeat < clock_timestamp() - %s)
    FOR UPDATE OF job SKIP LOCKED
"""
_BURY = """
    INSERT INTO expediter.dead_letter (queue, job_id, task_name, args, lock, reason)
    SELECT queue_name, id, task_name, args, lock, %s FROM procrastinate.procrastinate_jobs WHERE id = %s
    ON CONFLICT (job_id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Reaped:
    retried: tuple[int, ...]
    buried: tuple[int, ...]


def reap(url: str, queue: Queue, stalled_after: timedelta) -> Reaped:
    """Put back this queue's jobs whose worker shows no heartbeat any more; bury those that have died `MOST_DEATHS` times.

    Raises DatabaseUnavailable.
    """
    with translated(), psycopg.connect(conninfo(url), row_factory=dict_row) as connection:
        stalled = [row["id"] for row in connection.execute(_STALLED, (queue, stalled_after)).fetchall()]
        buried = tuple(job_id for job_id in stalled if _deaths(connection, queue, job_id) >= MOST_DEATHS)
        for job_id in stalled:
            if job_id in buried:
                bury(connection, job_id, f"Its process died {MOST_DEATHS} times while it ran.")
                connection.execute("SELECT procrastinate.procrastinate_finish_job_v1(%s, 'failed', false)", (job_id,))
            else:
                _put_back(connection, job_id)
    return Reaped(tuple(job_id for job_id in stalled if job_id not in buried), buried)


def _put_back(connection: Connection[DictRow], job_id: int) -> None:
    """A periodic job whose next tick waits already is let go: that one does what it would have done."""
    try:
        with connection.transaction():
            connection.execute("SELECT procrastinate.procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", (job_id,))
    except psycopg.errors.UniqueViolation:
        connection.execute("SELECT procrastinate.procrastinate_finish_job_v1(%s, 'failed', true)", (job_id,))


def bury(connection: Connection[Any], job_id: int, reason: str) -> None:
    """Keep a job that is given up, with the reason; once. What PostgreSQL does not store of it is shown as `?`."""
    storable = reason.encode("utf-8", "replace").decode().replace("\0", "?")
    connection.execute(_BURY, (storable, job_id))


def _deaths(connection: Connection[DictRow], queue: Queue, job_id: int) -> int:
    connection.execute("INSERT INTO job_reap (queue, job_id) VALUES (%s, %s)", (queue, job_id))
    row = connection.execute("SELECT count(*) AS deaths FROM job_reap WHERE job_id = %s", (job_id,)).fetchone()
    assert row is not None
    return int(row["deaths"])
