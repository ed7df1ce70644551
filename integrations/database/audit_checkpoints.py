"""Writing down, again and again, how far the audit chain has come."""

import json
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from agent.domain.audit import Checkpoint
from agent.errors import PreconditionFailed
from agent.guardrails.seal import key_bytes, signed
from integrations.database.pool import Pool, transaction

_HEAD = """
    SELECT entries, hash, clock_timestamp() AS at FROM audit_head
    WHERE entries > (SELECT coalesce(max(entries), 0) FROM audit_checkpoint)
"""


class PostgresCheckpoints:
    """On a pool of the executor's role, which alone may add some.

    With `private` each is signed; with `copy` each is added to a file, which belongs where the database's owner cannot write.
    """

    def __init__(self, pool: Pool, private: str | None = None, copy: Path | None = None) -> None:
        """Raises PreconditionFailed when `private` is no key."""
        if private:
            key_bytes(private)
        self._pool = pool
        self._private = private
        self._copy = copy

    def note(self) -> Checkpoint | None:
        """The head of the chain as of now; None when nothing was added since the last one.

        Raises PreconditionFailed when the copy cannot be written: then nothing is noted, and the next try makes up for it.
        """
        with transaction(self._pool) as connection:
            found = connection.execute(_HEAD).fetchone()
            if found is None:
                return None
            made = Checkpoint(found["entries"], found["hash"], found["at"])
            checkpoint = signed(made, self._private) if self._private else made
            connection.execute(
                "INSERT INTO audit_checkpoint (entries, hash, at, signed_by, signature)"
                " VALUES (%(entries)s, %(hash)s, %(at)s, %(signed_by)s, %(signature)s)",
                asdict(checkpoint),
            )
            if self._copy:
                _add(self._copy, checkpoint)
        return checkpoint


def copied_checkpoints(file: Path) -> list[Checkpoint]:
    """What was copied to a file. Raises PreconditionFailed with the line that cannot be read."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as unreadable:
        raise PreconditionFailed(f"The checkpoints in {file} cannot be read: {_why(unreadable)}.") from None
    return [_read(file, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _read(file: Path, number: int, line: str) -> Checkpoint:
    try:
        row = json.loads(line)
        return Checkpoint(**(row | {"entries": int(row["entries"]), "at": datetime.fromisoformat(row["at"])}))
    except (ValueError, TypeError, KeyError):
        raise PreconditionFailed(
            f"{file}, line {number}: this is no checkpoint of an audit chain; take the line out if it was cut short."
        ) from None


def _add(file: Path, checkpoint: Checkpoint) -> None:
    try:
        with file.open("ab+") as copy:
            # What a full disk cut short must not swallow the next line.
            copy.seek(-min(1, copy.tell()), os.SEEK_END)
            broken = copy.read() not in (b"", b"\n")
            line = json.dumps(asdict(checkpoint) | {"at": checkpoint.at.isoformat()})
            copy.write(f"{chr(10) if broken else ''}{line}\n".encode())
    except OSError as refused:
        raise PreconditionFailed(f"The copy of the checkpoint cannot be written to {file}: {_why(refused)}.") from None


def _why(error: OSError | UnicodeDecodeError) -> str:
    return getattr(error, "strerror", None) or "it is not UTF-8 text"
