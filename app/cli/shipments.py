"""What carriers said of shipments."""

import re
from datetime import datetime
from typing import Annotated

import typer

from agent.domain.affairs import ShipmentStatus
from agent.errors import ExpediterError
from app.cli import output
from app.cli.dates import midday
from app.cli.options import AsPerson, Json, Token, api_of
from app.contract.shipments import TRACKING

group = typer.Typer(help="What carriers say of shipments that are on their way.", no_args_is_help=True)


@group.command()
def report(
    tracking: Annotated[str, typer.Argument(help="The carrier's number, as it stands on the delivery.")],
    status: Annotated[
        ShipmentStatus, typer.Option(metavar="STATUS", help=f"What state it is in: {', '.join(ShipmentStatus)}.")
    ] = ShipmentStatus.IN_TRANSIT,
    eta: Annotated[
        datetime | None, typer.Option(parser=midday, metavar="DATE", help="When it will arrive: 2026-12-01, `next friday`.")
    ] = None,
    said: Annotated[str, typer.Option(help="In the carrier's words.")] = "",
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Note what a carrier said; the next scan tells whether a promise breaks."""
    if not re.match(TRACKING, tracking.strip()):
        raise typer.BadParameter("a carrier's number has 4 to 64 letters, digits, spaces, dots, slashes and dashes")
    told = api_of(as_person, token).report_shipment(tracking, status, eta.isoformat() if eta else None, said)
    if _nobody_carries(told.tracking):
        output.warn(f"No delivery has the number {told.tracking} so far; check it, for the report counts only once one has.")
    when = f", expected {output.day(told.eta)}" if told.eta else ""
    output.shown(json, told, lambda: output.say(f"Noted: {told.tracking} is {told.status.replace('_', ' ')}{when}."))


def _nobody_carries(tracking: str) -> bool:
    """Where the ERP can be read from here."""
    from app.wiring.cli import reading

    try:
        with reading() as company:
            return not company.reader.shipments([tracking])
    except ExpediterError:
        return False
