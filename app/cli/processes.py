"""Running it."""

from typing import Annotated

import typer

Supervised = Annotated[bool, typer.Option("--supervised", hidden=True)]


def up() -> None:
    """Run serve, worker and executor on this machine, each with only its own settings, until Ctrl-C."""
    from app.cli.up import run

    run()


def serve(supervised: Supervised = False) -> None:
    """Run the API: it records who asked and who decided."""
    from app.wiring.serve import run

    run(supervised)


def worker(supervised: Supervised = False) -> None:
    """Run the worker: it answers, scans and triages; it can read the ERP and propose, never write."""
    from app.wiring.worker import run

    run(supervised)


def executor(supervised: Supervised = False) -> None:
    """Run the executor: it carries out approved proposals, and nothing else."""
    from app.wiring.executor import run

    run(supervised)


#: What `up` starts and keeps running: the same commands alone, which load nothing of the others.
SERVICES = {command.__name__: command for command in (serve, worker, executor)}
services = typer.Typer(
    name="expediter",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for service in SERVICES.values():
    services.command()(service)
