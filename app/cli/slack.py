"""Connecting a Slack workspace, and looking whether it holds."""

from typing import Annotated

import typer

from app.cli import output
from app.cli.options import Json
from app.contract.doctor import CheckRow, SlackRow, Verdict

group = typer.Typer(help="Connect a Slack workspace, and look whether it holds.", no_args_is_help=True)

STEPS = """\
1. At https://api.slack.com/apps choose Create New App, From a manifest, your workspace, and paste the manifest below.
2. Install it to the workspace. Set EXPEDITER_SLACK_BOT_TOKEN to the Bot User OAuth Token (xoxb-…) under OAuth & Permissions.
3. Set EXPEDITER_SLACK_TEAM to the workspace's id: open Slack in a browser, it is the T… in the address.
4. {way_in}
5. Make a channel for approvals, invite the app there (/invite @Expediter), and set EXPEDITER_SLACK_APPROVALS_CHANNEL to its id
   (C…); the same for the morning brief with EXPEDITER_SLACK_OPS_CHANNEL. Neither may be shared with another company.
6. Everybody's address in Slack has to be the one they were added with (expediter person list). The app asks each of them once.
7. Run expediter slack selfcheck, then start (or restart, the first time) expediter up.
Tokens can stand in files (EXPEDITER_SLACK_…_FILE) and are changed there without a restart."""
SOCKET = """Under Basic Information make an App-Level Token with the scope connections:write (xapp-…), and set
   EXPEDITER_SLACK_APP_TOKEN to it. Serve connects to Slack; nothing has to be reachable from outside."""
HTTP = """Set EXPEDITER_SLACK_SIGNING_SECRET to the Signing Secret under Basic Information.
   Slack sends to {address}/slack/events, so that has to reach serve, over TLS."""


@group.command()
def setup(
    url: Annotated[
        str | None, typer.Option("--url", help="The https address at which the internet reaches serve; without it, Socket Mode.")
    ] = None,
    manifest_only: Annotated[bool, typer.Option("--manifest", help="Print only the manifest.")] = False,
) -> None:
    """Say step by step how the app is made in your workspace, with the manifest to paste."""
    from integrations.slack.manifest import manifest_text

    if url is not None and not url.startswith("https://"):
        raise typer.BadParameter(
            "Slack sends over TLS only; give an address like https://expediter.example.com", param_hint="--url"
        )
    if not manifest_only:
        output.say("Connecting Slack", style="bold")
        output.say(STEPS.format(way_in=HTTP.format(address=url.rstrip("/")) if url else SOCKET))
        output.say("\nThe manifest", style="bold")
    typer.echo(manifest_text(url), nl=False)


@group.command()
def selfcheck(json: Json = False) -> None:
    """Ask Slack whether token, scopes and channels are right and whether it takes what we show; exit 1 when not."""
    from app.settings import ServeSettings
    from app.wiring.slack_check import check_slack

    checks = tuple(
        CheckRow(subject=found.subject, verdict=Verdict.OK if found.ok else Verdict.FAILED, words=found.words)
        for found in check_slack(ServeSettings.read())
    )
    healthy = all(check.verdict is Verdict.OK for check in checks)
    if json:
        output.print_json(SlackRow(healthy=healthy, checks=checks))
    else:
        from app.cli.doctor import line

        for check in checks:
            line(check)
    if not healthy:
        raise typer.Exit(1)
