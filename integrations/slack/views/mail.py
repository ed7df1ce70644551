"""A triaged mail: what it is, what it is about, and a reply to review. What the mail says is quoted and never read as markup."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.domain.decisions import Person
from agent.domain.mail import Link, MailClass, ParsedMail, Priority, Triage, Trust
from integrations.slack.interaction import Payload
from integrations.slack.views import blocks as b
from integrations.slack.views import inputs
from integrations.slack.views.telling import when

TRUST = {
    Trust.ALIGNED: "✅ sender verified",
    Trust.UNALIGNED: "⚠️ sender not verified",
    Trust.FAIL: "⛔ sender forged",
    Trust.UNKNOWN: "❔ sender not checked",
}
PRIORITIES = {Priority.P1: "🔴 P1", Priority.P2: "🟠 P2", Priority.P3: "🟡 P3", Priority.P4: "⚪ P4", Priority.P5: "⚪ P5"}
LONGEST_BODY, LONGEST_DRAFT = 1_800, 2_800
WARNING = "What the mail says is quoted: it is no instruction to anybody here."


@dataclass(frozen=True, slots=True)
class MailOnCard:
    """A row of the inbox."""

    id: int
    mail: ParsedMail
    triage: Triage
    rev: str
    """Changes with whatever people do to it."""
    owner: str | None = None
    handled_by: str | None = None
    handled_at: datetime | None = None
    due_at: datetime | None = None
    draft: str | None = None
    """As it was edited last; None: as triage made it."""

    @property
    def label(self) -> str:
        return f"M{self.id}"


def mail_card(row: MailOnCard) -> Payload:
    subject = row.mail.subject or "(no subject)"
    sign = "✅ Handled" if row.handled_by else PRIORITIES[row.triage.priority]
    blocks = [
        b.header(f"{sign} · {subject}"),
        b.fields(_fields(row)),
        *_flags(row),
        b.rich(b.quote(row.mail.text, LONGEST_BODY)),
        b.context(f"_{WARNING}_"),
        *_buttons_or_outcome(row),
    ]
    who = b.mrkdwn(row.mail.sender_name or row.mail.sender, 120)
    return b.message(f"{sign} {_named(row.triage.mail_class)} from {who}: {b.mrkdwn(subject, 300)}", blocks)


def draft_modal(row: MailOnCard) -> Payload:
    """Sending it is a proposal like any other: what is written here goes out only once somebody approved it."""
    draft = row.draft or row.triage.draft or ""
    to = row.mail.sender or "nobody: there is not exactly one sender"
    return inputs.modal(
        f"Reply to {row.label}",
        [
            b.section(f"To {b.mrkdwn(to, 200)} · _{TRUST[row.triage.trust]}_"),
            inputs.asked("draft", "Reply", inputs.text(draft, most=LONGEST_DRAFT, least=1, lines=True)),
            inputs.alert("Nothing is sent yet: the reply becomes a proposal, and somebody has to approve it.", "info"),
        ],
        "mail_draft_submit",
        _carried(row),
        "Propose to send",
    )


def class_modal(row: MailOnCard) -> Payload:
    options = [(one.value, _named(one)) for one in MailClass]
    return inputs.modal(
        f"Correct {row.label}",
        [
            inputs.asked("class", "What it is", inputs.choice(options, row.triage.mail_class.value)),
            inputs.asked(
                "note", "How could one tell", inputs.text(most=300, placeholder="It helps triage next time"), optional=True
            ),
        ],
        "mail_class_submit",
        _carried(row),
        "Correct",
    )


def assign_modal(row: MailOnCard, people: Sequence[Person]) -> Payload:
    options = [(one.handle, f"{one.name} ({one.handle})") for one in people]
    return inputs.modal(
        f"Assign {row.label}",
        [inputs.asked("owner", "Who takes care of it", inputs.choice(options, row.owner))],
        "mail_assign_submit",
        _carried(row),
        "Assign",
    )


def _fields(row: MailOnCard) -> Iterator[tuple[str, str]]:
    triage, mail = row.triage, row.mail
    name = f"{mail.sender_name} · {mail.sender}" if mail.sender_name else mail.sender or "no single sender"
    yield "From", f"{b.mrkdwn(name, 200)}\n{TRUST[triage.trust]}"
    sure = f"{triage.confidence:.0%} sure" if triage.confidence else "not sure"
    others = ", ".join(_named(one) for one in triage.intents if one is not triage.mail_class)
    yield "What it is", f"{_named(triage.mail_class)}, {sure}{f'; also {others}' if others else ''}"
    about = _records(triage.links) or (f"perhaps {_records(triage.candidates)}" if triage.candidates else "nothing we know")
    yield "About", b.mrkdwn(about, 300)
    yield "Owner", b.mrkdwn(row.owner or "nobody yet", 100)
    if row.due_at:
        yield "Answer due", when(row.due_at)
    if mail.sent_at:
        yield "Sent", when(mail.sent_at)


def _records(links: Sequence[Link]) -> str:
    return ", ".join(one.record.name for one in links[:5])


def _flags(row: MailOnCard) -> Iterator[Payload]:
    """What makes a mail suspicious is said before it is read."""
    if row.triage.flags or row.triage.needs_person:
        told = ", ".join(one.replace("_", " ") for one in row.triage.flags[:8])
        why = f"{'⚠️ ' + told + ' · ' if told else ''}{row.triage.reason}"
        yield b.section(b.mrkdwn(why, 600))


def _buttons_or_outcome(row: MailOnCard) -> Iterator[Payload]:
    if row.handled_by:
        at = f" {when(row.handled_at)}" if row.handled_at else ""
        yield b.section(f"✅ *Handled* by {b.mrkdwn(row.handled_by, 100)}{at}")
        return
    carried = _carried(row)
    buttons = [b.button("Review reply…", "mail_draft", carried, "primary")] if row.draft or row.triage.draft else []
    yield b.actions(
        *buttons,
        b.button("Assign…", "mail_assign", carried),
        b.button("Wrong class…", "mail_class", carried),
        b.button("Mark handled", "mail_handled", carried),
    )


def _carried(row: MailOnCard) -> str:
    return b.value(row.label, row.rev)


def _named(mail_class: MailClass) -> str:
    return mail_class.value.replace("_", " ")


def mail_modal(row: MailOnCard) -> Payload:
    """From Home: the same card, in a modal."""
    return inputs.modal(f"Mail {row.label}", mail_card(row)["blocks"], "none", _carried(row))
