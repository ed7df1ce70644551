"""A triaged mail: what it is, what it is about, and a reply to review. What the mail says is quoted and never read as markup."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.domain.decisions import Person
from agent.domain.mail import MailClass, Priority, Trust
from agent.domain.mail_threads import ThreadState
from agent.domain.mailbox import InboxMail
from integrations.slack.interaction import Payload
from integrations.slack.views import blocks as b
from integrations.slack.views import inputs
from integrations.slack.views.telling import count, when

TRUST = {
    Trust.ALIGNED: "✅ sender verified",
    Trust.UNALIGNED: "⚠️ sender not verified",
    Trust.FAIL: "⛔ sender forged",
    Trust.UNKNOWN: "❔ sender not checked",
}
PRIORITIES = {Priority.P1: "🔴 P1", Priority.P2: "🟠 P2", Priority.P3: "🟡 P3", Priority.P4: "⚪ P4", Priority.P5: "⚪ P5"}
LONGEST_BODY = 1_800
WARNING = "What the mail says is quoted: it is no instruction to anybody here."


MOST_LISTED = 10
UNREAD = {
    ThreadState.UNREAD: "Not read yet; open it again in a minute.",
    ThreadState.WAITING_FOR_ERP: "It is read as soon as Odoo is back.",
}


def mail_card(mail: InboxMail) -> Payload:
    """Of a mail that was read."""
    subject, sign = mail.subject or "(no subject)", _sign(mail)
    blocks = [
        b.header(f"{sign} · {subject}"),
        *([b.fields(_fields(mail, mail.triage)), *_flags(mail.triage)] if mail.triage else [b.section(UNREAD[mail.state])]),
        *([b.rich(b.quote(mail.said, LONGEST_BODY)), b.context(f"_{WARNING}_")] if mail.said else []),
        *_buttons_or_outcome(mail),
    ]
    kind = _named(mail.mail_class) if mail.mail_class else "mail"
    return b.message(f"{sign} {kind} from {b.mrkdwn(mail.sender, 120)}: {b.mrkdwn(subject, 300)}", blocks)


def mail_list(mails: Sequence[InboxMail]) -> Payload:
    """Those that wait for one person, as a message for them alone."""
    if not mails:
        return b.message("No mail waits for you.", [b.section("No mail waits for you.")])
    head = f"*{count(len(mails), 'mail waits', 'mails wait')} for you*, what waits too long first"
    more = [b.context(f"… and {len(mails) - MOST_LISTED} more; `expediter mail list --mine` has them all.")]
    blocks = [b.section(head), *mail_lines(mails[:MOST_LISTED]), *(more if len(mails) > MOST_LISTED else [])]
    return b.message(head.replace("*", ""), blocks)


def mail_lines(mails: Sequence[InboxMail]) -> Iterator[Payload]:
    """One line each, to be opened."""
    for number, one in enumerate(mails):
        due = f" · answer due {when(one.thread.due_at)}" if one.thread and one.thread.due_at else ""
        markup = f"{_sign(one)} · *{b.mrkdwn(one.subject or '(no subject)', 150)}*\n{b.mrkdwn(one.sender, 80)}{due}"
        yield b.section(markup, b.button("Open", f"mail:{number}", _carried(one)))


def draft_modal(mail: InboxMail) -> Payload:
    """Sending it is a proposal like any other: what is written here goes out only once somebody approved it."""
    triage = mail.triage or {}
    to, draft = mail.sender or "nobody: there is not exactly one sender", triage.get("draft") or ""
    trust = TRUST[Trust(triage.get("trust", Trust.UNKNOWN))]
    return inputs.modal(
        f"Reply to {mail.label}",
        [
            b.section(f"To {b.mrkdwn(to, 200)} · _{trust}_"),
            inputs.asked(
                "draft", "Reply", inputs.text(draft, most=inputs.LONGEST, least=1, lines=True), hint=_unshown(mail, draft)
            ),
            inputs.asked("reason", "Why, for whoever approves", inputs.text(f"It answers {mail.label}.", most=500, least=1)),
            inputs.alert("Nothing is sent yet: the reply becomes a proposal, and somebody has to approve it.", "info"),
        ],
        "mail_draft_submit",
        _carried(mail),
        "Propose to send",
    )


def _unshown(mail: InboxMail, draft: str) -> str:
    said = inputs.unshown(draft)
    return (
        f"{said} `expediter mail draft {mail.label}` shows it, and `expediter mail reply {mail.label}` takes it." if said else ""
    )


def class_modal(mail: InboxMail) -> Payload:
    options = [(one.value, _named(one)) for one in MailClass]
    return inputs.modal(
        f"Correct {mail.label}",
        [
            inputs.asked("class", "What it is", inputs.choice(options, mail.mail_class.value if mail.mail_class else None)),
            inputs.asked(
                "note", "How could one tell", inputs.text(most=300, placeholder="It helps triage next time"), optional=True
            ),
        ],
        "mail_class_submit",
        _carried(mail),
        "Correct",
    )


def assign_modal(mail: InboxMail, people: Sequence[Person]) -> Payload:
    options = [(one.handle, f"{one.name} ({one.handle})") for one in people]
    return inputs.modal(
        f"Assign {mail.label}",
        [inputs.asked("owner", "Who takes care of it", inputs.choice(options, mail.thread.owner if mail.thread else None))],
        "mail_assign_submit",
        _carried(mail),
        "Assign",
    )


def mail_modal(mail: InboxMail) -> Payload:
    """From Home: the same card, in a modal."""
    return inputs.modal(f"Mail {mail.label}", mail_card(mail)["blocks"], "none", _carried(mail))


def mail_rev(mail: InboxMail) -> str:
    """Changes with whatever people do to its thread."""
    return str(mail.thread.last_event if mail.thread else 0)


def _sign(mail: InboxMail) -> str:
    if mail.state is ThreadState.DONE:
        return "✅ Handled"
    if mail.state is ThreadState.ANSWERED:
        return "📤 Answered"
    return PRIORITIES[mail.thread.priority if mail.thread else Priority.P3]


def _fields(mail: InboxMail, triage: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "From", f"{b.mrkdwn(mail.sender or 'no single sender', 200)}\n{TRUST[Trust(triage['trust'])]}"
    sure = f"{triage['confidence']:.0%} sure" if triage["confidence"] else "not sure"
    others = ", ".join(_named(MailClass(one)) for one in triage["intents"] if one != triage["class"])
    yield "What it is", f"{_named(MailClass(triage['class']))}, {sure}{f'; also {others}' if others else ''}"
    perhaps = f"perhaps {_records(triage['candidates'])}" if triage["candidates"] else "nothing we know"
    yield "About", b.mrkdwn(_records(triage["links"]) or perhaps, 300)
    yield "Owner", b.mrkdwn((mail.thread and mail.thread.owner) or "nobody yet", 100)
    if mail.thread and mail.thread.due_at:
        yield "Answer due", when(mail.thread.due_at)
    if mail.sent_at:
        yield "Sent", when(mail.sent_at)
    if mail.thread and mail.thread.mails > 1:
        yield "Thread", f"{mail.thread.mails} mails"


def _records(links: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(str(one["name"]) for one in links[:5])


def _flags(triage: Mapping[str, Any]) -> Iterator[Payload]:
    """What makes a mail suspicious is said before it is read."""
    if triage["flags"] or triage["needs_person"]:
        told = ", ".join(one.replace("_", " ") for one in triage["flags"][:8])
        why = f"{'⚠️ ' + told + ' · ' if told else ''}{triage['reason']}"
        yield b.section(b.mrkdwn(why, 600))


def _buttons_or_outcome(mail: InboxMail) -> Iterator[Payload]:
    thread = mail.thread
    if thread and thread.done_at:
        yield b.section(f"✅ *Handled* by {b.mrkdwn(thread.done_by or 'somebody', 100)} {when(thread.done_at)}")
        return
    if thread is None or mail.triage is None:
        return
    carried = _carried(mail)
    buttons = [b.button("Review reply…", "mail_draft", carried, "primary")] if mail.triage["draft"] else []
    yield b.actions(
        *buttons,
        b.button("Assign…", "mail_assign", carried),
        b.button("Wrong class…", "mail_class", carried),
        b.button("Mark handled", "mail_handled", carried),
    )


def _carried(mail: InboxMail) -> str:
    return b.value(mail.label, mail_rev(mail))


def _named(mail_class: MailClass) -> str:
    return mail_class.value.replace("_", " ")
