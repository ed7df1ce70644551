"""`expediter up`: the three processes on one machine."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.text import Text

from agent.errors import SettingMissing
from app.cli import output
from app.settings import UpSettings
from app.wiring.company import Company, company_of

COLOURS = {"serve": "cyan", "worker": "magenta", "executor": "green"}


def run() -> None:
    from app.wiring.prepare import prepare
    from app.wiring.running import running

    settings = UpSettings.read()
    company = company_of(settings)
    if company.demo and settings.has_databases:
        raise SettingMissing(
            "EXPEDITER_ODOO_URL is missing: a database of your own is for a real company. For the demo company, leave the "
            "database addresses unset."
        )
    with until_stopped():
        output.say("Starting serve, worker and executor …", style="dim")
        with running(settings, company, prepare, log_line) as now:
            output.say(f"Expediter serves at {now.url}; Ctrl-C ends it.", style="bold green")
            for line in what_to_try(company):
                output.say(line)
            now.supervisor.run()


def what_to_try(company: Company) -> list[str]:
    if company.demo:
        return [
            "No Odoo is configured, so this is the demo company. In another terminal:",
            "  expediter risk list",
            '  expediter chat --as maria "which orders will miss their promise this week, and why?"',
            "  expediter proposals list",
            "  expediter approve P1 --as sofia",
        ]
    return [
        "In another terminal: expediter doctor",
        "People: expediter person add …, then expediter person token NAME; they set it as EXPEDITER_TOKEN.",
    ]


def log_line(process: str, line: str) -> None:
    """One line of a child's log, to stderr."""
    sys.stdout.flush()
    text = Text.assemble((f"{process:>8} │ ", COLOURS.get(process, "")), output.plain(line))
    output.errors().print(text, soft_wrap=True)


@contextmanager
def until_stopped() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the block from within, so that everything it opened is closed; neither is a failure."""

    def stop(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        output.say("Stopped.", style="dim")
    finally:
        signal.signal(signal.SIGTERM, before)
