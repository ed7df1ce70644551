"""A child's side of being supervised: it says when it is ready, and ends when its parent is gone."""

import logging
import os
import signal
import sys
import threading

import psycopg

from agent.errors import ExpediterError

READY = "expediter: ready"


#: What these say about every job, request and attempt to connect is left out.
QUIET = {
    logging.WARNING: ("procrastinate", "uvicorn", "httpx", "httpcore", "uvicorn.access", "openai", "slack_bolt", "slack_sdk"),
    logging.ERROR: ("psycopg.pool",),
}


class OneLine(logging.Formatter):
    """One line each. Only what nobody foresaw keeps its traceback; a refusal or a lost database needs none."""

    def format(self, record: logging.LogRecord) -> str:
        line = logging.makeLogRecord({**record.__dict__, "msg": " ".join(record.getMessage().split()), "args": ()})
        if line.exc_info and _foreseen(line.exc_info[1]):
            line.exc_info = line.exc_text = None
        return super().format(line)


def set_up_logging() -> None:
    """To stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for level, names in QUIET.items():
        for name in names:
            logging.getLogger(name).setLevel(level)


def _foreseen(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ExpediterError | psycopg.OperationalError):
            return True
        error = error.__cause__ or error.__context__
    return False


def announce_ready(process: str, supervised: bool) -> None:
    sys.stdout.write(f"{READY if supervised else f'expediter {process} is ready; Ctrl-C ends it.'}\n")
    sys.stdout.flush()


def end_with_parent(supervised: bool) -> None:
    """Our standard input is a pipe that only the parent holds: its end means that the parent is gone, however it went."""
    if supervised:
        threading.Thread(target=_wait_for_the_end, name="end-with-parent", daemon=True).start()


def _wait_for_the_end() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
