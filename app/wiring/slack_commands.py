"""What `/expediter` answers with, from the board and the ledger: no model, no ERP."""

from collections.abc import Mapping
from dataclasses import replace

from agent.domain.decisions import Person
from agent.domain.risk_list import RiskFilter
from agent.errors import PreconditionFailed
from agent.guardrails.permissions import Permission, demand, may
from app.web import WebContext
from app.web.routes import approvals, risk
from app.wiring.slack_mails import SlackMails
from integrations.slack.commands import Command
from integrations.slack.interaction import Payload
from integrations.slack.plain_views import sentence
from integrations.slack.text import cut, escaped
from integrations.slack.views.mail import mail_list
from integrations.slack.views.risk import risk_answer, why_answer
from integrations.slack.views.telling import count, when

MOST_ORDERS = 15
MOST_APPROVALS = 10
MOST_PROMPTS, MOST_NAMED, MOST_TITLE = 4, 2, 75


def commands_of(context: WebContext) -> Mapping[str, Command]:
    """By name."""
    return {
        "risk": lambda person, rest: _risk(_now(context), person, rest),
        "why": lambda person, rest: _why(_now(context), person, rest),
        "approvals": lambda person, _rest: _approvals(_now(context), person),
        "mail": lambda person, _rest: _mail(_now(context), person),
    }


def prompts_of(context: WebContext, person: Person | None) -> list[tuple[str, str]]:
    """Title and question of what makes sense to ask now; who is not known is offered no number and no name of a record."""
    standing = context.board.standing()
    general = [
        ("Which orders are at risk?", "Which orders are at risk?"),
        ("What waits for approval?", "What waits for approval?"),
        *([("What changed since yesterday?", "What changed since yesterday?")] if standing else []),
        ("What is late from vendors?", "What is late from vendors?"),
    ]
    if standing is None or person is None or not may(person, Permission.READ):
        return general[:MOST_PROMPTS]
    found = context.board.listed(RiskFilter(limit=MOST_NAMED))
    which = f"Which {found.at_risk} orders are at risk?" if found.at_risk > 1 else "Which orders are at risk?"
    worst = [(f"Why is {row['order']} at risk?"[:MOST_TITLE], f"Why is {row['order']} at risk?") for row in found.rows]
    return [(which, "Which orders are at risk?"), *worst, *general[1:]][:MOST_PROMPTS]


def _now(context: WebContext) -> WebContext:
    return context.of_one_request()


def _risk(context: WebContext, person: Person, warehouse: str) -> Payload:
    demand(person, Permission.READ)
    if context.board.standing() is None:
        raise PreconditionFailed("No scan has been made yet; the worker makes one when it starts.")
    found = context.board.listed(RiskFilter(warehouse=warehouse[:200] or None, limit=MOST_ORDERS))
    rows = tuple(risk.shown(row, person).model_dump(mode="json") for row in found.rows)
    values = found.values if may(person, Permission.READ_PRICES) else ()
    return risk_answer(replace(found, rows=rows, values=values), warehouse)


def _why(context: WebContext, person: Person, name: str) -> Payload:
    demand(person, Permission.READ)
    if not name:
        raise PreconditionFailed("Say which order: `/expediter why S00042`.")
    return why_answer(risk.order_at_risk(name, context, person).model_dump(mode="json"))


def _mail(context: WebContext, person: Person) -> Payload:
    demand(person, Permission.HANDLE_MAILS)
    return mail_list(SlackMails(lambda: context).mails_of(person))


def _approvals(context: WebContext, person: Person) -> Payload:
    demand(person, Permission.READ)
    rows = approvals.approvals(context, person, person.handle)
    if not rows:
        return sentence("Nothing waits for your approval.")
    head = f"*{count(len(rows), 'proposal waits', 'proposals wait')} for your approval*, the most urgent first:"
    lines = [f"• {row.proposal}: {cut(row.title, 150)}, asked for by {row.asker}, due {when(row.due_at)}" for row in rows]
    every = f"`expediter approvals list --for {escaped(person.handle)}` has all of them."
    more = [f"… and {len(lines) - MOST_APPROVALS:,} more; {every}"] if len(lines) > MOST_APPROVALS else []
    return sentence("\n".join([head, *lines[:MOST_APPROVALS], *more]))
