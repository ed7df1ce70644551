"""`expediter demo`: an invented distributor, and a tour through it."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli import output
from app.cli.up import log_line, until_stopped


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the tour, leaving nothing running.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Go on with the demo company of the last run instead of a fresh one.")
    ] = False,
) -> None:
    """Set up an invented distributor, walk through a morning with it, and keep serving until Ctrl-C.

    Needs no account, key or server; everything stays on this machine, apart from any company you configured.
    """
    from app.cli.tour import tour
    from app.settings import ServeSettings, UpSettings
    from app.wiring.company import company_of
    from app.wiring.prepare import found_demo, prepare
    from app.wiring.running import free_port, running

    settings = UpSettings.read(demo=True)
    company = company_of(settings)
    serve = ServeSettings.read()
    with until_stopped():
        output.say("Setting up an invented distributor, with a PostgreSQL of its own …", style="dim")
        port = free_port(serve.host, serve.port)
        set_up = prepare if keep else found_demo(datetime.now(UTC))
        with running(settings, company, set_up, log_line, port) as now:
            tour(company, now.url)
            if once:
                return
            output.say(f"\nExpediter keeps serving at {now.url} until Ctrl-C. In another terminal:", style="bold green")
            for line in WHAT_TO_TRY:
                output.say(f"  {line}")
            now.supervisor.run()


WHAT_TO_TRY = (
    "expediter risk list",
    'expediter chat --as maria "what is late from a vendor?"',
    'expediter chat --as maria "note on S01222: customer called, wants a firm date"',
    "expediter proposals list",
    "expediter undo P1 --as maria",
    "expediter approve P2 --as sofia",
    "expediter audit explain P1",
    'expediter knowledge ask "who may move a promise date?"',
    "expediter --help",
)
