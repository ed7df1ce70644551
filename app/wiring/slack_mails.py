"""What cards, modals and Home may do with mails of the shared inbox: the functions of the API's routes again."""

from collections.abc import Callable, Sequence

from agent.domain.decisions import Person
from agent.domain.mail_threads import InboxFilter
from agent.domain.mailbox import InboxMail
from agent.guardrails.permissions import Permission, demand, may
from app.contract.answering import ReplyRequest
from app.contract.mail import CorrectionRequest, MailDeedRequest
from app.web import WebContext
from app.web.routes import mails
from app.wiring.slack_deeds import as_asked, numbered

MOST = 50


class SlackMails:
    """MailDeeds, of the clicks."""

    def __init__(self, now: Callable[[], WebContext]) -> None:
        """`now`: with the policy that is in force."""
        self._now = now

    def mail(self, person: Person, mail_id: int) -> InboxMail:
        demand(person, Permission.HANDLE_MAILS)
        return self._now().inbox.mail(numbered(mail_id))

    def mails_of(self, person: Person) -> Sequence[InboxMail]:
        if not may(person, Permission.HANDLE_MAILS):
            return []
        context = self._now()
        routed = context.policy.inbox.routed_to(person.roles)
        return context.inbox.mails(InboxFilter(owner=person.handle, routed=routed, limit=MOST))

    def correct(self, person: Person, mail_id: int, rev: int, mail_class: str, note: str) -> None:
        said = as_asked(CorrectionRequest, **{"class": mail_class}, reason=note, rev=rev)
        mails.correct(numbered(mail_id), said, self._now(), person)

    def assign(self, person: Person, mail_id: int, rev: int, owner: Person) -> None:
        said = as_asked(MailDeedRequest, kind="taken", owner=owner.handle, rev=rev)
        mails.handle(numbered(mail_id), said, self._now(), person)

    def handled(self, person: Person, mail_id: int, rev: int) -> None:
        mails.handle(numbered(mail_id), as_asked(MailDeedRequest, kind="done", rev=rev), self._now(), person)

    def propose_reply(self, person: Person, mail_id: int, text: str, reason: str) -> None:
        mails.reply(numbered(mail_id), as_asked(ReplyRequest, text=text, reason=reason), self._now(), person)
