"""What came into a mailbox is stored, some mails at a time. Several workers share the fetching of one mailbox."""

import logging
from collections.abc import Callable, Sequence
from hashlib import sha256

from agent.domain.mail import ParsedMail
from agent.domain.mailbox import Copy, Fetched, Taken, fingerprint
from agent.errors import MailUnreadable, PreconditionFailed
from agent.ports.mail_ledger import MailLedger
from agent.ports.mail_source import MailSource

logger = logging.getLogger(__name__)

#: Copies that one worker fetches while others fetch the next ones.
SHARE = 50
#: What was fetched is stored when it has so many bytes.
MOST_AT_ONCE = 1 << 20
Parse = Callable[[bytes], ParsedMail]
"""Raises MailUnreadable for what is no mail."""
NO_MAIL = ParsedMail(
    message_id=None, sender="", sender_name="", to=(), subject="(not a mail that can be read)", sent_at=None, in_reply_to=None,
    text="", quoted=(), hidden_text="", headers=(), attachments=(),
)  # fmt: skip


def take_in(source: MailSource, ledger: MailLedger, parse: Parse) -> None:
    """Store what came since the last look. Raises MailboxUnavailable and MailboxRefused; what was stored by then stays.

    What another worker fetches is left to it; the next look begins after all that is stored.
    """
    copies, cursor = source.changes(ledger.cursor(source.name))
    # In the same order for everybody, so that two workers cut alike what both were told of.
    shares = [copies[start : start + SHARE] for start in range(0, len(copies), SHARE)]
    left = [share for share in shares if not _take_share(source, share, ledger, parse)]
    if all(_take_share(source, share, ledger, parse) for share in left):
        ledger.looked(source.name, cursor)


def _take_share(source: MailSource, share: Sequence[Copy], ledger: MailLedger, parse: Parse) -> bool:
    """Whether all of it is stored; not so while another worker is at it."""
    with ledger.fetching(source.name, share) as new:
        if new is None:
            return False
        held: list[Taken] = []
        for fetched in source.fetch(new) if new else ():
            held.append(_identified(fetched, parse, source.name))
            if sum(len(one.fetched.raw or b"") for one in held) >= MOST_AT_ONCE:
                _keep(source, held, ledger)
                held = []
        _keep(source, held, ledger)
    return True


def _keep(source: MailSource, held: Sequence[Taken], ledger: MailLedger) -> None:
    """Where they cannot be kept together, each by itself; one that cannot even so is kept as its bytes, for a person."""
    if not held:
        return
    try:
        ledger.keep(source, held)
    except PreconditionFailed as refused:
        logger.warning("mails cannot be stored as they were read: %s", refused)
        for one in held:
            try:
                ledger.keep(source, [one])
            except PreconditionFailed:
                ledger.keep(source, [_unread(one.fetched, source.name)])


def _identified(fetched: Fetched, parse: Parse, mailbox: str) -> Taken:
    """The mail and its identity; what cannot be read as one is stored all the same, and a person reads it."""
    try:
        mail = parse(fetched.head if fetched.raw is None else fetched.raw)
        return Taken(fetched, mail, fingerprint(mail))
    except MailUnreadable:
        return _unread(fetched, mailbox)
    except Exception:
        logger.exception("a mail of %s could not be read as a mail", mailbox)
        return _unread(fetched, mailbox)


def _unread(fetched: Fetched, mailbox: str) -> Taken:
    """By its bytes, and without any by where it lies."""
    raw = fetched.head if fetched.raw is None else fetched.raw
    return Taken(fetched, NO_MAIL, sha256(raw or f"{mailbox}\0{fetched.copy.key}".encode()).hexdigest())
