"""Questions in, released answers out."""

from collections.abc import Iterator
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Header, Path
from fastapi.sse import EventSourceResponse, ServerSentEvent

from agent.domain.chat import AnswerPart, PartKind
from agent.errors import NotPermitted
from agent.guardrails.permissions import Permission, demand
from app.contract.chat import ChatRequest, ReceivedRow
from app.contract.model import ErrorRow
from app.web.context import WebContext
from app.web.seats import Seated
from app.web.security import Context, SignedIn

router = APIRouter(prefix="/v1/chat", tags=["chat"])
KEEP_ALIVE_S = 5.0
PATIENCE_ROUNDS = 60
LAST = (PartKind.FINAL, PartKind.FAILED)


@router.post("", status_code=202)
def ask(question: ChatRequest, context: Context, person: SignedIn) -> ReceivedRow:
    """Store the question; the worker answers it. Read the answer at /v1/chat/{inbound_id}."""
    demand(person, Permission.ASK)
    conversation = question.conversation_id or f"{person.handle}-{uuid4().hex[:12]}"
    received = context.inbound.receive(kind="chat", person_id=person.id, conversation_id=conversation, text=question.text)
    return ReceivedRow(inbound_id=received.id, conversation_id=received.conversation_id)


def own_question(inbound_id: Annotated[int, Path(ge=1, le=2**31 - 1)], context: Context, person: SignedIn) -> int:
    """The id, if the person asked it. Raises RecordMissing, NotPermitted."""
    if context.inbound.inbound(inbound_id).person_id != person.id:
        raise NotPermitted("Only whoever asked may read the answer.")
    return inbound_id


OwnQuestion = Annotated[int, Depends(own_question)]


@router.get("/{inbound_id}", response_class=EventSourceResponse, responses={429: {"model": ErrorRow}})
def answer(
    inbound_id: OwnQuestion, context: Context, _seat: Seated, last_event_id: Annotated[int, Header(ge=0)] = 0
) -> Iterator[ServerSentEvent]:
    """Server-sent events `status`, `sentence`, and at last `final` (the whole answer) or `failed`, as each is released."""
    yield from _events(context, inbound_id, last_event_id)


def _events(context: WebContext, inbound_id: int, after: int) -> Iterator[ServerSentEvent]:
    quiet = 0
    while quiet < PATIENCE_ROUNDS:
        quiet += 1
        for part in context.inbound.follow(inbound_id, KEEP_ALIVE_S):
            if part.seq <= after:
                continue
            after, quiet = part.seq, 0
            yield _event(part)
            if part.kind in LAST:
                return
        yield ServerSentEvent(comment="still working")
    words = "No answer came; the worker may not be running. `expediter doctor` says more."
    yield ServerSentEvent(event=PartKind.FAILED, data={"text": words})


def _event(part: AnswerPart) -> ServerSentEvent:
    return ServerSentEvent(event=part.kind, id=str(part.seq), data=part.body)
