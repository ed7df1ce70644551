"""What people ask for by name, one change or many with one cause, becomes proposals. The text is JSON."""

from typing import Any

from pydantic import TypeAdapter

from agent.actions import OwnActions, action_named, prepare
from agent.actions.file_mail import FILING
from agent.domain.asked_change import AskedChange
from agent.domain.asked_edit import AskedNewDates
from agent.domain.asked_mail import AskedCustomerUpdates, AskedFiling
from agent.domain.decisions import Person
from agent.graphs.mail_customers import CUSTOMER_UPDATES, propose_customer_updates
from agent.graphs.mail_filing import FILINGS, propose_filings
from agent.guardrails.permissions import Permission, demand
from agent.tools import PREFIX, ToolContext, call, propose

Result = dict[str, Any]
_Asked = AskedChange | AskedNewDates | AskedFiling | AskedCustomerUpdates
_ASKED: TypeAdapter[_Asked] = TypeAdapter(_Asked)


def proposed(text: str, person: Person, turn: ToolContext, own: OwnActions) -> tuple[str, Result]:
    """The tool's name and its result, which may be an error. Raises what a tool would say in one, of what mails ask for."""
    asked = _ASKED.validate_json(text)
    match asked:
        case AskedNewDates():
            return "propose_new_dates", call("propose_new_dates", asked.model_dump(), turn)
        case AskedFiling():
            demand(person, Permission.HANDLE_MAILS)
            return _noted(turn, FILINGS, propose_filings(turn, asked, own))
        case AskedCustomerUpdates():
            demand(person, Permission.HANDLE_MAILS)
            return _noted(turn, CUSTOMER_UPDATES, propose_customer_updates(turn, asked))
        case AskedChange() if asked.action in FILING:
            content = prepare(asked.action, asked.arguments, turn.reader, now=turn.now(), own=own)
            return _noted(turn, f"{PREFIX}{asked.action}", propose(turn, content, asked.reason))
        case AskedChange():
            action_named(asked.action)
            tool = f"{PREFIX}{asked.action}"
            return tool, call(tool, asked.arguments | {"reason": asked.reason}, turn)


def _noted(turn: ToolContext, tool: str, result: Result) -> tuple[str, Result]:
    """As `call` does with what a tool answers."""
    turn.turn.results.append((tool, result))
    return tool, result
