"""What a mail is and what follows from it."""

import sys
from typing import Annotated

import typer

from agent.domain.mail import MailClass
from agent.errors import MailUnreadable
from app.cli import output
from app.cli.options import AsPerson, Json, MailId, Token, api_of
from app.contract.mail import LinkRow, MailRow, ReadMailRow, TriageRow

group = typer.Typer(help="What the shared inbox's mails are, what they name, and what follows.", no_args_is_help=True)
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
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 50,
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """The shared inbox, most urgent first."""
    found = api_of(as_person, token).mails(needs_person, mail_class, limit)
    output.shown(json, found, lambda: _listed(found))


@group.command()
def show(mail: MailId, as_person: AsPerson = None, token: Token = None, json: Json = False) -> None:
    """One mail of the shared inbox: what it is, what it is about, and the draft of an answer."""
    found = api_of(as_person, token).mail(mail)
    output.shown(json, found, lambda: _shown(found))


def _listed(mails: list[MailRow]) -> None:
    if not mails:
        output.say("No mail is here. `EXPEDITER_MAILBOXES` names the shared mailboxes; the worker looks into them.")
        return
    columns = ("mail", "prio", "class", "from", "subject", "came", "")
    output.table(columns, [(*_cells(mail), "a person should look" if mail.needs_person else "") for mail in mails])


def _cells(mail: MailRow) -> tuple[str, ...]:
    read = mail.triage
    made = (read.priority.value, read.mail_class.replace("_", " ")) if read else ("–", "not read yet")
    return mail.label, *made, mail.sender or "nobody", mail.subject, output.day(mail.received_at)


def _shown(mail: MailRow) -> None:
    output.say(f"{mail.label} · {mail.subject}", style="bold")
    output.say(f"from {mail.sender or 'nobody'} to {mail.mailbox}, came {output.day(mail.received_at)}")
    if mail.triage is None:
        output.say("It was not read yet; look again in a minute.")
        return
    page(mail.triage)


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
    if row.flags:
        output.say(f"flags: {', '.join(row.flags)}", style="red")
    for title, links in (("linked", row.links), ("perhaps", row.candidates)):
        if links:
            output.say(f"{title}: {', '.join(map(_link, links))}")
    for file in row.attachments:
        if file.kind:
            output.say(f"attached: {file.kind} {file.name}{f' {file.trouble}' if file.trouble else ''}")
    for name, value in row.fields.items():
        output.say(f"  {name.replace('_', ' ')}: {_value(value)}", style="dim")
    if row.draft:
        output.say("\nDraft, for a person to review:\n", style="bold")
        output.say(row.draft)


def _named(kind: MailClass) -> str:
    return kind.replace("_", " ")


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
