"""Approve and reject."""

from agent.domain.decisions import Verdict
from agent.errors import SecondFactorLocked, SecondFactorMissing, SecondFactorNeeded, SecondFactorWrong
from integrations.slack.clicks.click import Click
from integrations.slack.interaction import Reaction
from integrations.slack.views.modals import approve_modal, reject_modal

CODE, REASON = "code", "reason"


def approve(click: Click) -> Reaction:
    """Recorded before Slack hears of it; where the rule wants a code by now, it is asked for."""
    proposal = click.proposal()
    try:
        click.deeds.decide(click.person, proposal.id, proposal.sha256, Verdict.APPROVE)
    except SecondFactorNeeded:
        return Reaction(open_view=approve_modal(proposal, code=True))
    return click.after(proposal.id, f"You approved {proposal.label}.")


def read_and_approve(click: Click) -> Reaction:
    """The whole change in a modal. Whoever cannot decide learns it now and not after typing a code."""
    proposal = click.proposal()
    click.demand_turn(proposal)
    click.deeds.seen(click.person, proposal.id)
    requirement = click.deeds.policy().require(proposal.content.action, proposal.content.facts)
    return Reaction(open_view=approve_modal(proposal, code=requirement.second_factor))


def approve_with_modal(click: Click) -> Reaction:
    proposal = click.proposal()
    try:
        click.deeds.decide(click.person, proposal.id, proposal.sha256, Verdict.APPROVE, code=click.given(CODE) or None)
    except SecondFactorNeeded:
        return Reaction(update_view=approve_modal(proposal, code=True))
    except (SecondFactorWrong, SecondFactorLocked, SecondFactorMissing) as wrong:
        return beside(click, CODE, str(wrong))
    return click.after(proposal.id, f"You approved {proposal.label}.")


def reject(click: Click) -> Reaction:
    proposal = click.proposal()
    click.demand_turn(proposal)
    return Reaction(open_view=reject_modal(proposal))


def reject_with_reason(click: Click) -> Reaction:
    proposal, reason = click.proposal(), reason_of(click)
    if not reason:
        return beside(click, REASON, "Say why; whoever asked learns from it.")
    click.deeds.decide(click.person, proposal.id, proposal.sha256, Verdict.REJECT, reason)
    return click.after(proposal.id, f"You rejected {proposal.label}.")


def reason_of(click: Click) -> str:
    """The reason that was chosen and the note, in one sentence."""
    chosen, note = click.given(REASON), click.given("note")
    return f"{chosen}: {note}" if chosen and note else chosen or note


def beside(click: Click, field: str, sentence: str) -> Reaction:
    """The modal stays open with the sentence at this input; our inputs have one id for block and action."""
    return Reaction(errors={click.it.blocks_of.get(field, field): sentence})
