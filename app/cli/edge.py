"""The edge of the program: every refusal ends as one sentence on stderr and an exit code, never as a traceback."""

import logging
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import NoReturn

import typer

from agent.errors import ExpediterError
from app.cli.processes import SERVICES, services
from app.cli.streams import ensure_streams

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def run() -> NoReturn:
    ensure_streams()
    logging.getLogger().addHandler(logging.NullHandler())  # a command speaks in sentences; the processes set up logs of their own
    code = _guarded()
    _flush(code)


def _guarded() -> int:
    if any(map(_garbled, sys.argv[1:])):
        _warn("An argument is not text in UTF-8; check the terminal's encoding and type it again.")
        return USAGE
    try:
        _program()()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else FAILED
    except ExpediterError as refusal:
        _warn(str(refusal))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return 128 + signal.SIGPIPE
    except OSError as trouble:
        _warn(
            f"The operating system refused: {trouble.strerror or trouble}{f' ({trouble.filename})' if trouble.filename else ''}."
        )
    except Exception as unexpected:  # noqa: BLE001 - the edge of the process
        _warn(_kept(unexpected))
    else:
        return OK
    return FAILED


def _program() -> typer.Typer:
    """A service starts without what the commands for people are made of."""
    if sys.argv[1:2] and sys.argv[1] in SERVICES:
        return services
    from app.cli.program import program

    return program


def _warn(sentence: str) -> None:
    from app.cli.output import warn

    warn(sentence)


def _garbled(argument: str) -> bool:
    """Bytes that are no text; the name of a file may be such."""
    return any("\ud800" <= sign <= "\udfff" for sign in argument) and not os.path.lexists(argument)


def _kept(unexpected: Exception) -> str:
    """Where the details went, for whoever mends the program."""
    sentence = (
        f"Something went wrong inside Expediter ({type(unexpected).__name__}); nothing was approved or written by this command."
    )
    try:
        from app.settings import ClientSettings

        file = Path(ClientSettings.read().state) / "last-error.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as kept:
            traceback.print_exception(unexpected, file=kept)
    except (OSError, ExpediterError):
        return sentence
    return f"{sentence} Please report it with {file}."


def _flush(code: int) -> NoReturn:
    try:
        sys.stdout.flush()
    except (BrokenPipeError, ValueError):
        # The reader went away; keep the interpreter from complaining about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(code)
