"""What a click may do: the same functions that the API's routes call, with the same checks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from agent.domain.absences import StandIn
from agent.domain.decisions import Person, Proposal, ProposalGroup, Verdict
from agent.domain.messenger import AskedAt
from agent.errors import NotPermitted, PreconditionFailed, RecordMissing
from agent.guardrails.permissions import Permission, demand
from agent.guardrails.policy import Policy
from agent.guardrails.waiting import waiting
from app.contract.groups import GroupDecisionRequest
from app.contract.proposals import CommentRequest, DecisionRequest, EditRequest, ReasonRequest
from app.web import WebContext
from app.web.routes import groups, proposals
from integrations.database.messenger_inbox import PostgresDeliveries
from integrations.database.messenger_links import PostgresLinks
from integrations.slack.chat import conversation_id
from integrations.slack.interaction import GroupResult, Place

Request = TypeVar("Request", bound=BaseModel)


class SlackDeeds:
    """Deeds, of the clicks."""

    def __init__(self, context: WebContext, deliveries: PostgresDeliveries, links: PostgresLinks, team: str) -> None:
        self._context, self._deliveries, self._links, self._team = context, deliveries, links, team

    def policy(self) -> Policy:
        return self._context.in_force()

    def now(self) -> datetime:
        return self._context.clock()

    def proposal(self, proposal_id: int) -> Proposal:
        return self._context.desk.proposal(numbered(proposal_id))

    def group(self, group_id: int) -> ProposalGroup:
        return self._context.desk.group(numbered(group_id))

    def decide(
        self, person: Person, proposal_id: int, sha256: str, verdict: Verdict, reason: str = "", code: str | None = None
    ) -> bool:
        click = as_asked(DecisionRequest, verdict=verdict, sha256=sha256, reason=reason, code=code)
        return proposals.decide(numbered(proposal_id), click, self._now(), person).granted

    def decide_group(
        self,
        person: Person,
        group_id: int,
        lines: Mapping[int, str],
        verdict: Verdict,
        reason: str = "",
        code: str | None = None,
    ) -> GroupResult:
        shown = [{"proposal_id": id, "sha256": sha256} for id, sha256 in lines.items()]
        click = as_asked(GroupDecisionRequest, verdict=verdict, lines=shown, reason=reason or None, code=code)
        answer = groups.decide(numbered(group_id), click, self._now(), person)
        return GroupResult(answer.decided, tuple((row.label, row.why) for row in answer.not_decided))

    def edit(self, person: Person, proposal_id: int, sha256: str, changes: Mapping[str, Any], reason: str) -> None:
        wanted = as_asked(EditRequest, sha256=sha256, changes=dict(changes), reason=reason)
        proposals.edit(numbered(proposal_id), wanted, self._now(), person)

    def comment(self, person: Person, proposal_id: int, text: str) -> None:
        demand(person, Permission.READ)
        proposals.comment(numbered(proposal_id), as_asked(CommentRequest, text=text), self._now(), person)

    def withdraw(self, person: Person, proposal_id: int, reason: str) -> None:
        proposals.withdraw(numbered(proposal_id), as_asked(ReasonRequest, reason=reason), self._now(), person)

    def ask(self, person: Person, text: str, place: Place) -> None:
        demand(person, Permission.ASK)
        account, thread = self.slack_user(person.id), place.thread_ts or place.message_ts
        if account is None or place.channel is None or thread is None:
            raise NotPermitted("Ask where there is a conversation: in a direct message, or in a thread of a channel.")
        # Others read the thread as well, and may not see what whoever asks may.
        where = AskedAt(self._team, account, place.channel, thread, private=not place.channel.startswith("D"))
        self._deliveries.ask(None, person.id, conversation_id(place.channel, thread, person), text, where)

    def people(self) -> Sequence[Person]:
        return self._context.people.all()

    def standing(self) -> Sequence[StandIn]:
        return self._context.absences.standing_in()

    def waiting(self) -> Sequence[Proposal]:
        return list(waiting(self._context.desk))

    def slack_user(self, person_id: int) -> str | None:
        link = self._links.of_person(self._team, person_id)
        return link.account if link and link.confirmed else None

    def _now(self) -> WebContext:
        return self._context.of_one_request()


def numbered(given: int) -> int:
    """Raises RecordMissing for what is no row's number."""
    if not 1 <= given < 2**31:
        raise RecordMissing("There is no such proposal.")
    return given


def as_asked(request: type[Request], /, **given: Any) -> Request:
    """As the API would take it. Raises PreconditionFailed with what is wrong."""
    try:
        return request(**given)
    except ValidationError as wrong:
        faults = [f"{'.'.join(map(str, fault['loc'])) or 'it'}: {fault['msg']}" for fault in wrong.errors(include_input=False)]
        raise PreconditionFailed(f"This cannot be taken: {'; '.join(faults)}.") from None
