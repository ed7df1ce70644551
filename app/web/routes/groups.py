"""Proposals with one cause: seen together, decided together or line by line."""

from typing import Annotated

from fastapi import APIRouter, Path

from agent.domain.asked_edit import AskedNewDates
from agent.domain.decisions import Ballot, Grant, Person, ProposalGroup, Verdict
from agent.errors import DecisionRefused, ExpediterError
from agent.guardrails.permissions import Permission, demand
from app.contract.chat import ReceivedRow
from app.contract.groups import GroupAnswer, GroupDecisionRequest, GroupRow, NewDatesRequest, NotDecidedRow
from app.web.context import WebContext
from app.web.deciding import ballot_of, demand_reason
from app.web.refusals import NOTED, note, noted_refusals
from app.web.routes.proposals import received
from app.web.security import Context, Reader, SignedIn

router = APIRouter(prefix="/v1/groups", tags=["proposals"])
GroupId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.post("", status_code=202)
def propose(wanted: NewDatesRequest, context: Context, person: SignedIn) -> ReceivedRow:
    """Ask for new promise dates for all orders that a cause endangers, as one group. Read the answer at /v1/chat/{inbound_id}."""
    demand(person, Permission.PROPOSE)
    return received(context, person, "propose", AskedNewDates(**wanted.model_dump()).model_dump_json())


@router.get("/{group_id}")
def group(group_id: GroupId, context: Context, person: Reader) -> GroupRow:
    """With every line as it is now."""
    return GroupRow.of(context.desk.group(group_id), context.policy)


@router.post("/{group_id}/decisions")
def decide(group_id: GroupId, click: GroupDecisionRequest, context: Context, person: SignedIn) -> GroupAnswer:
    """One decision for each line this person may decide on, in one transaction; the answer says which lines not, and why."""
    shown = context.desk.group(group_id)
    if click.verdict is Verdict.REJECT:
        demand_reason(shown.label, click.reason or "")
    ballots, refused = _ballots(shown, click, context, person)
    came = _recorded(ballots, click, context, person)
    for ballot, result in zip(ballots, came, strict=True):
        if isinstance(result, DecisionRefused):
            refused[ballot.proposal_id] = result
            note(context, person, ballot.proposal_id, result)
    return GroupAnswer(
        group=GroupRow.of(context.desk.group(group_id), context.policy),
        decided=tuple(f"P{ballot.proposal_id}" for ballot in ballots if ballot.proposal_id not in refused),
        granted=tuple(f"P{result.proposal_id}" for result in came if isinstance(result, Grant)),
        not_decided=tuple(NotDecidedRow(label=f"P{id}", kind=why.kind, why=str(why)) for id, why in sorted(refused.items())),
    )


def _ballots(
    shown: ProposalGroup, click: GroupDecisionRequest, context: WebContext, person: Person
) -> tuple[list[Ballot], dict[int, ExpediterError]]:
    """What can be decided, and why the other lines cannot."""
    proposals = {line.id: line for line in shown.proposals}
    ballots, refused = dict[int, Ballot](), dict[int, ExpediterError]()
    for line in click.lines:
        proposal = proposals.get(line.proposal_id)
        if proposal is None:
            refused[line.proposal_id] = DecisionRefused(f"P{line.proposal_id} is no line of {shown.label}.")
            continue
        try:
            ballots[proposal.id] = ballot_of(proposal, line.sha256, click.verdict, context, person)
        except NOTED as refusal:
            refused[proposal.id] = refusal
            note(context, person, proposal.id, refusal)
    return list(ballots.values()), refused


def _recorded(
    ballots: list[Ballot], click: GroupDecisionRequest, context: WebContext, person: Person
) -> list[Grant | DecisionRefused | None]:
    if not ballots:
        return []
    with noted_refusals(context, person, ballots[0].proposal_id):
        return context.desk.decide_together(
            ballots, person_id=person.id, verdict=click.verdict, reason=click.reason or "", code=click.code
        )
