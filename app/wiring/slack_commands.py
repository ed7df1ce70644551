"""What `/expediter` answers with, from the board and the ledger: no model, no ERP."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from agent.domain.decisions import Person
from agent.errors import PreconditionFailed
from agent.guardrails.permissions import Permission, demand
from app.contract.risk import OrderRiskRow
from app.web import WebContext
from app.web.routes import approvals, risk
from integrations.slack.commands import Command
from integrations.slack.text import cut, escaped

MOST_ORDERS = 15
MOST_PROMPTS = 4


def commands_of(context: WebContext) -> Mapping[str, Command]:
    """By name."""
    return {
        "risk": lambda person, rest: _risk(_now(context), person, rest),
        "why": lambda person, rest: _why(_now(context), person, rest),
        "approvals": lambda person, _rest: _approvals(_now(context), person),
        "mail": lambda _person, _rest: "The shared inbox is not read yet; `expediter mail triage FILE` triages a single mail.",
    }


def prompts_of(context: WebContext) -> list[tuple[str, str]]:
    """Title and question of what makes sense to ask now. No names of records: it is not known yet who reads."""
    standing = context.board.standing()
    offered = [("Which orders are at risk?", "Which orders are at risk?")]
    if standing is not None:
        offered.append(("What changed since yesterday?", "What changed since yesterday?"))
    offered += [
        ("What waits for approval?", "What waits for approval?"),
        ("What is late from vendors?", "What is late from vendors?"),
    ]
    return offered[:MOST_PROMPTS]


def _now(context: WebContext) -> WebContext:
    return replace(context, policy=context.in_force())


def _risk(context: WebContext, person: Person, warehouse: str) -> str:
    demand(person, Permission.READ)
    board = risk.orders_at_risk(context, person, MOST_ORDERS, warehouse[:200] or None)
    if board.as_of is None:
        raise PreconditionFailed("No scan has been made yet; the worker makes one when it starts.")
    where = f" in {escaped(warehouse)}" if warehouse else ""
    if not board.at_risk:
        return f"No order{where} is at risk; {board.open_orders} open orders looked at. {_as_of(board.as_of)}"
    verb = "order is" if board.at_risk == 1 else "orders are"
    head = f"*{board.at_risk} {verb} at risk{where}*" + (
        f"; the {len(board.orders)} most urgent:" if board.at_risk > len(board.orders) else ":"
    )
    return "\n".join([head, *map(_line, board.orders), *(f"_{escaped(said)}_" for said in board.not_seen), _as_of(board.as_of)])


def _line(order: OrderRiskRow) -> str:
    promised = f"promised {_day(order.promise_date)}" if order.promise_date else "no promise date"
    ready = f"can ship {_day(order.projected_date)}" if order.projected_date else "no supply in sight"
    late = f", {order.days_late} {'day' if order.days_late == 1 else 'days'} late" if order.days_late else ""
    worth = f", {order.value_at_risk:,.2f} {order.currency}" if order.value_at_risk is not None else ""
    why = f": {cut(order.findings[0].summary, 140)}" if order.findings else ""
    return f"• {_linked(order)} ({cut(order.customer, 60)}{worth}): {promised}, {ready}{late}{why}"


def _why(context: WebContext, person: Person, name: str) -> str:
    demand(person, Permission.READ)
    if not name:
        raise PreconditionFailed("Say which order: `/expediter why S00042`.")
    order = risk.order_at_risk(name, context, person)
    lines = [_line(replace_findings(order)), *(f"• {cut(found.summary, 300)}" for found in order.findings)]
    if order.options:
        lines += [
            "*What can be done*",
            *(f"• {cut(option.summary, 300)} _Approval: {escaped(option.approval)}_" for option in order.options),
        ]
    return "\n".join([*lines, _as_of(order.as_of)])


def replace_findings(order: OrderRiskRow) -> OrderRiskRow:
    """For a line that does not say the first finding, since all follow."""
    return order.model_copy(update={"findings": ()})


def _approvals(context: WebContext, person: Person) -> str:
    demand(person, Permission.READ)
    rows = approvals.approvals(context, person, person.handle)
    if not rows:
        return "Nothing waits for your approval."
    head = f"*{len(rows)} {'proposal waits' if len(rows) == 1 else 'proposals wait'} for your approval*, the most urgent first:"
    return "\n".join(
        [head, *(f"• {row.proposal}: {cut(row.title, 150)}, asked for by {row.asker}, due {_moment(row.due_at)}" for row in rows)]
    )


def _linked(order: OrderRiskRow) -> str:
    url = order.url
    plain = escaped(order.order)
    return f"<{url}|{plain}>" if url and url.startswith("https://") and not set(url) & set("<>|") else f"*{plain}*"


def _as_of(moment: datetime) -> str:
    return f"_As of {_moment(moment)}._"


def _moment(moment: datetime) -> str:
    """In the reader's own time zone, as Slack shows it; in UTC where it cannot."""
    shown = f"{moment:%Y-%m-%d %H:%M %Z}"
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{shown}>"


def _day(moment: datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b}"
