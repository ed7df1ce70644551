"""A child's side of being supervised: it says when it is ready, and ends when its parent is gone."""

import logging
import os
import signal
import sys
import threading

READY = "expediter: ready"


def set_up_logging() -> None:
    """To stderr, one line each; what libraries say at INFO about every job is left out."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr, force=True)
    for chatty in ("procrastinate", "uvicorn", "httpx", "httpcore", "uvicorn.access", "psycopg.pool", "openai"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


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
