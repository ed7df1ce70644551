"""Jobs that were given up: which, why, and having one run again."""

import re
from typing import Annotated

import typer

from agent.domain.given_up import BECAME
from agent.errors import ExpediterError, ServerUnreachable
from app.cli import output
from app.cli.options import LARGEST_ID, AsPerson, Json, Token, api_of
from app.client import Api
from app.contract.jobs import GivenUpJobRow

group = typer.Typer(help="Jobs that were given up: see why, and have one run again.", no_args_is_help=True)
#: What `--all` looks through.
MOST = 500


def _job_id(text: str) -> int:
    found = re.fullmatch(r"[Jj]?(\d{1,10})", text.strip())
    if not found or not 0 < int(found[1]) <= LARGEST_ID:
        raise typer.BadParameter(f"{text!r} is not a job's number; it looks like J4 or 4.")
    return int(found[1])


JobIds = Annotated[list[int] | None, typer.Argument(metavar="ID", parser=_job_id, help="The jobs, as J4 or 4.")]


@group.command("list")
def list_(limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many.")] = 50, json: Json = False) -> None:
    """The newest first: what each was to do, why it was given up, and what became of those that were run again."""
    from agent.ports.clock import utc_now
    from app.wiring.cli import reading

    with reading() as company:
        rows = [GivenUpJobRow.of(job, utc_now()) for job in company.given_up.latest(limit)]
    output.shown(json, rows, lambda: _table(rows))


@group.command()
def replay(
    jobs: JobIds = None,
    every: Annotated[bool, typer.Option("--all", help="Every one that can be run again, oldest first.")] = False,
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Have jobs run again, each once; an ops manager or an admin can. What was done before is not done twice."""
    if bool(jobs) == every:
        raise typer.BadParameter("say which jobs, as J4, or --all")
    api = api_of(as_person, token)
    rows, refused = _replayed(api, jobs or _can_be_run(api))
    output.shown(json, rows, lambda: _say(rows, refused))
    for sentence in dict.fromkeys(refused):
        output.warn(sentence)
    if refused:
        raise typer.Exit(1)


def _can_be_run(api: Api) -> list[int]:
    return [row.id for row in reversed(api.given_up_jobs(MOST)) if row.replayed_at is None and row.no_need is None]


def _replayed(api: Api, wanted: list[int]) -> tuple[list[GivenUpJobRow], list[str]]:
    """One that is refused keeps none of the others."""
    rows, refused = list[GivenUpJobRow](), list[str]()
    for job_id in dict.fromkeys(wanted):
        try:
            rows.append(api.replay_job(job_id))
        except ServerUnreachable:
            raise
        except ExpediterError as refusal:
            refused.append(str(refusal))
    return rows, refused


def _say(rows: list[GivenUpJobRow], refused: list[str]) -> None:
    if not rows and not refused:
        output.say("Nothing that was given up can be run again.")
    for row in rows:
        output.say(f"{row.label} runs again in a moment, to {row.purpose}.")


def _table(rows: list[GivenUpJobRow]) -> None:
    if not rows:
        output.say("No job was given up.")
        return
    output.table(
        ("job", "was to", "given up", "because", "and now"),
        ((row.label, row.purpose, output.minute(row.given_up_at), row.reason, _now(row)) for row in rows),
    )


def _now(row: GivenUpJobRow) -> str:
    if row.became is None or row.replayed_at is None:
        return row.no_need or f"expediter jobs replay {row.label}"
    became = f"given up again as {row.given_up_again_as}" if row.given_up_again_as else BECAME[row.became]
    return f"{row.replayed_by} had it run again {output.minute(row.replayed_at)}: {became}"
