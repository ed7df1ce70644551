"""What a language model is shown of a mail, and whether words it quotes stand there."""

import re
from collections.abc import Iterable

from agent.domain.mail import ParsedMail
from agent.guardrails.untrusted_text import fold
from agent.ports.mail_judge import ShownMail

MOST_SUBJECT, MOST_TEXT, MOST_FILES, LONGEST_NAME = 300, 6_000, 10, 100
#: Letters and digits of a quote: fewer stand in any mail.
SHORTEST_QUOTE = 6


def shown_of(mail: ParsedMail) -> ShownMail:
    """New text first; what is left of `MOST_TEXT` is for what it quotes. A sender's address and what files say is not shown."""
    new, old = mail.apart()
    text = new.strip()[:MOST_TEXT]
    names = tuple(one.name[:LONGEST_NAME] for one in mail.attachments[:MOST_FILES])
    return ShownMail(mail.subject[:MOST_SUBJECT], text, old.strip()[: MOST_TEXT - len(text)], names)


def stand_in(shown: ShownMail, quotes: Iterable[str]) -> bool:
    """Whether each is there word by word, however it is spaced and spelt large or small, and long enough to say something."""
    whole = _plain(shown.whole())
    found = [_plain(quote) for quote in quotes]
    return bool(found) and all(quote in whole and len(re.findall(r"\w", quote)) >= SHORTEST_QUOTE for quote in found)


def _plain(text: str) -> str:
    return " ".join(fold(text).split())
