"""Proposing a change. Nothing is changed here: a proposal is a row that waits for another person."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import Field

from agent.actions import prepare
from agent.domain.decisions import Proposal, ProposalContent, ProposalState
from agent.errors import NotPermitted
from agent.guardrails.permissions import Permission, demand
from agent.tools.approvals import proposal_row
from agent.tools.base import Effect, Tool, ToolArguments, cited
from agent.tools.context import ToolContext
from agent.tools.orders import unknown_order


class ProposeMovePromiseDate(ToolArguments):
    order: str = Field(min_length=1, max_length=64, description="Number of the sale order, like S00042")
    new_date: date = Field(description="The new promise date, ISO: 2026-12-01")
    reason: str = Field(min_length=1, max_length=500, description="Why, as the approver should read it")


class ProposeNote(ToolArguments):
    order: str = Field(min_length=1, max_length=64, description="Number of the sale order, like S00042")
    text: str = Field(min_length=1, max_length=2000, description="The internal note, plain text for colleagues")


def propose_move_promise_date(context: ToolContext, arguments: ProposeMovePromiseDate) -> dict[str, Any]:
    asked = {"order": arguments.order.strip().upper(), "promise_date": arguments.new_date.isoformat()}
    return _propose_on_order(context, "move_promise_date", asked, arguments.reason)


def propose_note(context: ToolContext, arguments: ProposeNote) -> dict[str, Any]:
    asked = {"order": arguments.order.strip().upper(), "text": arguments.text}
    return _propose_on_order(context, "post_note", asked, "A note for colleagues.")


def _propose_on_order(context: ToolContext, action: str, arguments: Mapping[str, Any], rationale: str) -> dict[str, Any]:
    if not context.reader.sale_orders([arguments["order"]]):
        return unknown_order(arguments["order"], context.reader)
    content = prepare(action, arguments, context.reader, now=context.now())
    return propose(context, content, rationale)


def propose(context: ToolContext, content: ProposalContent, rationale: str, inverse_of: int | None = None) -> dict[str, Any]:
    """Hand in a proposal, or name the one that waits for exactly the same change already.

    Raises NotPermitted, PolicyRejected, DatabaseUnavailable.
    """
    if context.asker is None or context.desk is None or context.inbound_id is None:
        raise NotPermitted("Only a person who asks through the server can have a change proposed.")
    demand(context.asker, Permission.PROPOSE)
    requirement = context.policy.require(content.action, content.facts)
    proposal = _waiting(context, content)
    repeated = proposal is not None
    if proposal is None:
        proposal = context.desk.propose(
            content,
            inbound_id=context.inbound_id,
            rationale=rationale,
            provenance=context.turn.provenance,
            expires_at=context.now() + requirement.expires_after,
            inverse_of=inverse_of,
        )
    return {
        "proposed": True,
        "waited_already": repeated,
        "rule": requirement.rule,
        "proposal": proposal_row(proposal, context),
        "records": [cited(content.subject.record, context.reader)],
    }


def _waiting(context: ToolContext, content: ProposalContent) -> Proposal | None:
    pending = context.book.proposals([ProposalState.PENDING], limit=500)
    sha256 = content.sha256()
    return next((one for one in pending if one.sha256 == sha256 and one.expires_at > context.now()), None)


TOOLS = (
    Tool(
        "propose_move_promise_date",
        "Propose to move the promise date of a sale order. Nothing changes until another person approves it; "
        "the result says who must. Only when the person asked for it.",
        ProposeMovePromiseDate,
        Effect.PROPOSE,
        Permission.PROPOSE,
        propose_move_promise_date,
    ),
    Tool(
        "propose_note",
        "Propose an internal note on a sale order. Nothing changes until another person approves it; "
        "the result says who must. Only when the person asked for it.",
        ProposeNote,
        Effect.PROPOSE,
        Permission.PROPOSE,
        propose_note,
    ),
)
