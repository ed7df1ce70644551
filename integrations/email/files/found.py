"""What comes of reading one attached file."""

from collections.abc import Callable
from dataclasses import dataclass

#: Characters of one file that are looked at; what follows is no letter that somebody wrote.
MOST_TEXT = 60_000
CUT = f"was read only in part: it is longer than {MOST_TEXT:,} characters"


@dataclass(frozen=True, slots=True)
class FileText:
    """Rows end with a line break, their cells are a tab apart."""

    kind: str = ""
    """What people call such files; empty for those in which no text is expected, as pictures."""
    text: str = ""
    trouble: str = ""
    """What a sentence about the file says of it: `cannot be read: it is encrypted`; empty when all of it was read."""


ReadFile = Callable[[str, str, bytes], FileText]
"""Name, declared content type, content."""


class Unreadable(Exception):
    """The message says why, as what follows `cannot be read:`."""
