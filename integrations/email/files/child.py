"""The inside of a process that reads one file. It has no secrets, and little time, memory and room."""

import json
import os
import resource
import signal
from collections.abc import Callable, Iterator
from typing import NoReturn

from agent.guardrails.untrusted_text import clean
from integrations.email.files.found import CUT, MOST_TEXT, Unreadable

MOST_SECONDS = 10
MOST_MEMORY = 512 << 20
MOST_OUTPUT = 1 << 20

Read = Callable[[bytes], Iterator[str]]
"""The file's rows. Raises Unreadable, or anything at all when it is damaged."""


def answer(read: Read, file: int, told: int, seconds: float) -> NoReturn:
    """Read the open `file`, write one JSON object with `text` and `trouble` to `told`, and end. A later alarm ends us anyhow."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    for kind, most in (
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_FSIZE, MOST_OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    with open(file, "rb", closefd=False) as opened:
        text, trouble = text_of(read, opened.read())
    with open(told, "w", encoding="ascii", closefd=False) as out:
        json.dump({"text": text, "trouble": trouble}, out)
    os._exit(0)


def text_of(read: Read, content: bytes) -> tuple[str, str]:
    """The file's text without control characters, and what is wrong with it."""
    rows: list[str] = []
    length = 0
    try:
        for row in read(content):
            rows.append(row)
            length += len(row) + 1
            if length > MOST_TEXT:
                return clean("\n".join(rows)[:MOST_TEXT]), CUT
    except Unreadable as why:
        return clean("\n".join(rows)), f"cannot be read: {why}"
    except MemoryError:
        return "", f"cannot be read: it takes more than {MOST_MEMORY >> 20} MB of memory"
    except Exception:  # noqa: BLE001 - libraries raise whatever a damaged file makes them stumble over
        return clean("\n".join(rows)), "cannot be read: it is damaged"
    return clean("\n".join(rows)), ""
