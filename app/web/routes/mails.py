"""The shared inbox: what came, and what was made of it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from agent.domain.mail import MailClass
from app.contract.mail import MailRow
from app.web.security import Context, Reader

router = APIRouter(prefix="/v1/mails", tags=["mails"])
MailId = Annotated[int, Path(ge=1, le=2**53)]


@router.get("")
def mails(
    context: Context,
    person: Reader,
    needs_person: bool = False,
    mail_class: Annotated[MailClass | None, Query(alias="class")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[MailRow]:
    """Most urgent first; with `needs_person` only those that a person should look at."""
    return [MailRow.of(mail) for mail in context.inbox.mails(open_only=needs_person, mail_class=mail_class, limit=limit)]


@router.get("/{mail_id}")
def mail(mail_id: MailId, context: Context, person: Reader) -> MailRow:
    """One mail with its references, links, candidates and draft."""
    return MailRow.of(context.inbox.mail(mail_id))
