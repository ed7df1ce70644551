"""Pictures of what was found, into a file."""

from pathlib import Path
from typing import Annotated

import typer

from agent.ports.charts import PictureFormat
from app.cli import output

Target = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to; .svg or .png says how.")]


def timeline(order: Annotated[str, typer.Argument(help="The order's name, as in Odoo: S00042.")], target: Target = None) -> None:
    """A picture of an order's supply against its promise."""
    from app.wiring.cli import reading

    file = target or Path(f"{order.replace('/', '-')}.svg")
    form = _form(file)
    with reading() as company:
        _write(file, company.timeline(order, form))


def ageing(target: Target = None) -> None:
    """A picture of the orders at risk by warehouse and by how late they are."""
    from app.wiring.cli import reading

    file = target or Path("orders-at-risk.svg")
    form = _form(file)
    with reading() as company:
        _write(file, company.ageing(form))


def _form(file: Path) -> PictureFormat:
    try:
        return PictureFormat(file.suffix.lstrip(".").lower())
    except ValueError:
        raise typer.BadParameter(f"{file.name} does not end in .svg or .png", param_hint="--output") from None


def _write(file: Path, picture: bytes) -> None:
    try:
        file.write_bytes(picture)
    except OSError as unwritable:
        output.warn(f"{file} cannot be written: {unwritable.strerror}.")
        raise typer.Exit(1) from None
    output.say(f"Written to {file}.")
