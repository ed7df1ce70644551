"""The worker's look at what became of drafts in mailboxes: what people sent in their place, and how much they said otherwise."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import getaddresses

from agent.domain.letters import SavedDraft, changed_percent
from agent.domain.mail import ParsedMail
from agent.domain.mail_domains import company_domain
from agent.errors import MailUnreadable
from agent.jobs.drafts import of_each
from agent.ports.mail_drafts import DraftFolder, SentDrafts
from agent.triage.automatic import AUTO_REPLY, REPORT, machine_signs

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
    waiting = {draft.mail_id: draft for draft in drafts.waiting(folder.mailbox)}
    for draft, mail in _answers(folder, list(waiting.values()), parse):
        if draft.mail_id in waiting:
            del waiting[draft.mail_id]
            text = own_words(mail)
            drafts.sent(draft.mail_id, text, mail.sent_at, changed_percent(draft.text, text) or 0)
            yield
    for draft in waiting.values():
        if draft.saved_at < now - LONGEST:
            drafts.left(draft.mail_id)
            yield


def _answers(
    folder: DraftFolder, waiting: Sequence[SavedDraft], parse: Callable[[bytes], ParsedMail]
) -> Iterator[tuple[SavedDraft, ParsedMail]]:
    """What was sent, with the draft whose mail it answers; also several to one."""
    named = {draft.message_id: draft for draft in waiting if draft.message_id}
    if not named:
        return
    since = min(draft.saved_at for draft in named.values()) - SKEW
    for message_id, raw in folder.replies(frozenset(named), since):
        try:
            mail = parse(raw)
        except MailUnreadable as odd:
            logger.warning("what was sent in answer to %s cannot be read: %s", message_id, odd)
            continue
        if is_answer(mail, named[message_id]):
            yield named[message_id], mail


def is_answer(mail: ParsedMail, draft: SavedDraft) -> bool:
    """That a person wrote to who sent the mail, or to their company where that is another one: whoever forwards it, or has a
    machine say that nobody is there, has not answered."""
    if machine_signs(mail) & {REPORT, AUTO_REPLY}:
        return False
    named = [value for name, value in mail.headers if name.lower() in ("to", "cc", "bcc")]
    written_to = {address.lower() for _, address in getaddresses(named)}
    theirs = {company_domain(draft.sender)} - {company_domain(mail.sender), None}
    return any(address in (draft.sender, *draft.reply_to) or company_domain(address) in theirs for address in written_to)


def own_words(mail: ParsedMail) -> str:
    """What is neither quoted nor a signature."""
    new, _ = mail.apart()
    return _SIGNATURE.split(new, maxsplit=1)[0].strip()[:LONGEST_TEXT]
