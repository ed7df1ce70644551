"""One's own authenticator: a telephone app that shows a new code every half minute."""

import sys
from datetime import timedelta
from typing import Annotated

import typer

from app.cli import output
from app.cli.options import AsPerson, Json, Token, api_of

group = typer.Typer(
    help="Your authenticator app, for approvals that take a code: set up, confirm, take away, reset.", no_args_is_help=True
)
Code = Annotated[str, typer.Option(prompt="Code", help="The six digits the app shows now; asked for when left out.")]
TELLS = {
    "none": "No authenticator is set up; `expediter person authenticator enrol` sets one up, with a code from an admin.",
    "enrolled": "An authenticator waits for its first code: `expediter person authenticator confirm`.",
    "confirmed": "An authenticator is set up.",
}


@group.command()
def enrol(
    enrolment_code: Annotated[
        str,
        typer.Option("--enrolment-code", prompt="Enrolment code", help="As an admin gave it; asked for when left out."),
    ],
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Set one up, with the code an admin gave you: shows a QR code for the app, this once, and asks for the first code."""
    api = api_of(as_person, token)
    made = api.enrol_authenticator(enrolment_code)
    if json:
        output.print_json(made)
        return
    output.say("Scan this with your authenticator app, or type the secret into it. It is not shown again.", style="bold")
    _draw(made.uri)
    output.say(f"secret: {made.secret}")
    output.say(made.uri, style="dim")
    if not sys.stdin.isatty():
        output.say("Then confirm it with a code it shows: expediter person authenticator confirm --code …")
        return
    api.confirm_authenticator(typer.prompt("Code it shows now"))
    output.say("Confirmed: your approvals can carry a code from now on.", style="green")


@group.command()
def confirm(code: Code, as_person: AsPerson = None, token: Token = None, json: Json = False) -> None:
    """Finish setting one up, with a code it shows."""
    row = api_of(as_person, token).confirm_authenticator(code)
    output.shown(json, row, lambda: output.say("Confirmed: your approvals can carry a code from now on."))


@group.command()
def remove(code: Code, as_person: AsPerson = None, token: Token = None, json: Json = False) -> None:
    """Take yours away, with a code it shows. If you lost it, an admin can reset it."""
    row = api_of(as_person, token).remove_authenticator(code)
    output.shown(json, row, lambda: output.say("Removed: rules that want a code cannot be approved by you any more."))


@group.command()
def status(as_person: AsPerson = None, token: Token = None, json: Json = False) -> None:
    """Whether one is set up for you."""
    row = api_of(as_person, token).authenticator()
    output.shown(json, row, lambda: output.say(TELLS[row.state]))


@group.command("code")
def enrolment_code(
    handle: Annotated[str, typer.Argument(metavar="NAME", help="Whose authenticator it is to set up.")],
    minutes: Annotated[int, typer.Option(min=1, max=1440, help="How long it is good.")] = 60,
    json: Json = False,
) -> None:
    """Issue a code for setting one up, as the owner of the database. Shown this once, good once; it replaces an earlier one."""
    from app.wiring.office import administering

    with administering() as office:
        issued = office.issue_enrolment_code(handle, timedelta(minutes=minutes))
    if json:
        output.print_json({"handle": handle, "enrolment_code": issued, "minutes": minutes})
        return
    print(issued)
    output.warn(f"Give it to {handle} by another way than their token went; it is good for {minutes} minutes, once.")


@group.command()
def reset(handle: Annotated[str, typer.Argument(metavar="NAME", help="Whose it is.")], json: Json = False) -> None:
    """Take a lost one away, as the owner of the database; nobody can read its secret. The person sets up a new one."""
    from app.wiring.office import administering

    with administering() as office:
        gone = office.reset_authenticator(handle)
    said = f"{handle} can set up a new authenticator." if gone else f"{handle} has no authenticator."
    output.shown(json, {"handle": handle, "reset": gone}, lambda: output.say(said))


@group.command()
def key(json: Json = False) -> None:
    """Make a key for EXPEDITER_SECOND_FACTOR_KEY, with which serve seals the secrets. Nothing is stored."""
    from integrations.database.authenticators import new_key

    made = new_key()
    output.shown(json, {"key": made}, lambda: output.say(f"EXPEDITER_SECOND_FACTOR_KEY={made}"))


def _draw(uri: str) -> None:
    import segno

    segno.make(uri, error="l", micro=False).terminal(out=sys.stdout, border=2, compact=True)
