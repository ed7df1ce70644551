"""Running the jobs of one queue. Knows no job: the wiring passes the functions in."""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.connector import Notify
from procrastinate.exceptions import ConnectorException, UniqueViolation

from agent.errors import DatabaseUnavailable, ExpediterError
from integrations.database.pool import conninfo, translated
from integrations.database.queues import Queue, lock_name
from integrations.database.reaper import bury, reap
from integrations.database.replays import put_back

logger = logging.getLogger(__name__)

#: How often a job that raises is tried again, after 3, 9 and 27 seconds.
RETRIES = 3
_MISSED_TICKS_S = 15.0
# Notifications tell of new jobs, only looking finds those whose lock became free.
_LOOK_EVERY_S = 0.5

WISHES_TO_STOP = (signal.SIGTERM, signal.SIGINT)
_LOOK = '{"type": "job_inserted", "job_id": 0}'

Task = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Periodic:
    """A task without arguments, run whenever the cron expression says (five fields, or six with seconds last).

    Ticks while it waits or runs are skipped; it is never run twice at once.
    """

    task: str
    cron: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast death is noticed, and that somebody wants a job to run again."""

    heartbeat: timedelta = timedelta(seconds=10)
    stalled_after: timedelta = timedelta(seconds=30)
    reap_every: timedelta = timedelta(seconds=15)


def run_worker(
    url: str,
    queue: Queue,
    tasks: Mapping[str, Task],
    periodic: Sequence[Periodic] = (),
    *,
    stop: threading.Event | None = None,
    ready: Callable[[], None] | None = None,
    concurrency: int = 4,
    pace: Pace = Pace(),
) -> None:
    """Run this queue's jobs until SIGTERM or SIGINT (in the main thread) or until `stop` is set; running jobs are finished first.

    Tasks are called in threads with the arguments they were deferred with. One that raises is tried again, and kept as a dead
    letter after `RETRIES`; periodic ones are not, because their next tick is their retry. `ready` is called once jobs are taken.

    Raises DatabaseUnavailable when PostgreSQL cannot be reached, or no longer.
    """
    with translated():
        psycopg.connect(conninfo(url)).close()
    app = _app(url, queue, tasks, periodic)
    try:
        asyncio.run(_run(app, url, queue, stop or threading.Event(), ready, concurrency, pace))
    except (psycopg.OperationalError, ConnectorException) as error:
        raise DatabaseUnavailable("PostgreSQL does not answer; check that it runs and try again.") from error


class _Connector(PsycopgConnector):
    """Two things that Procrastinate would end the worker for.

    Any role can send a notice with anything in it: each means no more than "look"; what there is to do stands in the tables.
    And row security keeps the values of a violated key from us, which Procrastinate insists on reading.
    """

    async def execute_query_one_async(self, query: str, **arguments: Any) -> dict[str, Any]:
        try:
            found: dict[str, Any] = await super().execute_query_one_async(query, **arguments)
            return found
        except AssertionError as insisting:
            if not isinstance(insisting.__context__, psycopg.errors.UniqueViolation):
                raise
            name = insisting.__context__.diag.constraint_name
            raise UniqueViolation(constraint_name=name, queueing_lock=None) from insisting

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        async def look(*, channel: str, payload: str) -> None:
            await on_notification(channel=channel, payload=_LOOK)

        await super().listen_notify(look, channels)


def _app(url: str, queue: Queue, tasks: Mapping[str, Task], periodic: Sequence[Periodic]) -> App:
    connector = _Connector(conninfo=conninfo(url, "procrastinate"), min_size=1, max_size=4, timeout=10)
    app = App(connector=connector, periodic_defaults={"max_delay": _MISSED_TICKS_S})
    for name, function in tasks.items():
        retry = RetryStrategy(max_attempts=RETRIES, exponential_wait=3)
        app.task(name=name, queue=queue, pass_context=True, retry=retry)(_job(url, function))
    for tick in periodic:
        lock = lock_name(queue, f"periodic:{tick.task}")
        task = app.task(name=f"periodic:{tick.task}", queue=queue, lock=lock, queueing_lock=lock)(_tick(tasks[tick.task]))
        app.periodic(cron=tick.cron, periodic_id=queue)(task)
    return app


def _job(url: str, function: Task) -> Task:
    def run(context: JobContext, **arguments: Any) -> None:
        try:
            function(**arguments)
        except Exception as error:
            if context.job.attempts >= RETRIES and context.job.id is not None:
                _give_up(url, context.job.id, error)
            raise

    return run


def _tick(function: Task) -> Task:
    def run(timestamp: int) -> None:
        function()

    return run


def _give_up(url: str, job_id: int, error: Exception) -> None:
    reason = str(error) if isinstance(error, ExpediterError) else f"{type(error).__name__}: {error}"
    with psycopg.connect(conninfo(url)) as connection:
        bury(connection, job_id, reason)


async def _run(
    app: App,
    url: str,
    queue: Queue,
    stop: threading.Event,
    ready: Callable[[], None] | None,
    concurrency: int,
    pace: Pace,
) -> None:
    # Procrastinate runs synchronous tasks in the loop's default threads; two more for reaping and for its own work.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(concurrency + 2, thread_name_prefix=queue))
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                queues=[queue],
                name=queue,
                concurrency=concurrency,
                fetch_job_polling_interval=_LOOK_EVERY_S,
                delete_jobs="successful",
                install_signal_handlers=False,  # its own do not tell a wish to stop from a lost database
                update_heartbeat_interval=pace.heartbeat.total_seconds(),
                stalled_worker_timeout=pace.stalled_after.total_seconds(),
            )
        )
        reaping = asyncio.create_task(_reap_again_and_again(url, queue, pace))
        _heed_signals(stop)
        if ready is not None:
            ready()
        try:
            await until_stopped(worker, stop)
        finally:
            reaping.cancel()
            with suppress(asyncio.CancelledError):
                await reaping


def _heed_signals(stop: threading.Event) -> None:
    """The first one asks to stop, the second ends the process at once."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()

    def asked() -> None:
        stop.set()
        for wish in WISHES_TO_STOP:
            loop.remove_signal_handler(wish)

    for wish in WISHES_TO_STOP:
        loop.add_signal_handler(wish, asked)


async def until_stopped(worker: "asyncio.Task[None]", stop: threading.Event) -> None:
    """Raises DatabaseUnavailable when it ended without being asked to."""
    while not worker.done():
        if stop.is_set():
            worker.cancel()  # Procrastinate takes it as the wish to stop: running jobs are finished.
            break
        await asyncio.wait([worker], timeout=0.2)
    with suppress(asyncio.CancelledError):
        await worker
    if not stop.is_set():
        raise DatabaseUnavailable("The connection to PostgreSQL was lost; check that it runs and start this process again.")


async def _reap_again_and_again(url: str, queue: Queue, pace: Pace) -> None:
    while True:
        try:
            await asyncio.to_thread(_look_after, url, queue, pace)
        except DatabaseUnavailable as away:
            logger.warning("stalled jobs were not looked for: %s", away)
        except psycopg.Error:
            logger.exception("stalled jobs were not looked for")  # and are at the next look: without it, what died stays undone
        await asyncio.sleep(pace.reap_every.total_seconds())


def _look_after(url: str, queue: Queue, pace: Pace) -> None:
    for job_id in reap(url, queue, pace.stalled_after).buried:
        logger.error("job %s was given up: its process died again and again", job_id)
    for number in put_back(url, queue):
        logger.info("J%s runs again, as somebody wanted", number)
