"""Orders at risk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer
from rich.text import Text

from agent.actions.goods import as_typed
from agent.domain.findings import FindingKind
from agent.domain.order_numbers import shortened
from agent.domain.plans import Plan
from agent.domain.risk_list import OneOrder, RiskFilter, RiskList
from app.cli import output
from app.cli.evidence import evidence_line
from app.cli.options import Json
from app.contract.risk import FindingRow, OrderRiskRow, PlanStepRow

group = typer.Typer(help="Which orders will miss their promise, why, and what can be done.", no_args_is_help=True)

HELD = "held until finance releases the customer's credit"

Fresh = Annotated[bool, typer.Option("--fresh", help="Read the ERP anew instead of answering from the last scan.")]


@group.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many to show, most urgent first.")] = 20,
    warehouse: Annotated[str | None, typer.Option(help="Only orders of this one, by code, name or part of the name.")] = None,
    fresh: Fresh = False,
    json: Json = False,
) -> None:
    """The orders at risk, ranked by what waiting costs; from the last scan, or read anew where there is none."""
    from app.wiring.cli import reading

    with reading() as company:
        found = company.answers.orders(RiskFilter(warehouse=warehouse, limit=limit), fresh)
        _warn_of_gaps(found.not_seen)
        output.shown(json, list(found.rows), lambda: table_of(found))


@group.command()
def show(
    order: Annotated[str, typer.Argument(help="The order's name, as in Odoo: S00042.")], fresh: Fresh = False, json: Json = False
) -> None:
    """One order: what is wrong, on what evidence, and what can be done about it."""
    from app.wiring.cli import reading

    with reading() as company:
        found = company.answers.order(order, fresh)
        _warn_of_gaps(found.not_seen)
        if found.row is None:
            message = f"{shortened(order.strip().upper())} is not at risk as of {output.minute(found.as_of)}."
            output.shown(json, None, lambda: output.say(message))
            return
        row = found.row
        output.shown(json, row, lambda: order_page(OrderRiskRow.model_validate(row), found))


@group.command()
def plan(
    orders: Annotated[list[str], typer.Argument(help="Orders that compete, as in Odoo: S00042 S00043.")], json: Json = False
) -> None:
    """What to do about several orders together: the most urgent first, and no unit of stock promised twice."""
    from app.wiring.cli import reading

    with reading() as company:
        made, rows = company.plan(orders)
        for sentence in made.not_seen:
            output.warn(sentence)
        output.shown(json, rows, lambda: plan_page([PlanStepRow.model_validate(row) for row in rows], made))


def plan_page(steps: list[PlanStepRow], made: Plan) -> None:
    for number, step in enumerate(steps, start=1):
        value = output.money(step.value.amount, step.value.currency)
        on_time = "" if step.held else "on time so far" if step.projected_date else "nothing in sight"
        late = f"{step.days_late} d late" if step.days_late else on_time
        late = ", ".join(filter(None, (late, HELD if step.held else "")))
        output.say(
            f"{number}. {step.order} · {step.customer}: promised {output.day(step.promise_date)}, {late}, {value}", style="bold"
        )
        if step.option is None:
            output.say("   Nothing that helps is left and allowed; somebody has to talk to the customer.")
            continue
        output.say(f"   {step.option.summary}")
        output.say(f"   {_then(step)}; approval: {step.option.approval}", style="dim")
    if made.not_at_risk:
        output.say(f"Nothing to do for {', '.join(made.not_at_risk)}.")
    output.say(f"As of {output.minute(made.as_of)}. Nothing was changed.", style="dim")


def _then(step: PlanStepRow) -> str:
    then = f"then {step.days_late_then} d late" if step.days_late_then else "then on time"
    if step.option and not step.option.whole:
        then = "the rest stays as it is"
    cost = (
        f"; costs {output.money(step.option.cost.amount, step.option.cost.currency)}" if step.option and step.option.cost else ""
    )
    return then + cost


def _warn_of_gaps(not_seen: Sequence[str]) -> None:
    for sentence in not_seen:
        output.warn(sentence)


def table_of(found: RiskList) -> None:
    as_of = _as_of(found.as_of, found.fresh)
    if not found.rows:
        output.say(f"No order is at risk {as_of}; {found.open_orders} orders are open.")
        return
    orders = [OrderRiskRow.model_validate(row) for row in found.rows]
    columns = ("order", "customer", "promise", "ready", "late", "at risk", "score", "why")
    output.table(columns, map(_line, orders), right=("late", "at risk", "score"))
    rest = f", {found.at_risk - len(orders)} more with --limit" if found.at_risk > len(orders) else ""
    output.say(
        f"{found.at_risk} of {found.open_orders} open orders at risk {as_of}{rest}. `expediter risk show ORDER` says more.",
        style="dim",
    )


def _as_of(moment: datetime, fresh: bool) -> str:
    return f"as of {output.minute(moment)}{'' if fresh else ' (last scan; --fresh reads anew)'}"


def _line(order: OrderRiskRow) -> tuple[object, ...]:
    return (
        order.order,
        order.customer,
        output.day(order.promise_date),
        output.day(order.projected_date) if order.projected_date else "nothing in sight",
        f"{order.days_late} d" if order.days_late else "held" if held_by_credit(order) else "–",
        output.money(order.value_at_risk, order.currency),
        f"{order.score:.0f}",
        Text(" · ").join(output.marked(finding.kind.replace("_", " "), finding.severity) for finding in _each_kind(order)),
    )


def _each_kind(order: OrderRiskRow) -> list[FindingRow]:
    return list({finding.kind: finding for finding in reversed(order.findings)}.values())[::-1]


def held_by_credit(order: OrderRiskRow) -> bool:
    return any(finding.kind is FindingKind.CREDIT_HOLD for finding in order.findings)


def _standing(order: OrderRiskRow) -> str:
    """An order for which nothing is in sight, or that is held, is not "on time", however far away its promise is."""
    held = held_by_credit(order)
    if order.projected_date is None:
        return f"nothing in sight for some line{f', {HELD}' if held else ''}"
    days = "1 day" if order.days_late == 1 else f"{order.days_late} days"
    late = f", {days} late" if order.days_late else "" if held else ", on time so far"
    return f"{'goods ' if held else ''}ready {output.day(order.projected_date)}{late}{f', {HELD}' if held else ''}"


def order_page(order: OrderRiskRow, found: OneOrder) -> None:
    value = output.money(order.value_at_risk, order.currency)
    output.say(f"{order.order} · {order.customer}", style="bold")
    output.say(f"promised {output.day(order.promise_date)}, {_standing(order)}; {value} at risk")
    output.say(_as_of(found.as_of, found.fresh), style="dim")
    for finding in order.findings:
        output.console().print(Text.assemble("\n", output.severity(finding.severity), "  ", output.plain(finding.summary)))
        for fact in finding.evidence:
            output.say(f"    {evidence_line(fact)}", style="dim")
    if order.options:
        output.say("\nWhat can be done", style="bold")
    for option in order.options:
        output.say(f"  – {option.summary}")
        cost = f"costs {output.money(option.cost.amount, option.cost.currency)}; " if option.cost else ""
        output.say(f"    {cost}approval: {option.approval}", style="dim")
        for harm in option.harms:
            output.say(f"    {harm.order} ({harm.customer}) would be {harm.days} more days late", style="dim")
        if option.action:
            asked = " ".join((option.action, *as_typed(option.arguments)))
            output.say(f'    expediter propose {asked} --reason "…"', style="dim")
