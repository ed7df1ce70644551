"""Versions of the policy: what there is, what is in force, and asking for another one."""

from pathlib import Path
from typing import Annotated

import typer

from agent.errors import PolicyInvalid
from app.cli import output
from app.cli.options import AsPerson, Json, Token, api_of
from app.client import Api, final_answer
from app.contract.policy_versions import PolicyVersionRow

Reason = Annotated[str, typer.Option(help="Why, as the approvers read it.")]
Version = Annotated[str, typer.Argument(metavar="VERSION", help="As `policy list` shows it: v2-3fa9c0d2.")]


def list_(json: Json = False) -> None:
    """The versions that are kept, newest first, and which is in force."""
    from app.wiring.cli import reading

    with reading() as company:
        rows = [PolicyVersionRow.of(stored) for stored in company.policies.all()]
    output.shown(json, rows, lambda: _table(rows))


def show(
    version: Annotated[str | None, typer.Argument(metavar="[VERSION]", help="Without it the one in force.")] = None,
    json: Json = False,
) -> None:
    """Whose a version is, why and since when, and its text."""
    row = _stored(version)
    output.shown(json, row, lambda: _page(row))


def export(
    version: Annotated[str | None, typer.Argument(metavar="[VERSION]", help="Without it the one in force.")] = None,
) -> None:
    """A version's text alone, byte for byte: to change it, and to hand it in with `policy propose`."""
    typer.echo(_stored(version).text, nl=False)


def propose(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The new policy.")],
    reason: Reason,
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Keep a file as a new version and propose to put it in force; others decide, and whoever wrote it does not."""
    try:
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise PolicyInvalid(f"The policy {file} cannot be read: it is not UTF-8 text.") from None
    api = api_of(as_person, token)
    _answered(api, api.hand_in_policy(text, reason), json)


def activate(version: Version, reason: Reason, as_person: AsPerson = None, token: Token = None, json: Json = False) -> None:
    """Propose to put a version in force that is kept already, an earlier one for instance; others decide."""
    api = api_of(as_person, token)
    _answered(api, api.ask_for_policy(version, reason), json)


def _answered(api: Api, inbound_id: int, json: bool) -> None:
    answer = final_answer(api.parts(inbound_id))
    output.shown(json, answer, lambda: output.say(answer.answer))
    if not answer.proposals:
        raise typer.Exit(1)


def _stored(version: str | None) -> PolicyVersionRow:
    from app.wiring.cli import reading

    with reading() as company:
        return PolicyVersionRow.of(company.stored_policy(version), whole=True)


def _table(rows: list[PolicyVersionRow]) -> None:
    if not rows:
        output.say("No version is kept yet; `expediter db migrate`, `up` and `demo` put the first one in force.")
        return
    output.table(
        ("version", "in force since", "handed in by", "on", "why"),
        (
            (
                row.version,
                output.minute(row.in_force_since) if row.in_force_since else "",
                row.author or "the owner",
                output.minute(row.created_at),
                row.reason,
            )
            for row in rows
        ),
    )


def _page(row: PolicyVersionRow) -> None:
    since = f"in force since {output.minute(row.in_force_since)}" if row.in_force_since else "not in force"
    output.say(f"{row.version} · {since}", style="bold")
    output.say(f"handed in by {row.author or 'the owner'} on {output.minute(row.created_at)}: {row.reason}", style="dim")
    output.say(f"sha256 {row.sha256}", style="dim")
    output.say(row.text or "")


COMMANDS = (list_, show, export, propose, activate)
