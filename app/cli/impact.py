"""What a late purchase endangers, and what an order waits for."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text
from rich.tree import Tree

from agent.domain.order_numbers import shortened
from app.cli import output
from app.cli.dates import midday
from app.cli.mail import content_of
from app.cli.options import Json
from app.contract.risk import ImpactedOrderRow, ImpactRow, NodeRow


def impact(
    cause: Annotated[
        str | None,
        typer.Argument(help="A purchase (P00042), a transfer (WH/IN/00007), a product's code or name, or a vendor's name."),
    ] = None,
    mail: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Instead: an .eml file; what it is linked to, with the date it names.")
    ] = None,
    date: Annotated[
        datetime | None, typer.Option(parser=midday, metavar="DATE", help="What if it came then: 2026-12-01, `next friday`.")
    ] = None,
    drafts: Annotated[bool, typer.Option("--drafts", help="Also print the draft to each customer whose promise breaks.")] = False,
    json: Json = False,
) -> None:
    """The customer orders that wait for something, those whose promise breaks first; nothing is changed or sent."""
    from app.wiring.cli import reading

    if cause is not None and mail is not None:
        raise typer.BadParameter(f"the mail names what it is about; leave out either {shortened(cause)!r} or --mail")
    if mail is None and not (cause or "").strip():
        raise typer.BadParameter("name a purchase, transfer, product or vendor, or give --mail FILE")
    with reading() as company:
        row = company.impact_of_mail(content_of(str(mail)), date) if mail else company.impact(cause or "", date)
        output.shown(json, row, lambda: impact_page(ImpactRow.model_validate(row), drafts))


def impact_page(found: ImpactRow, drafts: bool) -> None:
    output.say(f"{found.said}{f'; if it came on {output.day(found.new_date)}:' if found.new_date else '.'}", style="bold")
    if not found.orders:
        output.say(f"No open order waits for it as of {output.minute(found.as_of)}.")
        return
    then = ("ready then",) if found.new_date else ()
    columns = ("order", "customer", "promise", "ready now", *then, "late", "of these goods", "waits for")
    output.table(columns, [_line(order, found.new_date is not None) for order in found.orders], right=("late", "of these goods"))
    endangered = [order for order in found.orders if order.endangered]
    worth = ", ".join(output.money(money.amount, money.currency) for money in found.value_endangered)
    break_it = "breaks its promise" if len(endangered) == 1 else "break their promise"
    said = f"{len(endangered)} of {len(found.orders)} {break_it}{f', {worth} of these goods' if worth else ''}"
    output.say(f"{said}, as of {output.minute(found.as_of)}. Nothing was changed or sent.", style="dim")
    for order in endangered if drafts else ():
        output.say(f"\nDraft to {order.customer} about {order.order} ({order.language}), to be reviewed:", style="bold")
        output.say(order.draft or "")


def _line(order: ImpactedOrderRow, asked: bool) -> tuple[object, ...]:
    late = output.marked(f"{order.days_late} d", "high") if order.endangered else Text("–")
    ready = [_ready(order.ready_before), *([_ready(order.ready_after)] if asked else [])]
    value = output.money(order.value.amount, order.value.currency)
    return (order.order, order.customer, output.day(order.promise_date), *ready, late, value, order.goods)


def _ready(moment: datetime | None) -> str:
    return output.day(moment) if moment else "nothing in sight"


def tree(order: Annotated[str, typer.Argument(help="The order's name, as in Odoo: S00042.")], json: Json = False) -> None:
    """Everything an order waits for: its goods, where each part comes from, and what that waits for in turn."""
    from app.wiring.cli import reading

    with reading() as company:
        row = company.tree(order)
        output.shown(json, row, lambda: output.console().print(_branch(NodeRow.model_validate(row))))


def _branch(node: NodeRow) -> Tree:
    ready = f" → {output.day(node.ready)}" if node.ready else " → nothing in sight"
    branch = Tree(Text(output.plain(f"{node.said}{ready}"), style="" if node.ready else "red"))
    for child in node.waits_for:
        branch.add(_branch(child))
    return branch
