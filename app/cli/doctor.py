"""`expediter doctor`: what is reachable, who may do what, what is missing, and the way out of each."""

from typing import Annotated

import typer
from rich.text import Text

from app.cli import output
from app.cli.options import Json
from app.contract import CONTRACT
from app.contract.doctor import CheckRow, DoctorRow, SettingRow, Verdict

MARKS = {Verdict.OK: ("✓", "green"), Verdict.NOTE: ("–", "dim"), Verdict.FAILED: ("✗", "bold red")}


def doctor(
    json: Json = False,
    writer_alone: Annotated[bool, typer.Option("--writer-alone", hidden=True, help="Only the writer's login, as JSON.")] = False,
    sending_alone: Annotated[bool, typer.Option("--sending-alone", hidden=True, help="Only outgoing mail, as JSON.")] = False,
) -> None:
    """Check settings, database, ERP logins, model, policy and documents; exit 1 when something must be mended."""
    if writer_alone:
        from app.wiring.writer_check import writer_check

        output.print_json_line(writer_check())
        return
    if sending_alone:
        from app.wiring.sending_check import sending_check

        output.print_json_line(sending_check())
        return
    from app.settings import overview
    from app.wiring.checks import all_checks

    settings = tuple(SettingRow(variable=line.variable, read_by=line.read_by, value=line.shown) for line in overview())
    if not json:
        _settings(settings)
    checks = []
    for check in all_checks():
        checks.append(check)
        if not json:
            line(check)
    healthy = all(check.verdict is not Verdict.FAILED for check in checks)
    if json:
        output.print_json(DoctorRow(contract=CONTRACT, healthy=healthy, settings=settings, checks=tuple(checks)))
    else:
        output.say("\nAll is well." if healthy else "\nWhat is marked ✗ has to be mended first.", style="bold")
    if not healthy:
        raise typer.Exit(1)


def _settings(lines: tuple[SettingRow, ...]) -> None:
    given = [line for line in lines if line.value is not None]
    output.say("Settings" if given else "No EXPEDITER_… setting is set; the defaults apply (docs/settings.md).", style="bold")
    for line in given:
        output.say(f"  {line.variable} = {line.value}   read by {', '.join(line.read_by)}")
    output.say("")


def line(check: CheckRow) -> None:
    """One check, as a line."""
    mark, style = MARKS[check.verdict]
    text = Text.assemble((f"{mark} ", style), (f"{check.subject}: ", "bold"), output.plain(check.words))
    output.console().print(text, soft_wrap=True)
