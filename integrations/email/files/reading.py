"""Opening what is attached to a mail: file after file, each in a process of its own with limits."""

import json
import time
from signal import SIGABRT, SIGALRM, SIGXCPU

from agent.domain.mail import ParsedMail
from integrations.email.files.child import MOST_MEMORY, MOST_OUTPUT, MOST_SECONDS
from integrations.email.files.found import MOST_TEXT, FileText
from integrations.email.files.kinds import Kind, kind_of
from integrations.email.files.opener import Opener
from integrations.email.message import parse_mail

MOST_FILES, MOST_SECONDS_OF_A_MAIL = 10, 30.0
MOST_BYTES = 10 << 20
_SLOW = f"it takes longer than {MOST_SECONDS} seconds"
_DIED_OF = {-SIGALRM: _SLOW, -SIGXCPU: _SLOW, -SIGABRT: f"it takes more than {MOST_MEMORY >> 20} MB of memory"}
OPENER = Opener()


def parse_mail_and_files(raw: bytes) -> ParsedMail:
    """`parse_mail` that also reads what is attached. Raises MailUnreadable for the mail alone, never for a file."""
    return parse_mail(raw, FilesOfAMail().read)


class FilesOfAMail:
    """Reads the files of one mail until their number or the time runs out."""

    def __init__(self) -> None:
        self._number, self._until = 0, time.monotonic() + MOST_SECONDS_OF_A_MAIL

    def read(self, name: str, content_type: str, content: bytes) -> FileText:
        kind = kind_of(name, content_type, content)
        if kind is Kind.PICTURE:
            return FileText()
        if refused := self._refused(kind, len(content)):
            return FileText(kind, trouble=f"cannot be read: {refused}")
        self._number += 1
        return _read(kind, content)

    def _refused(self, kind: Kind, size: int) -> str:
        if kind is Kind.CLOSED:
            return "files of this kind are not opened"
        if size > MOST_BYTES:
            return f"it is larger than {MOST_BYTES >> 20} MB"
        if self._number >= MOST_FILES or time.monotonic() > self._until:
            return "too much is attached to this mail"
        return "it is empty" if not size else ""


def _read(kind: Kind, content: bytes) -> FileText:
    """A process that died, or says something else than it should, was overcome by its file."""
    code, told = OPENER.open(kind, content, MOST_SECONDS, MOST_OUTPUT)
    try:
        answer = json.loads(told)
        return FileText(kind, str(answer["text"])[:MOST_TEXT], str(answer["trouble"])[:300])
    except (ValueError, LookupError, TypeError):
        return FileText(kind, trouble=f"cannot be read: {_DIED_OF.get(code, 'the program that opens it broke down')}")
