"""What a mail is and what follows from it."""

import sys
from typing import Annotated

import typer

from agent.domain.mail import MailClass
from agent.domain.mail_threads import MailEventKind, ThreadState
from agent.errors import ExpediterError, MailUnreadable
from app.cli import output
from app.cli.options import AsPerson, Json, MailId, Token, api_of
from app.client import final_answer
from app.contract.answering import DraftRow, MailAnswerRow, MailboxDraftRow
from app.contract.mail import LinkRow, MailEventRow, MailRow, OpinionRow, ReadMailRow, TriageRow

group = typer.Typer(help="What the shared inbox's mails are, what they name, and what follows.", no_args_is_help=True)
LONGEST_SHOWN = 1_500
LARGEST_MAIL = 50 * 1024 * 1024


@group.command()
def triage(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Messages as .eml files; - reads one from standard input.")],
    json: Json = False,
) -> None:
    """Class, priority, references, linked records and a draft for each mail. Several with --json: one line each."""
    from app.wiring.cli import reading

    failed = False
    with reading() as company:
        for file in files:
            try:
                row = TriageRow.model_validate(company.triage(file, content_of(file)))
            except MailUnreadable as unreadable:
                failed = True
                output.warn(f"{file}: {unreadable}")
                continue
            (output.print_json_line if len(files) > 1 else output.print_json)(row) if json else _named_page(row)
    if failed:
        raise typer.Exit(1)


@group.command("list")
def list_mails(
    needs_person: Annotated[bool, typer.Option("--needs-person", help="Only those that a person should look at.")] = False,
    mail_class: Annotated[
        MailClass | None, typer.Option("--class", metavar="CLASS", help=f"Only one class: {', '.join(MailClass)}.")
    ] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only yours: taken by you, or by nobody and of your role.")] = False,
    late: Annotated[bool, typer.Option("--late", help="Only those whose answer is overdue.")] = False,
    done: Annotated[bool, typer.Option("--done", help="Also those that are done.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 50,
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """The shared inbox, one line a thread: what waits too long first, then the most urgent."""
    flags = {"needs_person": needs_person, "mine": mine, "late": late, "done": done}
    found = api_of(as_person, token).mails(mail_class, limit, **flags)
    output.shown(json, found, lambda: _listed(found, narrowed=mail_class is not None or any(flags.values())))


@group.command()
def show(mail: MailId, as_person: AsPerson = None, token: Token = None, json: Json = False) -> None:
    """One mail of the shared inbox: what it is, what it is about, and the draft of an answer."""
    found = api_of(as_person, token).mail(mail)
    output.shown(json, found, lambda: shown_mail(found))


@group.command()
def draft(mail: MailId, as_person: AsPerson = None, token: Token = None, json: Json = False) -> None:
    """The answer that was prepared for a mail; `mail reply` proposes to send it."""
    found = api_of(as_person, token).draft(mail)
    output.shown(json, found, lambda: _drafted(found))


@group.command()
def reply(
    mail: MailId,
    text: Annotated[str | None, typer.Option(help="What the answer says; without it, the draft.")] = None,
    file: Annotated[
        str | None, typer.Option(metavar="FILE", help="Take what it says from a text file; - reads standard input.")
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="ADDRESS", help="To which of the mail's own addresses it goes.")] = None,
    reason: Annotated[str, typer.Option(help="Why, as whoever approves will read it.")] = "The sender waits for an answer.",
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Propose to answer a mail. Nothing is sent until another person approves it."""
    if text is not None and file is not None:
        raise ExpediterError("Give --text or --file, not both.")
    said = text if file is None else _text_of(file)
    api = api_of(as_person, token)
    answer = final_answer(api.parts(api.reply(mail, said, to, reason)))
    output.shown(json, answer, lambda: output.say(answer.answer))


def _text_of(file: str) -> str:
    """Raises MailUnreadable."""
    try:
        return content_of(file).decode("utf-8")
    except UnicodeDecodeError:
        raise MailUnreadable(f"{file} is not a text file in UTF-8.") from None


def _drafted(draft: DraftRow) -> None:
    output.say(f"To: {draft.to}")
    output.say(f"Subject: {draft.subject}\n")
    output.say(draft.text)
    if draft.not_sendable:
        output.say(f"\n{draft.not_sendable}", style="yellow")
    else:
        output.say(f"\n`expediter mail reply {draft.mail}` proposes to send it; --text or --file say it otherwise.", style="dim")


def _answered(answer: MailAnswerRow) -> None:
    became = f": {answer.outcome_detail}" if answer.outcome_detail else ""
    output.say(f"\nAnswer to {answer.to}, {answer.proposal}: {answer.state.replace('_', ' ')}{became}", style="bold")
    if answer.changed_percent:
        output.say(f"{answer.changed_percent} % of the draft is said otherwise:", style="dim")
    output.say(answer.text)


def in_mailbox(draft: MailboxDraftRow) -> None:
    if draft.passed_over:
        output.say(f"\nNo draft was put into the mailbox: {draft.passed_over}", style="dim")
    elif draft.text is None:
        left = "; nobody sent an answer from there" if draft.ended_at else ""
        output.say(f"\nA draft was put into the mailbox {output.minute(draft.at)}{left}.", style="dim")
    else:
        sent = output.minute(draft.sent_at) if draft.sent_at else ""
        output.say(f"\nAnswered from the mailbox {sent}, {_compared(draft.changed_percent or 0)}", style="bold")
        output.say(draft.text)


def _compared(changed_percent: int) -> str:
    return f"{changed_percent} % of the draft said otherwise:" if changed_percent else "as drafted:"


def _listed(mails: list[MailRow], narrowed: bool) -> None:
    if not mails and narrowed:
        output.say("No mail that is open fits; `expediter mail list` shows all that are, `--done` the others too.")
        return
    if not mails:
        output.say(
            "No mail is open here. `EXPEDITER_MAILBOXES` names the shared mailboxes; the worker looks into them. "
            "`--done` shows what is done."
        )
        return
    columns = ("mail", "prio", "class", "from", "subject", "came", "owner", "")
    output.table(columns, [(*_cells(mail), standing(mail)) for mail in mails])
    if away := next((mail.waits_since for mail in mails if mail.waits_since), None):
        output.warn(f"Odoo is away since {output.minute(away)}; mails that wait for it are read as soon as it is back.")


def _cells(mail: MailRow) -> tuple[object, ...]:
    made = mail.triage.mail_class.replace("_", " ") if mail.triage else "–"
    subject = f"{mail.subject} ({mail.mails} mails)" if mail.mails > 1 else mail.subject
    urgent = mail.priority.value if mail.priority else "–"
    return mail.label, urgent, made, mail.sender or "nobody", subject, output.day(mail.received_at), mail.owner or "–"


def standing(mail: MailRow) -> str:
    """How its thread stands, in a few words."""
    if mail.state is ThreadState.WAITING_FOR_ERP:
        return "waiting for Odoo"
    if mail.state is ThreadState.UNREAD:
        return "not read yet"
    if mail.done_at:
        return f"done by {mail.done_by}, {output.day(mail.done_at)}"
    due = f"answer was due {output.minute(mail.due_at)}" if mail.late and mail.due_at else (
        f"answer due {output.minute(mail.due_at)}" if mail.due_at else ""
    )  # fmt: skip
    answered = "answered" if mail.state is ThreadState.ANSWERED else ""
    return ", ".join(part for part in (due or answered, "a person should look" if mail.needs_person else "") if part)


def shown_mail(mail: MailRow) -> None:
    """Everything that is known of a mail and its thread."""
    output.say(f"{mail.label} · {mail.subject}", style="bold")
    output.say(f"from {mail.sender or 'nobody'} to {mail.mailbox}, came {output.day(mail.received_at)}")
    if mail.state is ThreadState.WAITING_FOR_ERP and mail.waits_since:
        output.say(f"It waits for Odoo, away since {output.minute(mail.waits_since)}, and is read as soon as that is back.")
        return
    if mail.triage is None:
        output.say("It was not read yet; look again in a minute.")
        return
    owner = f"{mail.owner} takes care of it" if mail.owner else "" if mail.done_at else "nobody has taken it"
    output.say("; ".join(part for part in (owner, standing(mail)) if part), style="red" if mail.late else "")
    if len(mail.thread) > 1:
        output.say(f"thread: {', '.join(mail.thread)}")
    if mail.said:
        output.say(f"\n{mail.said.strip()[:LONGEST_SHOWN]}\n", style="dim")
    page(mail.triage)
    for event in mail.events:
        output.say(f"  {output.minute(event.at)}  {_event(event)}", style="dim")
    for answer in mail.answers:
        _answered(answer)
    if mail.mailbox_draft:
        in_mailbox(mail.mailbox_draft)


def _event(event: MailEventRow) -> str:
    named = (event.mail_class and event.mail_class.replace("_", " "), event.priority, event.record, event.owner)
    what = " ".join(str(part) for part in named if part)
    who = event.person or ("a reply that went out" if event.kind is MailEventKind.ANSWERED else "a new mail")
    return f"{event.mail} {event.kind} by {who}{f': {what}' if what else ''}{f' ({event.reason})' if event.reason else ''}"


def content_of(file: str) -> bytes:
    try:
        content = sys.stdin.buffer.read(LARGEST_MAIL + 1) if file == "-" else _bytes_of(file)
    except OSError as unreadable:
        raise MailUnreadable(f"The file cannot be read: {unreadable.strerror}.") from None
    if len(content) > LARGEST_MAIL:
        raise MailUnreadable("the message is larger than 50 MB.")
    return content


def _bytes_of(file: str) -> bytes:
    with open(file, "rb") as mail:  # Path("") would be the folder we are in
        return mail.read(LARGEST_MAIL + 1)


def _named_page(row: TriageRow) -> None:
    output.say(row.file, style="bold")
    page(row)


def page(row: ReadMailRow) -> None:
    output.say(f"{_named(row.mail_class)} · priority {row.priority}", style="bold")
    output.say(f"{row.reason} (confidence {row.confidence:.0%}, {row.language}, sender {row.trust})")
    if row.needs_person:
        output.say("A person should look at it.", style="yellow")
    if row.needs_person and len(row.alternatives) > 1:
        output.say(f"it may be: {', '.join(f'{_named(one.mail_class)} {one.confidence:.0%}' for one in row.alternatives)}")
    if row.opinion:
        output.say(f"language model {row.opinion.model}: {_opinion(row.opinion)}")
    if row.flags:
        output.say(f"flags: {', '.join(row.flags)}", style="red")
    for title, links in (("linked", row.links), ("perhaps", row.candidates)):
        if links:
            output.say(f"{title}: {', '.join(map(_link, links))}")
    _contents(row)
    if row.draft:
        output.say("\nDraft, for a person to review:\n", style="bold")
        output.say(row.draft)


def _contents(row: ReadMailRow) -> None:
    for file in row.attachments:
        if file.kind:
            output.say(f"attached: {file.kind} {file.name}{f' {file.trouble}' if file.trouble else ''}")
    for name, value in row.fields.items():
        output.say(f"  {name.replace('_', ' ')}: {_value(value)}", style="dim")


def _named(kind: MailClass) -> str:
    return kind.replace("_", " ")


def _opinion(said: OpinionRow) -> str:
    if said.mail_class is None:
        return said.discounted
    quotes = ", ".join(f"“{quote}”" for quote in said.evidence)
    counted = f"; not counted: {said.discounted}" if said.discounted else ""
    return f"{_named(said.mail_class)}, {said.confidence:.0%} sure{f' by {quotes}' if quotes else ''}{counted}"


def _value(value: object) -> str:
    if isinstance(value, dict) and "sku" in value:
        return " ".join(
            [value["sku"], *(f"{name} {_value(said)}" for name, said in value.items() if name not in ("sku", "span", "source"))]
        )
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    if isinstance(value, dict) and "value" in value:
        return f"{value['value']} {value.get('unit') or ''}".strip()
    return str(value)


def _link(link: LinkRow) -> str:
    return f"{link.name} ({link.model}, {link.confidence:.0%})"
