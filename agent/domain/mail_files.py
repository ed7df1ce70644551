"""Mails as files: on their way onto a record of the ERP, and as the ERP shows them there."""

from dataclasses import dataclass
from hashlib import sha1

BY_PARTS = "X-Expediter-By-Parts"
"""The first header of a mail that was taken in by its parts. Only where it comes first is it ours: above it, the sender can
write nothing."""
_MOST_NAME = 100
_NOT_IN_NAMES = frozenset('\\/:*?"<>|')


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file that is put on a record."""

    name: str
    content: bytes

    def __str__(self) -> str:
        return f"{self.name}, {len(self.content)} bytes"


@dataclass(frozen=True, slots=True)
class NoteFile:
    """A file that hangs on a note, as the ERP has it."""

    name: str
    size: int
    """Bytes."""
    sha1: str
    """Of its content, in hex: what Odoo tells a file by."""


def is_whole(content: bytes) -> bool:
    """Whether it is the mail as it came; of a large one files stayed in the mailbox."""
    return not content.startswith(f"{BY_PARTS}:".encode())


def sha1_of(content: bytes) -> str:
    """As Odoo computes it, to find the file again. Nothing is trusted because of it."""
    return sha1(content, usedforsecurity=False).hexdigest()


def file_name(label: str, subject: str) -> str:
    """`M12 Delivery delayed.eml`: one that every file system takes, whatever the subject holds."""
    said = " ".join(subject.split())
    shown = "".join("_" if char in _NOT_IN_NAMES else char for char in said if char.isprintable())
    return f"{f'{label} {shown}'[:_MOST_NAME].strip(' .')}.eml"


def is_file_of(label: str, file: NoteFile) -> bool:
    """Whether it is called as `file_name` calls the mail's."""
    return file.name.removesuffix(".eml").split(" ", 1)[0] == label
