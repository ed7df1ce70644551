"""Who may ask and decide."""

from datetime import timedelta
from typing import Annotated

import typer

from agent.domain.decisions import Role
from app.cli import output
from app.cli.options import Json
from app.contract.people import PersonRow

group = typer.Typer(help="Persons and their tokens. Needs the owner's database address.", no_args_is_help=True)
Handle = Annotated[str, typer.Argument(metavar="NAME", help="Short and unique, as typed: maria.")]


@group.command()
def add(
    handle: Handle,
    name: Annotated[str, typer.Option(help="Full name.")],
    email: Annotated[str, typer.Option(help="Mail address.")],
    role: Annotated[list[Role], typer.Option(help="What they may do; may be given several times.")],
    json: Json = False,
) -> None:
    """Add a person."""
    from app.wiring.cli import administering

    with administering() as office:
        person = PersonRow.of(office.add(handle, name, email, frozenset(role)))
    output.shown(
        json, person, lambda: output.say(f"{person.handle} is added; `expediter person token {person.handle}` issues a token.")
    )


@group.command("list")
def list_(json: Json = False) -> None:
    """Everybody who may ask or decide."""
    from app.wiring.cli import administering

    with administering() as office:
        rows = [PersonRow.of(member.person) for member in office.list() if member.active]
    output.shown(json, rows, lambda: _table(rows))


@group.command()
def revoke(
    handle: Handle,
    older: Annotated[bool, typer.Option("--older", help="Keep the newest: the last step of a change of tokens.")] = False,
    json: Json = False,
) -> None:
    """Close all tokens of a person at once; `person token` issues a new one."""
    from app.wiring.cli import administering

    with administering() as office:
        closed = office.revoke_tokens(handle, older=older)
    output.shown(json, {"handle": handle, "revoked": closed}, lambda: output.say(f"{closed} tokens of {handle} are closed."))


@group.command()
def deactivate(handle: Handle, json: Json = False) -> None:
    """A person can no longer ask or decide, and what waits for execution on their word is refused."""
    from app.wiring.cli import administering

    with administering() as office:
        office.set_active(handle, active=False)
    output.shown(json, {"handle": handle, "active": False}, lambda: output.say(f"{handle} can no longer ask or decide."))


@group.command()
def activate(handle: Handle, json: Json = False) -> None:
    """A person can ask and decide again."""
    from app.wiring.cli import administering

    with administering() as office:
        office.set_active(handle, active=True)
    output.shown(json, {"handle": handle, "active": True}, lambda: output.say(f"{handle} can ask and decide again."))


@group.command()
def token(
    handle: Handle,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it is valid.")] = 90,
    json: Json = False,
) -> None:
    """Issue a token; it is shown this once and stored only as a hash."""
    from app.wiring.cli import administering

    with administering() as office:
        issued = office.issue_token(handle, timedelta(days=days))
    if json:
        output.print_json({"handle": handle, "token": issued, "days": days})
        return
    print(issued)
    output.warn(f"This is {handle}'s token for {days} days; it is not shown again. They set it as EXPEDITER_TOKEN.")


def _table(rows: list[PersonRow]) -> None:
    if not rows:
        output.say(
            "Nobody is known yet. Try: expediter person add maria --name 'Maria K' --email maria@ours.example --role ops_agent"
        )
        return
    output.table(
        ("name", "full name", "mail", "roles"), ((row.handle, row.name, row.email, ", ".join(row.roles)) for row in rows)
    )
