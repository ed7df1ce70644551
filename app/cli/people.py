"""Who may ask and decide."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from agent.domain.decisions import Role
from app.cli import output
from app.cli.options import AsPerson, Json, Token, api_of
from app.contract.absences import AbsenceRow
from app.contract.people import MemberRow, PersonRow

if TYPE_CHECKING:
    from integrations.database.people import Membership

group = typer.Typer(
    help="Persons, their tokens, authenticators and deputies. Adding persons and tokens needs the owner's database address.",
    no_args_is_help=True,
)
FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]
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
    from app.wiring.office import administering

    with administering() as office:
        person = PersonRow.of(office.add(handle, name, email, frozenset(role)))
    output.shown(
        json, person, lambda: output.say(f"{person.handle} is added; `expediter person token {person.handle}` issues a token.")
    )


@group.command("list")
def list_(json: Json = False) -> None:
    """Everybody who may ask or decide."""
    from app.wiring.office import administering

    with administering() as office:
        rows = [_member(member) for member in office.list() if member.active]
    output.shown(json, rows, lambda: _table(rows))


@group.command()
def revoke(
    handle: Handle,
    older: Annotated[bool, typer.Option("--older", help="Keep the newest: the last step of a change of tokens.")] = False,
    json: Json = False,
) -> None:
    """Close all tokens of a person at once; `person token` issues a new one."""
    from app.wiring.office import administering

    with administering() as office:
        closed = office.revoke_tokens(handle, older=older)
    output.shown(json, {"handle": handle, "revoked": closed}, lambda: output.say(f"{closed} tokens of {handle} are closed."))


@group.command()
def deactivate(handle: Handle, json: Json = False) -> None:
    """A person can no longer ask or decide, and what waits for execution on their word is refused."""
    from app.wiring.office import administering

    with administering() as office:
        office.set_active(handle, active=False)
    output.shown(json, {"handle": handle, "active": False}, lambda: output.say(f"{handle} can no longer ask or decide."))


@group.command()
def activate(handle: Handle, json: Json = False) -> None:
    """A person can ask and decide again."""
    from app.wiring.office import administering

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
    from app.wiring.office import administering

    with administering() as office:
        issued = office.issue_token(handle, timedelta(days=days))
    if json:
        output.print_json({"handle": handle, "token": issued, "days": days})
        return
    print(issued)
    output.warn(f"This is {handle}'s token for {days} days; it is not shown again. They set it as EXPEDITER_TOKEN.")


def _member(member: "Membership") -> MemberRow:
    return MemberRow(**PersonRow.of(member.person).model_dump(), odoo=member.erp_user)


def _table(rows: list[MemberRow]) -> None:
    if not rows:
        output.say(
            "Nobody is known yet. Try: expediter person add maria --name 'Maria K' --email maria@ours.example --role ops_agent"
        )
        return
    output.table(
        ("name", "full name", "mail", "roles", "in Odoo"),
        ((row.handle, row.name, row.email, ", ".join(row.roles), row.odoo or "not linked") for row in rows),
    )


@group.command()
def away(
    handle: Handle,
    until: Annotated[datetime, typer.Option(formats=FORMATS, help="Back then; a day or moment in this computer's own zone.")],
    deputy: Annotated[str, typer.Option(help="Who stands in: decides with that person's roles, until then only.")],
    from_: Annotated[datetime | None, typer.Option("--from", formats=FORMATS, help="Without it from now on.")] = None,
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Say that you are away and who stands in; of others an admin says it."""
    begins = from_.astimezone().isoformat() if from_ else None
    row = api_of(as_person, token).away(handle, deputy, begins, until.astimezone().isoformat())
    output.shown(json, row, lambda: _stands_in(row))


@group.command()
def back(
    absence_id: Annotated[int, typer.Argument(metavar="ID", min=1, help="As `person absences` shows it.")],
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """End an absence early; from now on nobody stands in, and what the deputy decided until now stays good."""
    row = api_of(as_person, token).back(absence_id)
    output.shown(json, row, lambda: output.say(f"{row.person} is back; {row.deputy} stands in no longer."))


@group.command("cancel-absence")
def cancel_absence(
    absence_id: Annotated[int, typer.Argument(metavar="ID", min=1, help="As `person absences` shows it.")],
    reason: Annotated[str, typer.Option(help="Why it should never have been noted.")],
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Say that an absence was noted by mistake, for good: what the deputy decided by it is not carried out any more."""
    row = api_of(as_person, token).cancel_absence(absence_id, reason)
    output.shown(json, row, lambda: output.say(f"{row.person} was not away; what {row.deputy} decided instead no longer counts."))


@group.command()
def absences(as_person: AsPerson = None, token: Token = None, json: Json = False) -> None:
    """Who is or will be away, and who stands in."""
    rows = api_of(as_person, token).absences()
    output.shown(json, rows, lambda: _absences(rows))


def _stands_in(row: AbsenceRow) -> None:
    output.say(f"{row.deputy} stands in for {row.person} from {output.minute(row.starts_at)} until {output.minute(row.ends_at)}.")


def _absences(rows: list[AbsenceRow]) -> None:
    if not rows:
        output.say("Nobody is away. Try: expediter person away maria --until 2026-12-24 --deputy omar")
        return
    output.table(
        ("id", "away", "from", "until", "deputy"),
        ((row.id, row.person, output.minute(row.starts_at), output.minute(row.ends_at), row.deputy) for row in rows),
    )
