"""Drafts in the mailbox itself. Its login appends them; it sends nothing."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from imapclient.imapclient import DRAFT, DRAFTS, SENT

from agent.domain.letters import Outgoing
from integrations.email.composing import Sender, compose, message_id_of
from integrations.email.imap import ImapAccount
from integrations.email.special_folders import SpecialFolder

#: Words stand before files.
BEGINNING = 256 << 10


class ImapDrafts:
    """DraftFolder of one mailbox."""

    def __init__(self, account: ImapAccount, mailbox: str, sender: Sender, now: Callable[[], datetime]) -> None:
        self._mailbox, self._sender, self._now = mailbox, sender, now
        self._drafts, self._sent = SpecialFolder(account, DRAFTS), SpecialFolder(account, SENT)

    @property
    def mailbox(self) -> str:
        return self._mailbox

    def holds(self, mail: Outgoing) -> bool:
        """There, or an answer to the same mail in Sent: somebody was quicker."""
        own = ("HEADER", "Message-ID", message_id_of(mail, self._sender))
        answers = [("HEADER", "In-Reply-To", mail.in_reply_to)] if mail.in_reply_to else []
        return self._drafts.holds(own) or self._sent.holds(own, *answers)

    def save(self, mail: Outgoing) -> None:
        self._drafts.add(compose(mail, self._sender, self._now(), draft=True), DRAFT)

    def replies(self, message_ids: Collection[str], since: datetime) -> Iterator[tuple[str, bytes]]:
        yield from self._sent.answers(message_ids, since.date(), BEGINNING)
