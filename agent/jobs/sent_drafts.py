"""The worker's look at what became of drafts in mailboxes: what people sent in their place, and how much they said otherwise."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from agent.domain.letters import changed_percent
from agent.domain.mail import ParsedMail
from agent.errors import MailUnreadable
from agent.jobs.drafts import of_each
from agent.ports.mail_drafts import DraftFolder, SentDrafts

logger = logging.getLogger(__name__)

#: Whoever has not sent a draft by then never will.
LONGEST = timedelta(days=14)
#: The mailbox's server may file by another clock.
SKEW = timedelta(days=1)
LONGEST_TEXT = 20_000
#: RFC 3676: what stands under it is a signature.
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)


def compare_drafts(
    folders: Iterable[DraftFolder], drafts: SentDrafts, parse: Callable[[bytes], ParsedMail], now: datetime
) -> int:
    """Note each draft whose mail was answered from the mailbox, or in time by nobody; how many. Raises DatabaseUnavailable.

    A mailbox that is away is looked into later, and keeps none of the others waiting.
    """
    return of_each(folders, lambda folder: _ended(folder, drafts, parse, now), "no look at what was sent from")


def _ended(folder: DraftFolder, drafts: SentDrafts, parse: Callable[[bytes], ParsedMail], now: datetime) -> Iterator[None]:
    waiting = {draft.message_id: draft for draft in drafts.waiting(folder.mailbox)}
    if not waiting:
        return
    since = min(draft.saved_at for draft in waiting.values()) - SKEW
    for message_id, raw in folder.replies(frozenset(waiting), since):
        draft = waiting.pop(message_id)
        try:
            mail = parse(raw)
        except MailUnreadable as odd:
            logger.warning("what was sent in answer to M%s cannot be read: %s", draft.mail_id, odd)
            continue
        text = own_words(mail)
        drafts.sent(draft.mail_id, text, mail.sent_at, changed_percent(draft.text, text) or 0)
        yield
    for draft in waiting.values():
        if draft.saved_at < now - LONGEST:
            drafts.left(draft.mail_id)
            yield


def own_words(mail: ParsedMail) -> str:
    """What is neither quoted nor a signature."""
    new, _ = mail.apart()
    return _SIGNATURE.split(new, maxsplit=1)[0].strip()[:LONGEST_TEXT]
