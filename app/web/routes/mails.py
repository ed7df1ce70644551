"""The shared inbox: what came, what was made of it, and what people say and do about it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime

from agent.domain.asked_mail import AskedCustomerUpdates, AskedFiling, AskedFollowing, AskedMailLink
from agent.domain.asked_reply import AskedReply
from agent.domain.decisions import Person
from agent.domain.mail import MailClass, Priority
from agent.domain.mail_corrections import priority_of_correction
from agent.domain.mail_scorecard import score
from agent.domain.mail_threads import InboxFilter, MailDeed, MailEventKind
from agent.domain.mailbox import InboxMail
from agent.domain.records import Record
from agent.errors import PreconditionFailed, RecordMissing
from agent.guardrails.permissions import Permission, demand
from app.contract.answering import DraftRow, ReplyRequest
from app.contract.chat import ReceivedRow
from app.contract.mail import (
    CorrectionAnswer,
    CorrectionRequest,
    CustomerUpdatesRequest,
    FilingRequest,
    MailDeedRequest,
    MailRow,
)
from app.contract.mail_scorecard import MailScorecardRow
from app.web.context import WebContext
from app.web.routes.proposals import received
from app.web.security import Context, Reader, SignedIn

router = APIRouter(prefix="/v1/mails", tags=["mails"])
MailId = Annotated[int, Path(ge=1, le=2**53)]
SAY_WHAT = "Say what is right: a class, a priority, or what the mail is about."


@router.get("")
def mails(
    context: Context,
    person: Reader,
    needs_person: bool = False,
    mail_class: Annotated[MailClass | None, Query(alias="class")] = None,
    mine: bool = False,
    late: bool = False,
    done: bool = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[MailRow]:
    """The newest mail of each thread: what waits too long first, then by urgency. Threads that are done only with `done`.

    `mine`: taken by whoever asks, or by nobody and routed to one of their roles. `needs_person`: a person should look.
    """
    wanted = InboxFilter(
        needs_person=needs_person,
        mail_class=mail_class,
        done=done,
        owner=person.handle if mine else None,
        routed=context.policy.inbox.routed_to(person.roles) if mine else (),
        late=late,
        limit=limit,
    )
    now = context.clock()
    return [MailRow.of(mail, now, listed=True) for mail in context.inbox.mails(wanted)]


@router.get("/scorecard")
def scorecard(
    context: Context, _person: Reader, since: AwareDatetime | None = None, until: AwareDatetime | None = None
) -> MailScorecardRow:
    """How right triage was about classes, by what people corrected and finished, and what they made of drafts."""
    scores = context.mail_scores
    return MailScorecardRow.of(score(scores.judged(since, until), scores.drafts(since, until)))


@router.post("/filing", status_code=202)
def file_together(wanted: FilingRequest, context: Context, person: SignedIn) -> ReceivedRow:
    """Ask for a group that puts each linked mail of a day on what it is about. Read its answer at /v1/chat/{inbound_id}."""
    demand(person, Permission.HANDLE_MAILS)
    demand(person, Permission.PROPOSE)
    return received(context, person, "propose", AskedFiling(mails_of=wanted.day, reason=wanted.reason).model_dump_json())


@router.get("/{mail_id}")
def mail(mail_id: MailId, context: Context, person: Reader) -> MailRow:
    """One mail with its references, links, candidates, draft and answers, and what happened to its thread."""
    return _shown(mail_id, context)


@router.post("/{mail_id}/corrections")
def correct(mail_id: MailId, said: CorrectionRequest, context: Context, person: SignedIn) -> CorrectionAnswer:
    """Say what a mail really is; triage learns from its class. A link is looked up and entered by the worker."""
    demand(person, Permission.HANDLE_MAILS)
    known = context.inbox.mail(mail_id)
    asked = [said.mail_class or said.priority, said.link, said.unlink]
    if sum(one is not None for one in asked) != 1:
        raise PreconditionFailed(SAY_WHAT if not any(asked) else f"{SAY_WHAT} Each by itself.")
    if said.link is not None:
        return CorrectionAnswer(mail=_shown(mail_id, context), inbound_id=_ask_for_link(known, said, context, person))
    context.inbox.say(mail_id, person.id, _unlinking(known, said) if said.unlink else _correction(known, said, context))
    return CorrectionAnswer(mail=_shown(mail_id, context))


@router.post("/{mail_id}/events")
def handle(mail_id: MailId, said: MailDeedRequest, context: Context, person: SignedIn) -> MailRow:
    """Take a mail's thread or give it to somebody, say that it is answered or done, or bring it back."""
    demand(person, Permission.HANDLE_MAILS)
    kind = MailEventKind(said.kind)
    if said.owner is not None and kind is not MailEventKind.TAKEN:
        raise PreconditionFailed("Only taking a mail names who takes care of it.")
    owner = None
    if kind is MailEventKind.TAKEN:
        owner = context.people.by_handle(said.owner) if said.owner else person
        demand(owner, Permission.HANDLE_MAILS)
    deed = MailDeed(kind, said.rev, owner_id=owner.id if owner else None, reason=said.reason)
    context.inbox.say(mail_id, person.id, deed)
    return _shown(mail_id, context)


@router.post("/{mail_id}/following", status_code=202)
def follow(mail_id: MailId, context: Context, person: SignedIn) -> ReceivedRow:
    """Ask what follows from a mail: the orders it endangers, and what could be proposed. Read it at /v1/chat/{inbound_id}."""
    demand(person, Permission.HANDLE_MAILS)
    context.inbox.mail(mail_id)
    return received(context, person, "mail_follow", AskedFollowing(mail=mail_id).model_dump_json())


@router.post("/{mail_id}/customer-updates", status_code=202)
def write_to_customers(mail_id: MailId, wanted: CustomerUpdatesRequest, context: Context, person: SignedIn) -> ReceivedRow:
    """Ask for a message to each customer whose promise breaks because of it, as one group. Read it at /v1/chat/{inbound_id}."""
    demand(person, Permission.HANDLE_MAILS)
    demand(person, Permission.PROPOSE)
    context.inbox.mail(mail_id)
    asked = AskedCustomerUpdates(customers_of=mail_id, reason=wanted.reason)
    return received(context, person, "propose", asked.model_dump_json())


@router.get("/{mail_id}/draft")
def draft(mail_id: MailId, context: Context, person: Reader) -> DraftRow:
    """The answer that was prepared, as it would be sent."""
    return DraftRow.of(context.letters.letter(mail_id))


@router.post("/{mail_id}/reply", status_code=202)
def reply(mail_id: MailId, wanted: ReplyRequest, context: Context, person: SignedIn) -> ReceivedRow:
    """Ask for a proposal to answer it; another person has to approve it. Its answer is read at /v1/chat/{inbound_id}."""
    demand(person, Permission.PROPOSE)
    letter = context.letters.letter(mail_id)
    if wanted.text is None and letter.draft is None:
        raise PreconditionFailed(f"No draft was prepared for {letter.label}; say what the answer is.")
    asked = AskedReply(mail=mail_id, **wanted.model_dump())
    return received(context, person, "reply", asked.model_dump_json())


def _shown(mail_id: int, context: WebContext) -> MailRow:
    return MailRow.of(context.inbox.mail(mail_id), context.clock())


def _correction(known: InboxMail, said: CorrectionRequest, context: WebContext) -> MailDeed:
    priority: Priority | None = said.priority
    if priority is None and said.mail_class not in (None, known.mail_class) and known.triage is not None:
        priority = priority_of_correction(known.triage, MailClass(said.mail_class))
    due = context.policy.inbox.due(priority, known.received_at) if priority else None
    kind = MailEventKind.CORRECTED
    return MailDeed(kind, said.rev, mail_class=said.mail_class, priority=priority, due_at=due, reason=said.reason)


def _unlinking(known: InboxMail, said: CorrectionRequest) -> MailDeed:
    links = [*known.triage["links"], *known.triage["candidates"]] if known.triage else []
    found = next((link for link in links if link["name"].casefold() == (said.unlink or "").casefold()), None)
    if found is None:
        hint = f"`expediter mail show {known.label}` says to what it is"
        raise RecordMissing(f"{known.label} is not linked to {said.unlink}; {hint}.")
    record = Record(found["model"], found["id"], found["name"])
    return MailDeed(MailEventKind.UNLINKED, said.rev, record=record, reason=said.reason)


def _ask_for_link(known: InboxMail, said: CorrectionRequest, context: WebContext, person: Person) -> int:
    asked = AskedMailLink(mail=known.id, record=said.link or "", reason=said.reason, seen=said.rev)
    return received(context, person, "mail_link", asked.model_dump_json()).inbound_id
