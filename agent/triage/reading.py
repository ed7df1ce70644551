"""A mail as the rules read it: folded to lower case without accents, with what is new kept apart from what is quoted."""

import re
from dataclasses import dataclass

from agent.domain.mail import ParsedMail
from agent.guardrails.untrusted_text import fold

#: Enough for any mail a person wrote; what follows is attachments pasted as text.
MOST_TEXT = 12_000
MOST_SUBJECT = 1_000
#: New text shorter than this ("FYI, see below") makes the quote the message.
FEW_WORDS = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """Same length as the mail's text, so that a span found here is a span there."""

    subject: str
    text: str
    quoted: tuple[tuple[int, int], ...]
    new: str
    """`text` with its quotes blanked out."""
    old: str
    """`text` with all but its quotes blanked out."""

    @property
    def forwarded(self) -> bool:
        """Hardly anything is new: what it is about stands in the quote."""
        return bool(self.quoted) and len(re.findall(r"\w{2,}", self.new)) < FEW_WORDS

    def is_quoted(self, position: int) -> bool:
        return any(start <= position < end for start, end in self.quoted)


def read(mail: ParsedMail) -> Reading:
    text = _flowing(fold(mail.text[:MOST_TEXT]))
    new, old = list(text), [" "] * len(text)
    for start, end in mail.quoted:
        old[start:end] = text[start:end]
        new[start:end] = " " * len(text[start:end])
    return Reading(fold(mail.subject[:MOST_SUBJECT]), text, mail.quoted, "".join(new), "".join(old))


def _flowing(text: str) -> str:
    """Hard-wrapped lines joined, paragraphs ended like sentences."""
    text = re.sub(r"\n(?=[ \t>]*\n)|(?<=\n)\n", ".", text.replace("\n>", "\n "))
    return text.replace("\n", " ").replace("\t", " ")
