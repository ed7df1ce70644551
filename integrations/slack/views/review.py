"""A proposal read in a modal, opened from Home, a reminder or a direct message; the same buttons as on its card."""

from agent.domain.decisions import Proposal, ProposalState
from integrations.slack.interaction import Payload
from integrations.slack.views import blocks as b
from integrations.slack.views import inputs
from integrations.slack.views.approval import approval_card, heading
from integrations.slack.views.revision import carried
from integrations.slack.views.scene import Scene

ROW = 1_000


def review_modal(proposal: Proposal, scene: Scene) -> Payload:
    blocks = [_fitting(block, proposal) for block in approval_card(proposal, scene)["blocks"]]
    return inputs.modal(proposal.label, blocks, "review", carried(proposal))


def _fitting(block: Payload, proposal: Proposal) -> Payload:
    """No table stands in a modal: its rows become lines."""
    if block["type"] != "table":
        return block
    lines = [
        b.paragraph(b.bold(f"{change.label}: "), b.run(change.before, ROW), b.run("  →  "), b.bold(change.after, ROW))
        for change in proposal.content.preview.changes[:40]
    ]
    return {**b.rich(b.bullets(lines)), "block_id": block["block_id"]}


def told(proposal: Proposal, scene: Scene) -> str:
    """How it stands, in a line or two of markup: what a click is answered with."""
    line = f"*{proposal.label}* {b.mrkdwn(heading(proposal, scene), 300)}"
    if proposal.state is ProposalState.PENDING or not proposal.outcome_detail:
        return line
    return f"{line}\n{b.mrkdwn(proposal.outcome_detail, 500)}"
