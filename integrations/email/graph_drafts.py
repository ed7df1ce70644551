"""Drafts in a mailbox of Microsoft 365. Its app may write mails and not send them."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from agent.domain.letters import Outgoing
from integrations.email.composing import Sender
from integrations.email.drafts import BEGINNING
from integrations.email.graph_login import GraphLogin
from integrations.email.graph_replies import GraphReplies
from integrations.email.graph_talk import GraphTalk

_RIGHTS = "Mail.ReadWrite for this mailbox, to save drafts"


class GraphDrafts:
    """DraftFolder of one mailbox."""

    def __init__(self, login: GraphLogin, user: str, mailbox: str, sender: Sender, now: Callable[[], datetime]) -> None:
        self._mailbox = mailbox
        self._replies = GraphReplies(GraphTalk(login, user, mailbox, _RIGHTS, "written to"), sender, now)

    @property
    def mailbox(self) -> str:
        return self._mailbox

    def holds(self, mail: Outgoing) -> bool:
        """There, or an answer to the same mail in Sent: somebody was quicker."""
        if self._replies.drafted(mail) or self._replies.sent(mail):
            return True
        return bool(mail.in_reply_to and self._replies.answered(mail.in_reply_to))

    def save(self, mail: Outgoing) -> None:
        self._replies.draft(mail)

    def replies(self, message_ids: Collection[str], since: datetime) -> Iterator[tuple[str, bytes]]:
        """Graph finds them among all that ever was sent."""
        for message_id in message_ids:
            yield from ((message_id, raw) for raw in self._replies.answers_to(message_id, BEGINNING))
