"""The marks of a mail that was taken in by its parts: what of it was left in the mailbox."""

import re
from email.message import Message

from agent.domain.mail_files import BY_PARTS

LEFT_OUT = "X-Expediter-Left-Out"
"""Of a part, its size as the mailbox tells it."""


_SIZE = re.compile(r"\d{1,12}")


def is_by_parts(message: Message) -> bool:
    return next(iter(message.keys()), "") == BY_PARTS


def size_left_out(part: Message) -> int | None:
    """None for a part that is whole. Each part's first header is ours."""
    marks = [value for name, value in part.items()[:2] if name != BY_PARTS][:1] if LEFT_OUT in part.keys()[:2] else []
    return int(marks[0]) if marks and _SIZE.fullmatch(str(marks[0])) else None
