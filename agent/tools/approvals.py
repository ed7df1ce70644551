"""What waits for somebody's approval."""

from operator import attrgetter
from typing import Any

from agent.domain.decisions import Proposal, Verdict
from agent.errors import PolicyRejected
from agent.guardrails.permissions import Permission
from agent.guardrails.waiting import waiting
from agent.tools.base import Effect, Tool, ToolArguments, cited
from agent.tools.context import ToolContext

MOST = 50


class WaitingApprovals(ToolArguments):
    """No arguments."""


def waiting_approvals(context: ToolContext, arguments: WaitingApprovals) -> dict[str, Any]:
    """All are counted; of many those that lapse first are shown."""
    found = sorted(
        (proposal for proposal in waiting(context.book) if proposal.expires_at > context.now()), key=attrgetter("expires_at")
    )
    shown = found[:MOST]
    return {
        "as_of": context.now().isoformat(),
        "waiting": len(found),
        "proposals": [proposal_row(proposal, context) for proposal in shown],
        "not_shown": len(found) - len(shown),
        "records": [cited(proposal.content.subject.record, context.reader) for proposal in shown],
    }


def proposal_row(proposal: Proposal, context: ToolContext) -> dict[str, Any]:
    """A proposal as chat speaks of it; its exact content is on the approver's card."""
    preview = proposal.content.preview
    return {
        "id": proposal.id,
        "label": proposal.label,
        "state": proposal.state.value,
        "title": preview.title,
        "order": proposal.content.subject.name,
        "changes": [change.model_dump() for change in preview.changes],
        "consequence": preview.consequence,
        "approval": _approval(proposal, context),
        "approved_so_far": sum(decision.verdict is Verdict.APPROVE for decision in proposal.decisions),
        "asked_by": proposal.asker.name,
        "asked_at": proposal.created_at.isoformat(),
        "waits_days": max(0, (context.now() - proposal.created_at).days),
        "expires_at": proposal.expires_at.isoformat(),
    }


def _approval(proposal: Proposal, context: ToolContext) -> str:
    try:
        return context.policy.require(proposal.content.action, proposal.content.facts).words()
    except PolicyRejected:
        return "nobody: no rule of the policy allows it any more"


TOOLS = (
    Tool(
        "waiting_approvals",
        "The proposed changes that wait for a person's approval: what would change, who must approve, who asked, since when.",
        WaitingApprovals,
        Effect.READ,
        Permission.READ,
        waiting_approvals,
    ),
)
