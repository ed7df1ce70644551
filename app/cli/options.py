"""Options and arguments that several commands share."""

import re
from dataclasses import dataclass
from typing import Annotated

import typer

from app.client import Api
from app.settings import ClientSettings, CompanySettings
from app.settings.processes import DEFAULT_PORT
from app.wiring.company import company_of

LARGEST_ID = 2**31 - 1

Json = Annotated[bool, typer.Option("--json", help="Print JSON (docs/json-contract.md) instead of text.")]
AsPerson = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Play this person; in the demo company only.")]
Token = Annotated[
    str | None, typer.Option("--token", help="Your own token; EXPEDITER_TOKEN keeps it out of the shell's history.")
]


def _proposal_id(text: str) -> int:
    found = re.fullmatch(r"[Pp]?(\d{1,10})", text.strip())
    if not found or not 0 < int(found[1]) <= LARGEST_ID:
        raise typer.BadParameter(f"{text!r} is not a proposal's number; it looks like P12 or 12.")
    return int(found[1])


@dataclass(frozen=True, slots=True)
class Target:
    """A proposal, or a group of them."""

    id: int
    is_group: bool


def _target(text: str) -> Target:
    if found := re.fullmatch(r"[Gg](\d{1,10})", text.strip()):
        if not 0 < int(found[1]) <= LARGEST_ID:
            raise typer.BadParameter(f"{text!r} is not a group's number; it looks like G3.")
        return Target(int(found[1]), is_group=True)
    return Target(_proposal_id(text), is_group=False)


TargetId = Annotated[Target, typer.Argument(metavar="ID", parser=_target, help="The proposal, as P12 or 12, or a group, as G3.")]
ProposalId = Annotated[int, typer.Argument(metavar="ID", parser=_proposal_id, help="The proposal, as P12 or 12.")]
BeforeId = Annotated[
    int | None, typer.Option(metavar="ID", parser=_proposal_id, help="Only those older than this one, P12 or 12.")
]


def _mail_id(text: str) -> int:
    found = re.fullmatch(r"[Mm]?(\d{1,10})", text.strip())
    if not found or not 0 < int(found[1]) <= LARGEST_ID:
        raise typer.BadParameter(f"{text!r} is not a mail's number; it looks like M12 or 12.")
    return int(found[1])


MailId = Annotated[int, typer.Argument(metavar="ID", parser=_mail_id, help="The mail, as M12 or 12.")]


def api_of(as_person: str | None, token: str | None) -> Api:
    """Serve, as whoever this is. Raises NotPermitted or RecordMissing when `--as` names nobody who can be played."""
    settings = ClientSettings.read()
    company = company_of(CompanySettings.read())
    url = settings.server_url or company.server_url() or f"http://127.0.0.1:{DEFAULT_PORT}"
    if as_person is not None:
        return Api(url, company.token_of(as_person))
    return Api(url, token or (settings.token.get_secret_value() if settings.token else None))
