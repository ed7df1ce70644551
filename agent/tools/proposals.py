"""Proposing a change. Nothing is changed here: a proposal is a row that waits for another person."""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import Field, create_model

from agent.actions import ACTIONS, Action, prepare
from agent.domain.decisions import Proposal, ProposalContent, ProposalState
from agent.domain.order_numbers import spellings
from agent.errors import NotPermitted, RecordMissing
from agent.guardrails.permissions import Permission, demand
from agent.ports.ledger import ProposalDesk, ProposedLine
from agent.tools.approvals import proposal_row
from agent.tools.base import Effect, Tool, ToolArguments, cited
from agent.tools.context import ToolContext
from agent.tools.orders import unknown_order

PREFIX = "propose_"
WAITS = "It is only proposed: nothing changes until another person approves it; the result says who must. Only when asked for."
REASON = Field(min_length=1, max_length=500, description="Why, as the approver should read it")


def tool_of(action: Action[Any]) -> Tool:
    """The tool that proposes this action: its arguments, and the reason."""
    name = f"{PREFIX}{action.name}"
    return Tool(
        name,
        f"{action.description} {WAITS}",
        create_model(name, __base__=(ToolArguments, action.arguments), __doc__=action.description, reason=(str, REASON)),
        Effect.PROPOSE,
        Permission.PROPOSE,
        _proposing(action.name),
    )


def _proposing(action: str) -> Callable[[ToolContext, ToolArguments], dict[str, Any]]:
    def run(context: ToolContext, arguments: ToolArguments) -> dict[str, Any]:
        asked = arguments.model_dump()
        reason = asked.pop("reason")
        try:
            content = prepare(action, asked, context.reader, now=context.now())
        except RecordMissing:
            if "order" in asked and not context.reader.sale_orders(spellings(asked["order"])):
                return unknown_order(asked["order"], context.reader)
            raise
        return propose(context, content, reason)

    return run


def propose(
    context: ToolContext, content: ProposalContent, rationale: str, inverse_of: int | None = None, supersedes: int | None = None
) -> dict[str, Any]:
    """Hand in a proposal, or name the one that waits for exactly the same change already (not when it replaces another).

    Raises NotPermitted, PolicyRejected, DatabaseUnavailable.
    """
    desk, inbound_id = proposing(context)
    requirement = context.policy.require(content.action, content.facts)
    proposal = waiting(context, content) if supersedes is None else None
    repeated = proposal is not None
    if proposal is None:
        proposal = desk.propose(
            content,
            inbound_id=inbound_id,
            rationale=rationale,
            provenance=context.turn.provenance,
            expires_at=context.now() + requirement.expires_after,
            inverse_of=inverse_of,
            supersedes=supersedes,
        )
    return {
        "proposed": True,
        "waited_already": repeated,
        "rule": requirement.rule,
        "proposal": proposal_row(proposal, context),
        "records": [cited(content.subject.record, context.reader)],
    }


def propose_group(context: ToolContext, title: str, lines: Sequence[ProposedLine], rationale: str) -> dict[str, Any]:
    """Hand several in as one request, which is approved together or line by line; there is one line at least.

    Raises NotPermitted, DatabaseUnavailable.
    """
    desk, inbound_id = proposing(context)
    group = desk.propose_together(title, lines, inbound_id=inbound_id, rationale=rationale, provenance=context.turn.provenance)
    return {
        "proposed": True,
        "group": group.label,
        "title": group.title,
        "lines": len(group.lines),
        "proposals": [proposal_row(line, context) for line in group.lines],
        "records": [cited(line.content.subject.record, context.reader) for line in group.lines],
    }


def proposing(context: ToolContext) -> tuple[ProposalDesk, int]:
    """Where proposals are handed in, and the question that a person asked. Raises NotPermitted."""
    if context.asker is None or context.desk is None or context.inbound_id is None:
        raise NotPermitted("Only a person who asks through the server can have a change proposed.")
    demand(context.asker, Permission.PROPOSE)
    return context.desk, context.inbound_id


def waiting(context: ToolContext, content: ProposalContent) -> Proposal | None:
    """What waits for exactly the same change already."""
    same = context.book.proposals([ProposalState.PENDING], sha256=content.sha256())
    return next((one for one in same if one.expires_at > context.now()), None)


TOOLS = tuple(map(tool_of, ACTIONS.values()))
