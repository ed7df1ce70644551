"""The only door to writes: one grant, at most one effect, and an outcome that is true.

A run sends at most once. When its answer is lost the grant stays open, and a later run finds out by looking; so does the run
after a process died. What a run may not do is repeat a write that could still arrive and must not arrive twice, or say that
nothing was changed while something could still arrive.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from agent.actions import NO_OWN, Action, Effect, OwnActions, action_named, marker_of, prepare
from agent.actions.base import Telling
from agent.actions.wording import said_of
from agent.domain.decisions import Attempt, Grant, Outcome, Proposal, ProposalContent, ProposalState
from agent.errors import (
    ErpAnswerLost,
    ErpIncomplete,
    ErpRefused,
    ErpUnavailable,
    ExecutionHeld,
    PolicyRejected,
    PreconditionFailed,
    RecordMissing,
)
from agent.guardrails.approvals import satisfied
from agent.guardrails.authority import as_of_today
from agent.guardrails.policy import Policy
from agent.ports.absences import StandIns
from agent.ports.clock import Clock
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter
from agent.ports.ledger import ExecutionDesk
from agent.ports.people import People

logger = logging.getLogger(__name__)

MAX_SENT = 3
ENDED = frozenset(ProposalState(outcome) for outcome in Outcome)


@dataclass(frozen=True, slots=True)
class ExecutionContext:
    """What the executor's process holds."""

    desk: ExecutionDesk
    reader: ErpReader
    """With the writer's own login: the executor believes only what it reads itself."""
    writer: ErpWriter
    in_force: Callable[[], Policy]
    """Asked for each grant, also within one sweep: the grant before may have brought another one into force."""
    clock: Clock
    people: People | None = None
    """Where given, approvers must still be active and still have the role."""
    in_flight: timedelta = timedelta(minutes=10)
    """How long a write without an answer may still arrive: more than the client's timeout and the server's own limit."""
    own: OwnActions = field(default_factory=lambda: NO_OWN)
    stand_ins: StandIns | None = None
    """Where not given, no deputy's decision counts."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How an execution ended, why, and what was seen."""

    outcome: Outcome
    detail: str
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """One process working on one grant that it holds."""

    context: ExecutionContext
    policy: Policy
    """By which this run judges."""
    grant: Grant
    proposal: Proposal
    execution_id: int
    sent: Sequence[Attempt]
    """Earlier attempts that may have reached the ERP."""
    may_still_arrive: bool
    """One of them could take effect yet. Judged before the first look: what arrives during the look must not count as lost."""

    @property
    def content(self) -> ProposalContent:
        return self.proposal.content

    @property
    def action(self) -> Action[Any]:
        return action_named(self.content.action, self.context.own)

    @property
    def marker(self) -> str:
        return marker_of(self.proposal)

    def look(self) -> Effect:
        return self.action.effect(self.content, self.context.reader, self.marker)


def execute(grant: Grant, context: ExecutionContext) -> Outcome | None:
    """Carry a grant out, or find out what became of it.

    None: nothing could be determined or done now (another process holds it, the ERP is away, a write may still arrive, somebody
    stopped executions); the grant stays open and nothing is lost. Raises what the desk raises, and what `in_force` does.
    """
    with context.desk.claimed(grant) as mine:
        try:
            run = _begin(grant, context) if mine else None
            if run is None:
                return None
            ending = _resolve_earlier(run) or _carry_out(run)
        except (ErpUnavailable, ErpRefused, ErpIncomplete, ExecutionHeld) as away:
            logger.warning("grant %s stays open: %s", grant.id, away)
            return None
        if ending is None:
            return None
        context.desk.finish(run.execution_id, ending.outcome, ending.detail, ending.evidence | _told(ending, run))
        return ending.outcome


def _begin(grant: Grant, context: ExecutionContext) -> Run | None:
    """None when there is nothing to do: it ended while we waited for it, or it lapsed before anybody began."""
    proposal = context.desk.proposal(grant.proposal_id)
    if proposal.state in ENDED or (_lapsed(grant, context) and proposal.state is not ProposalState.EXECUTING):
        return None
    policy = context.in_force()
    execution_id, earlier = context.desk.begin(grant)
    sent = tuple(attempt for attempt in earlier if attempt.sent)
    arriving = any(attempt.age < context.in_flight for attempt in sent)
    return Run(context, policy, grant, proposal, execution_id, sent, arriving)


def _told(ending: Ending, run: Run) -> dict[str, Any]:
    """What an action has to tell of an effect that is there, or may be."""
    took_effect = ending.outcome in (Outcome.DONE, Outcome.UNCERTAIN)
    return run.action.evidence(run.content, run.marker) if took_effect and isinstance(run.action, Telling) else {}


def _lapsed(grant: Grant, context: ExecutionContext) -> bool:
    return grant.expires_at <= context.clock()


# What became of earlier attempts


def _resolve_earlier(run: Run) -> Ending | None:
    """An ending when looking settles it; None when nothing was sent or it has not taken effect."""
    if not run.sent:
        return None
    match run.look():
        case Effect.DONE:
            return Ending(
                Outcome.DONE, run.action.verified(run.content), {"effect": "done", "found_after_attempts": len(run.sent)}
            )
        case Effect.OTHER:
            return _uncertain(run, "an earlier write had no answer")
        case Effect.UNSEEN if not run.may_still_arrive:
            return _vanished(run)
        case Effect.BEFORE | Effect.UNSEEN:
            return None


def _uncertain(run: Run, why: str) -> Ending:
    detail = f"A person has to look at {run.content.subject.name}: {why}, and it is neither as before nor as approved."
    return Ending(Outcome.UNCERTAIN, detail, {"effect": "other"})


def _vanished(run: Run) -> Ending:
    """Asking twice for what a colleague has thrown away would be worse than asking a person what became of it."""
    detail = (
        f"A person has to look at {run.content.subject.name}: an earlier write had no answer, and nothing of it is there; "
        "it may never have arrived, or have been deleted since."
    )
    return Ending(Outcome.UNCERTAIN, detail, {"effect": "unseen"})


# Approved means still true


def _carry_out(run: Run) -> Ending | None:
    ending = _spent(run) or _refused(run)
    if ending is not None:
        return None if run.may_still_arrive else _judged(ending, run)
    if run.may_still_arrive and not run.action.repeatable:
        return None
    sent = _send(run)
    return _judged(sent, run) if sent else None


def _judged(ending: Ending, run: Run) -> Ending:
    """With the policy that this run judged by; a run that only finds an earlier write judges nothing."""
    return replace(ending, evidence=ending.evidence | {"policy_version": run.policy.version})


def _spent(run: Run) -> Ending | None:
    name = run.content.subject.name
    if _lapsed(run.grant, run.context):
        return Ending(Outcome.FAILED, f"The approval lapsed before the change took effect; {name} was not changed.")
    if len(run.sent) >= MAX_SENT:
        return Ending(Outcome.FAILED, f"None of {MAX_SENT} attempts took effect; {name} was not changed.")
    return None


def _refused(run: Run) -> Ending | None:
    """An ending when something that was approved is no longer so; it says what."""
    if not (run.content.sha256() == run.proposal.sha256 == run.grant.sha256):
        return Ending(Outcome.REFUSED_STALE, "The stored proposal is not the one that was approved; nothing was changed.")
    try:
        fresh = prepare(run.content.action, run.content.arguments, run.context.reader, own=run.context.own)
        differences = _differences(run.content, fresh)
        reason = "; ".join(differences) or _lacks_approval(run, fresh)
    except (PreconditionFailed, RecordMissing, PolicyRejected) as refusal:
        fresh, reason = None, str(refusal).rstrip(".")
    if not reason:
        return None
    evidence = {"read": fresh.model_dump(mode="json")} if fresh else {}
    return Ending(Outcome.REFUSED_STALE, f"Nothing was changed, because what was approved no longer holds: {reason}.", evidence)


def _differences(approved: ProposalContent, fresh: ProposalContent) -> list[str]:
    if approved.canonical() == fresh.canonical():
        return []
    was, now = {**approved.facts, **approved.before}, {**fresh.facts, **fresh.before}
    changed = [
        f"{key.replace('_', ' ')} was {said_of(key, was.get(key))} when approved and is {said_of(key, now.get(key))} now"
        for key in sorted(was.keys() | now.keys())
        if was.get(key) != now.get(key)
    ]
    return changed or [f"{approved.subject.name} no longer gives the preview that was approved"]


def _lacks_approval(run: Run, fresh: ProposalContent) -> str:
    """Empty when the policy, on facts just read, still finds the approvals of those who may decide today enough.

    A deputy's decision counts as `as_of_today` says: standing in is judged for the time of the decision, by what is known now;
    roles and activity by this moment. Raises PreconditionFailed when somebody has left or did not stand in.
    """
    requirement = run.policy.require(fresh.action, fresh.facts)
    if satisfied(requirement, as_of_today(run.proposal, run.context.people, run.context.stand_ins)):
        return ""
    return f"rule {requirement.rule} of policy {requirement.policy_version} asks for {requirement.words()}, which was not given"


# Once


def _send(run: Run) -> Ending | None:
    run.context.desk.sending(run.execution_id)
    try:
        run.action.apply(run.content, run.context.writer, run.marker)
    except ErpRefused as refusal:
        return _refused_by_erp(run, refusal)
    except ErpAnswerLost:
        return _resolve_lost(run)
    return _verify(run)


def _refused_by_erp(run: Run, refusal: ErpRefused) -> Ending | None:
    """This write changed nothing; an earlier one without an answer may still."""
    if run.may_still_arrive:
        return _resolve_lost(run)
    said = f"{refusal.by} refused: {str(refusal).rstrip('.')}"
    return Ending(Outcome.FAILED, f"{said}; {run.content.subject.name} was not changed.")


def _resolve_lost(run: Run) -> Ending | None:
    """Not yet there is no answer: it may still arrive, so the grant stays open and a later run looks again."""
    match run.look():
        case Effect.DONE:
            return Ending(Outcome.DONE, run.action.verified(run.content), {"effect": "done", "answer": "lost"})
        case Effect.OTHER:
            return _uncertain(run, "the write had no answer")
        case Effect.BEFORE | Effect.UNSEEN:
            return None


def _verify(run: Run) -> Ending:
    effect = run.look()
    if effect is Effect.DONE:
        return Ending(Outcome.DONE, run.action.verified(run.content), {"effect": "done"})
    detail = (
        f"A person has to look at {run.content.subject.name}: the ERP accepted the change, but reading back does not show it."
    )
    return Ending(Outcome.UNCERTAIN, detail, {"effect": effect.value})
