"""What the executor would check now, and what it would send, without sending."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, cast

from agent.actions import NO_OWN, Action, Effect, OwnActions, action_named, marker_of, prepare
from agent.actions.activate_policy import NAME as ACTIVATE_POLICY
from agent.actions.activate_policy import ActivatePolicyAction
from agent.actions.reply_to_mail import NAME as REPLY_TO_MAIL
from agent.actions.reply_to_mail import ReplyToMailAction, outgoing
from agent.actions.wording import moment, said_of
from agent.domain.decisions import ALL_ACTIONS, ExecutionLimit, Proposal, ProposalContent, ProposalState
from agent.domain.dry_runs import Check, DryRun
from agent.domain.letters import Outgoing
from agent.domain.records import Record
from agent.errors import PolicyRejected, PreconditionFailed, RecordMissing
from agent.guardrails.approvals import DECIDED, satisfied, waiting_step
from agent.guardrails.policy import Policy
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter
from agent.ports.mail_sending import Letters
from agent.ports.policies import PolicyShelf, PolicySwitch

OPEN = (ProposalState.PENDING, ProposalState.GRANTED, ProposalState.EXECUTING)
EFFECTS = {
    Effect.BEFORE: "the ERP is as it was; the change is not there yet",
    Effect.DONE: "the ERP shows the change already",
    Effect.OTHER: "the ERP shows neither the old state nor the change",
    Effect.UNSEEN: "the ERP is as it was; the change is not there yet",
}


def dry_run(
    proposal: Proposal,
    reader: ErpReader,
    policy: Policy,
    now: datetime,
    limits: Sequence[ExecutionLimit] = (),
    shelf: PolicyShelf | None = None,
    letters: Letters | None = None,
    own: OwnActions = NO_OWN,
) -> DryRun:
    """Everything read anew from the ERP, of a policy from the shelf and of a mail from the inbox; nothing is written.

    Raises PolicyRejected where there is no such action.
    """
    notes = _Notes()
    own = {**own, **_own(notes, shelf, letters)}
    action = action_named(proposal.content.action, own)
    checks = [_state(proposal), _deadline(proposal, now), _brake(proposal, limits)]
    try:
        fresh = prepare(proposal.content.action, proposal.content.arguments, reader, own=own)
    except (PreconditionFailed, RecordMissing) as refused:
        checks.append(Check("preconditions", False, str(refused)))
    else:
        checks.append(Check("preconditions", True, f"{proposal.content.subject.name} allows the change"))
        checks += [*_values(proposal.content, fresh), _preview(proposal.content, fresh), *_approvals(proposal, fresh, policy)]
        effect = action.effect(proposal.content, reader, marker_of(proposal))
        checks.append(Check("effect", effect in (Effect.BEFORE, Effect.UNSEEN), EFFECTS[effect]))
    if proposal.content.action == REPLY_TO_MAIL:
        notes.send_mail(outgoing(proposal.content, marker_of(proposal)))
    else:
        action.apply(proposal.content, cast(ErpWriter, notes), marker_of(proposal))
    return DryRun(tuple(checks), tuple(notes.calls))


def _own(notes: "_Notes", shelf: PolicyShelf | None, letters: Letters | None) -> OwnActions:
    own: dict[str, Action[Any]] = {}
    if shelf:
        own[ACTIVATE_POLICY] = ActivatePolicyAction(shelf, cast(PolicySwitch, notes))
    if letters:
        own[REPLY_TO_MAIL] = ReplyToMailAction(letters)
    return own


def said_of_dry_run(proposal: Proposal, run: DryRun) -> str:
    """In a few lines: what would be sent, and what keeps it from being sent."""
    missing = [f"{check.what}: {check.said}" for check in run.checks if not check.holds]
    return "\n".join(
        [
            f"{proposal.label}, {proposal.content.preview.title}.",
            "The executor would carry it out." if not missing else "The executor would not carry it out now.",
            *(f"- {each}" for each in missing),
            *(f"It would send: {sent}." for sent in run.sends),
            "Nothing was sent.",
        ]
    )


def _state(proposal: Proposal) -> Check:
    if proposal.state in OPEN:
        return Check("proposal", True, f"{proposal.label} is {proposal.state}")
    return Check("proposal", False, f"{proposal.label} {DECIDED[proposal.state]}")


def _deadline(proposal: Proposal, now: datetime) -> Check:
    return Check("deadline", proposal.expires_at > now, f"until {moment(proposal.expires_at)}")


def _brake(proposal: Proposal, limits: Sequence[ExecutionLimit]) -> Check:
    stopped = next(
        (held for held in limits if held.per_hour == 0 and held.action in (ALL_ACTIONS, proposal.content.action)), None
    )
    if stopped is None:
        return Check("stop switch", True, "nobody stopped it")
    return Check("stop switch", False, f"stopped by {stopped.by}: {stopped.reason}")


def _values(approved: ProposalContent, fresh: ProposalContent) -> Iterator[Check]:
    told = set[str]()
    for was, now in ((approved.before, fresh.before), (approved.facts, fresh.facts)):
        for key in sorted(was.keys() | now.keys()):
            same = was.get(key) == now.get(key)
            if same and key in told:
                continue
            told.add(key)
            after = said_of(key, now.get(key))
            said = after if same else f"was {said_of(key, was.get(key))}, is {after} now"
            yield Check(key.replace("_", " "), same, said)


def _preview(approved: ProposalContent, fresh: ProposalContent) -> Check:
    same = approved.canonical() == fresh.canonical()
    return Check("preview", same, "the same bytes as were shown" if same else "no longer what was shown")


def _approvals(proposal: Proposal, fresh: ProposalContent, policy: Policy) -> Iterator[Check]:
    try:
        requirement = policy.require(fresh.action, fresh.facts)
    except PolicyRejected as rejected:
        yield Check("rule", False, str(rejected))
        return
    yield Check("rule", True, f"{requirement.rule} of policy {requirement.policy_version}: {requirement.words()}")
    waits = waiting_step(requirement, proposal)
    enough = satisfied(requirement, proposal)
    missing = f"{waits.words()} has to approve yet" if waits else "those given do not fit the rule as it is now"
    yield Check("approvals", enough, f"{len(proposal.decisions)} given, enough" if enough else missing)


class _Notes:
    """Takes the place of the writer and only writes down what it is asked; each action sends one write and looks later."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        def noted(*values: object, **named: object) -> None:
            told = [_told(value) for value in values] + [f"{key}={_told(value)}" for key, value in named.items()]
            self.calls.append(f"{name}({', '.join(told)})")

        return noted


def _told(value: object) -> str:
    if isinstance(value, Record):
        return value.name
    if isinstance(value, Outgoing):
        return f"to {value.to}, {value.subject}: {value.text}"
    return moment(value) if isinstance(value, datetime) else str(value)
