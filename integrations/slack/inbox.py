"""Keeping the channels of the shared inbox: a card for each mail that waits for an answer, in the channel of its route."""

from collections.abc import Callable, Mapping
from typing import Protocol

from agent.domain.decisions import Role
from agent.domain.mail import MailClass
from agent.domain.mail_threads import InboxFilter, ThreadState
from agent.domain.mailbox import InboxMail
from integrations.slack.announcing import Showing
from integrations.slack.given_up import GivenUp
from integrations.slack.interaction import Payload
from integrations.slack.views.mail import mail_card

CARD = "mail:"
#: The most urgent that wait; what is beyond is in `mail list`.
MOST = 200


class Reading(Protocol):
    def mails(self, wanted: InboxFilter) -> list[InboxMail]: ...

    def mail(self, mail_id: int) -> InboxMail: ...


class InboxAnnouncer:
    def __init__(
        self,
        inbox: Reading,
        outbox: Showing,
        role: Callable[[MailClass], Role],
        channels: Mapping[Role | None, str],
    ) -> None:
        """`role`: who takes care of such mails; `channels`: where those roles are, None standing for all others."""
        self._inbox, self._outbox, self._role, self._channels = inbox, outbox, role, channels
        self._given_up = GivenUp(outbox, CARD)
        self._shown: dict[str, Payload] = {}
        self._open: set[int] | None = None
        """Mails whose cards are there and may still change."""

    def sweep(self) -> None:
        """Raises what the ports raise; then the next one makes up for it."""
        if self._open is None:
            self._open = {int(key.removeprefix(CARD)) for key in self._outbox.keys(CARD, MOST)}
        for key in (again := self._given_up.keys()):
            self._shown.pop(key, None)
        self._open |= {int(key.removeprefix(CARD)) for key in again}
        listed = {mail.id: mail for mail in self._inbox.mails(InboxFilter(limit=MOST))}
        others = [self._inbox.mail(mail_id) for mail_id in self._open - listed.keys()]
        for mail in [*reversed(listed.values()), *others]:
            if mail.triage is not None and mail.mail_class is not None:
                self._brought(mail, mail.mail_class)
        self._open = (self._open | listed.keys()) - {mail.id for mail in others if mail.state is ThreadState.DONE}

    def _brought(self, mail: InboxMail, mail_class: MailClass) -> None:
        """What nobody waits for any more, noise among it, is drawn anew where it was shown, and not shown for the first time."""
        key, card = f"{CARD}{mail.id}", mail_card(mail)
        if self._shown.get(key) == card:
            return
        waits = mail.state is ThreadState.OPEN and mail.thread is not None and mail.thread.due_at is not None
        channel = self._channels.get(self._role(mail_class)) or self._channels.get(None)
        for place in self._outbox.channels_of(key) or ([channel] if waits and channel else ()):
            self._outbox.show(key, place, card)
        self._shown[key] = card
