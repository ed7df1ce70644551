"""Answer a mail of the shared inbox, in words that were reviewed. The effect is a mail, and approved like any other change."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from agent.actions.answerable import Recipient, check_answerable, recipient_of, seen_from_sender
from agent.actions.base import AnyTime, Arguments, Effect
from agent.actions.money_named import in_words, money_named
from agent.actions.wording import clean_text
from agent.domain.decisions import Change, Preview, ProposalContent, Subject
from agent.domain.letters import Letter, Outgoing, Stage, answer_subject, answered_id, changed_percent, references_to
from agent.domain.mail_domains import company_domain
from agent.errors import (
    DatabaseUnavailable,
    ErpAnswerLost,
    ErpUnavailable,
    MailAnswerLost,
    MailboxRefused,
    MailboxUnavailable,
    MailNotSafe,
    NotPermitted,
    PreconditionFailed,
    SendingNotAllowed,
    SendingRefused,
)
from agent.guardrails.vocabulary.own import Known, NamesMoney
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter
from agent.ports.mail_sending import Letters, MailSender, SendingLog

logger = logging.getLogger(__name__)

NAME = "reply_to_mail"
MODEL = "mail"
MAX_LENGTH = 10_000


def _said(text: str) -> str:
    cleaned = clean_text(text)
    if not cleaned:
        raise ValueError("the answer has no text")
    return cleaned


class ReplyToMail(Arguments):
    mail: int = Field(ge=1, le=2**53, description="Number of the mail, like 12")
    text: Annotated[str, Field(max_length=MAX_LENGTH), AfterValidator(_said)] = Field(
        description="The whole answer, plain text, as the other side will read it"
    )
    to: str | None = Field(
        default=None, max_length=320, description="Which of the mail's own addresses it goes to, where it has several"
    )


class ReplyToMailAction(AnyTime):
    """Reads our own inbox, and sends through the mailbox's own servers. Only the executor has senders and a log."""

    name = NAME
    description = "Answer a mail of the shared inbox."
    undo = "irreversible"
    arguments = ReplyToMail
    lost_answer = "Message-ID: the Sent folder is searched for it; once the words went out without an answer, a person looks"
    repeatable = False
    editable = ("text",)

    def __init__(
        self,
        letters: Letters | None = None,
        senders: Mapping[str, MailSender] | None = None,
        log: SendingLog | None = None,
    ) -> None:
        """`senders` by the name of the mailbox. Who only checks arguments needs none of it, who only proposes the letters."""
        self._letters, self._senders, self._log = letters, senders, log

    def prepare(self, arguments: ReplyToMail, reader: ErpReader) -> ProposalContent:
        """Raises ErpUnavailable while the mail servers are away, so that an approved answer waits for them."""
        if self._letters is None:
            raise PreconditionFailed("Mails are answered through the server only.")
        letter = self._letters.letter(arguments.mail)
        check_answerable(letter)
        to = recipient_of(letter, arguments.to)
        self._check_mailbox(letter)
        draft, going = letter.draft, seen_from_sender(letter, to)
        subject = answer_subject(letter.subject)
        return ProposalContent(
            action=NAME,
            subject=Subject(model=MODEL, id=letter.id, name=letter.label),
            arguments={"mail": letter.id, "text": arguments.text, "to": arguments.to and to},
            before={
                "mailbox": letter.mailbox,
                "from": letter.sender,
                "to": to,
                "subject": subject,
                "language": letter.language,
                "draft": draft,
                "in_reply_to": answered_id(letter),
                "references": list(references_to(letter)),
            },
            facts=_facts(letter, going, arguments.text, reader),
            preview=Preview(
                title=f"Answer {letter.label} from {letter.sender}",
                changes=(
                    Change(label="From", before="none", after=letter.mailbox),
                    Change(label="To", before="none", after=to),
                    Change(label="Subject", before="none", after=subject),
                    Change(label="Message", before=_drafted(draft, arguments.text), after=arguments.text),
                ),
                consequence=_consequence(letter, to, going),
                undo="irreversible",
            ),
        )

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        sender, log = self._sender(content), self._log
        if sender is None or log is None:
            raise SendingNotAllowed("only the executor sends mail")
        mail, sha256 = outgoing(content, marker), content.sha256()
        with _as_execution_says():
            if not sender.sent(mail):
                try:
                    sender.send(mail, lambda: log.begin(sha256))
                except (MailboxRefused, MailboxUnavailable) as refused:
                    log.refused(sha256, str(refused))
                    raise
                _note_accepted(log, sha256, sender, mail)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        sender, log = self._sender(content), self._log
        if sender is None or log is None:
            return Effect.BEFORE
        mail = outgoing(content, marker)
        with _as_execution_says():
            stage = log.stage(content.sha256())
            if stage is Stage.ACCEPTED or sender.sent(mail):
                _see_to_a_copy(sender, mail)
                return Effect.DONE
        return Effect.UNSEEN if stage is Stage.BEGUN else Effect.BEFORE

    def verified(self, content: ProposalContent) -> str:
        return f"The mail server took the answer to {content.subject.name} for {content.before['to']}."

    def evidence(self, content: ProposalContent, marker: str) -> dict[str, Any]:
        """What was sent beside what was drafted."""
        return {
            "message": marker,
            "to": content.before["to"],
            "draft": content.before["draft"],
            "sent": content.arguments["text"],
            "changed_percent": content.facts["changed_percent"],
        }

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return None

    def _sender(self, content: ProposalContent) -> MailSender | None:
        return None if self._senders is None else self._senders.get(content.before["mailbox"])

    def _check_mailbox(self, letter: Letter) -> None:
        """At the executor: that it can be sent from here, and that nobody answered it from the mailbox."""
        if self._senders is None:
            return
        sender = self._senders.get(letter.mailbox)
        if sender is None:
            raise PreconditionFailed(
                f"Nothing is sent from mailbox {letter.mailbox}; EXPEDITER_OUTGOING_MAIL names those that it is sent from."
            )
        answers = answered_id(letter)
        with _as_execution_says():
            sender.ready()
            if answers and sender.answered(answers):
                raise PreconditionFailed(f"Somebody answered {letter.label} from the mailbox already.")


def outgoing(content: ProposalContent, marker: str) -> Outgoing:
    """The mail, of nothing but what was approved."""
    before = content.before
    return Outgoing(
        marker=marker,
        to=before["to"],
        subject=before["subject"],
        text=content.arguments["text"],
        in_reply_to=before["in_reply_to"],
        references=tuple(before["references"]),
    )


def _facts(letter: Letter, going: Recipient, text: str, reader: ErpReader) -> dict[str, Any]:
    known = reader.partners_by_email([name for name in (letter.sender, company_domain(letter.sender)) if name])
    money = in_words(text) is not None or any(True for _ in money_named(text))
    return {
        "mail_class": str(letter.mail_class),
        "trust": letter.trust.value,
        "sender": str(Known.YES if known else Known.NO),
        "recipient": going.value,
        "answers_before": letter.answers_before,
        "changed_percent": changed_percent(letter.draft, text),
        "money": str(NamesMoney.YES if money else NamesMoney.NO),
    }


def _drafted(draft: str | None, text: str) -> str:
    if draft is None:
        return "none"
    return "as drafted" if changed_percent(draft, text) == 0 else draft


def _consequence(letter: Letter, to: str, going: Recipient) -> str:
    reads = f"{to} reads it; what was sent cannot be called back."
    return reads if going is Recipient.SENDER else f"{letter.label} came from {letter.sender} and wants answers there. {reads}"


def _note_accepted(log: SendingLog, sha256: str, sender: MailSender, mail: Outgoing) -> None:
    """Where the ledger cannot note it, the copy in Sent is what tells it to whoever looks next."""
    try:
        log.accepted(sha256)
    except DatabaseUnavailable:
        _see_to_a_copy(sender, mail)
        raise


def _see_to_a_copy(sender: MailSender, mail: Outgoing) -> None:
    """It was sent, whatever becomes of the copy."""
    try:
        sender.file(mail)
    except (MailboxUnavailable, MailboxRefused) as away:
        logger.warning("%s was sent, and has no copy in Sent: %s", mail.marker, away)


@contextmanager
def _as_execution_says() -> Iterator[None]:
    """What mail servers and the ledger say, in the words that the executor acts on."""
    try:
        yield
    except MailboxRefused as refused:
        raise SendingRefused(str(refused)) from refused
    except MailboxUnavailable as away:
        raise ErpUnavailable(str(away)) from away
    except MailAnswerLost as lost:
        raise ErpAnswerLost(str(lost)) from lost
    except (NotPermitted, MailNotSafe) as refused:
        raise SendingNotAllowed(str(refused)) from refused
    except DatabaseUnavailable as away:
        raise ErpUnavailable(str(away)) from away
