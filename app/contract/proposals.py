"""A proposal and what was decided about it."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from agent.domain.decisions import Decision, Preview, Proposal, ProposalState, Verdict
from agent.errors import PolicyRejected
from agent.guardrails.approvals import waiting_step
from agent.guardrails.deadlines import Deadlines, deadlines_of
from agent.guardrails.policy import Policy
from app.contract.model import ALL_STORABLE, STORABLE, Contract, Moment, RecordRow
from app.contract.second_factor import Code

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000), STORABLE]


class CommentRow(Contract):
    person: str
    text: str
    at: Moment


class DecisionRow(Contract):
    step: int
    person: str
    on_behalf_of: str | None
    """The absent person for whom it was taken."""
    verdict: Verdict
    reason: str
    rule: str
    policy_version: str
    sha256: str
    second_factor: bool
    """A code of their authenticator was checked with it."""
    decided_at: Moment

    @classmethod
    def of(cls, decision: Decision) -> "DecisionRow":
        return cls(
            step=decision.step,
            person=decision.person.handle,
            on_behalf_of=decision.on_behalf_of.handle if decision.on_behalf_of else None,
            verdict=decision.verdict,
            reason=decision.reason,
            rule=decision.rule,
            policy_version=decision.policy_version,
            sha256=decision.sha256,
            second_factor=decision.second_factor,
            decided_at=decision.decided_at,
        )


class ProposalRow(Contract):
    id: int
    label: str
    """`P12`, as commands accept it."""
    state: ProposalState
    action: str
    subject: RecordRow
    arguments: dict[str, Any]
    before: dict[str, Any]
    facts: dict[str, Any]
    preview: Preview
    sha256: str
    """Of all the above except id, label and state: what an approval is for."""
    asker: str
    rationale: str
    origin: str
    """`model` or `rules`."""
    model: str | None
    approval: str
    """Who has to approve, in words, by the policy of whoever answers."""
    waits_for: str | None
    """Whose approval comes next, in words; None when none can."""
    due_at: Moment | None
    """Until when the step that waits should be decided; None when nobody's turn."""
    escalates_at: Moment | None
    """From when on `escalates_to` may decide too; None: it does not escalate."""
    escalates_to: str | None
    """Roles, in words."""
    inverse_of: str | None
    created_at: Moment
    expires_at: Moment
    supersedes: str | None
    """What it was edited from, like `P12`; who asked for that cannot approve this either."""
    group: str | None
    """The group it is a line of, like `G3`."""
    authors: tuple[str, ...]
    """Who had a part in it beside the asker; none of them decides on it."""
    comments: tuple[CommentRow, ...]
    decisions: tuple[DecisionRow, ...]
    outcome_detail: str | None

    @classmethod
    def of(cls, proposal: Proposal, policy: Policy) -> "ProposalRow":
        content = proposal.content
        deadlines = _deadlines(proposal, policy)
        return cls(
            id=proposal.id,
            label=proposal.label,
            state=proposal.state,
            action=content.action,
            subject=RecordRow.of(content.subject.record),
            arguments=content.arguments,
            before=content.before,
            facts=content.facts,
            preview=content.preview,
            sha256=proposal.sha256,
            asker=proposal.asker.handle,
            rationale=proposal.rationale,
            origin=proposal.provenance.origin,
            model=proposal.provenance.model,
            approval=_approval(proposal, policy),
            waits_for=_waits_for(proposal, policy),
            due_at=deadlines.due if deadlines else None,
            escalates_at=deadlines.escalates if deadlines else None,
            escalates_to=", ".join(deadlines.escalates_to) if deadlines and deadlines.escalates else None,
            inverse_of=f"P{proposal.inverse_of}" if proposal.inverse_of else None,
            created_at=proposal.created_at,
            expires_at=proposal.expires_at,
            supersedes=f"P{proposal.supersedes}" if proposal.supersedes else None,
            group=f"G{proposal.group_id}" if proposal.group_id else None,
            authors=tuple(author.handle for author in proposal.authors),
            comments=tuple(CommentRow(person=said.person, text=said.text, at=said.at) for said in proposal.comments),
            decisions=tuple(map(DecisionRow.of, proposal.decisions)),
            outcome_detail=proposal.outcome_detail,
        )


class ProposeRequest(Contract):
    """A change asked for by its action's name."""

    action: Annotated[str, StringConstraints(max_length=64)]
    arguments: Annotated[dict[str, Any], ALL_STORABLE]
    """As the action wants them; `expediter actions NAME` shows them."""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), STORABLE]
    """Why, as the approver reads it."""


class EditRequest(Contract):
    """What an approver wants otherwise."""

    sha256: str
    """Of what was shown to them."""
    changes: Annotated[dict[str, Any], Field(min_length=1, max_length=20), ALL_STORABLE]
    """Arguments of the action that it lets an approver change, by name."""
    reason: Reason


class ReasonRequest(Contract):
    reason: Reason


class CommentRequest(Contract):
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000), STORABLE]


class DecisionRequest(Contract):
    """What someone clicked."""

    verdict: Verdict
    sha256: str
    """The hash of what was shown to them."""
    reason: Annotated[str, StringConstraints(max_length=1_000), STORABLE] = ""
    """Rejecting takes one."""
    code: Code | None = Field(default=None, repr=False)
    """From one's authenticator, where the rule wants a second factor."""


class DecisionAnswer(Contract):
    proposal: ProposalRow
    granted: bool
    """True when this was the last approval that was needed."""


def _approval(proposal: Proposal, policy: Policy) -> str:
    try:
        return policy.require(proposal.content.action, proposal.content.facts).words()
    except PolicyRejected as rejected:
        return str(rejected)


def _deadlines(proposal: Proposal, policy: Policy) -> Deadlines | None:
    try:
        return deadlines_of(policy.require(proposal.content.action, proposal.content.facts), proposal)
    except PolicyRejected:
        return None


def _waits_for(proposal: Proposal, policy: Policy) -> str | None:
    if proposal.state is not ProposalState.PENDING:
        return None
    try:
        step = waiting_step(policy.require(proposal.content.action, proposal.content.facts), proposal)
    except PolicyRejected:
        return None
    return step.words() if step else None
