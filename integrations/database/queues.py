"""Handing work to another process. A job is a hint; the rows beside it are the truth."""

from typing import Any, Literal

from psycopg import Connection

from integrations.database.json_text import jsonb

Queue = Literal["worker", "executor"]

_DEFER = """
    SELECT procrastinate.procrastinate_defer_jobs_v1(ARRAY[
        ROW(%s, %s, 0, %s, NULL, %s, NULL)::procrastinate.procrastinate_job_to_defer_v1
    ])
"""


def lock_name(queue: Queue, name: str) -> str:
    """Locks carry their queue's name; the database refuses others."""
    return f"{queue}:{name}"


def defer(connection: Connection[Any], task_name: str, queue: Queue, lock: str | None = None, **args: Any) -> None:
    """Queue a job in the caller's transaction: it exists exactly if the transaction commits.

    Jobs of a queue with the same `lock` run one after the other, in order. Only serve's role may queue for both queues, the
    others for their own.
    """
    connection.execute(_DEFER, (queue, task_name, lock and lock_name(queue, lock), jsonb(args)))
