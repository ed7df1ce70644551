"""The log that cannot be quietly changed, for those who may read it."""

from datetime import datetime
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Path, Query

from agent.errors import RecordMissing
from app.contract.audit import AuditRow, ChainRow, history
from app.web.security import Auditor, Context

router = APIRouter(prefix="/v1/audit", tags=["audit"])


@router.get("")
def entries(
    context: Context,
    _person: Auditor,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: Annotated[int, Query(ge=1, le=5000)] = 500,
) -> list[AuditRow]:
    """Oldest first."""
    return [AuditRow.of(entry) for entry in islice(context.audit.entries(since, until), limit)]


@router.get("/verify")
def verify(context: Context, _person: Auditor) -> ChainRow:
    """Recompute the whole chain."""
    return ChainRow.of(context.audit.verify())


@router.get("/{subject}")
def about(
    subject: Annotated[str, Path(pattern=r"^[A-Za-z0-9_.:-]{1,100}$")], context: Context, _person: Auditor
) -> list[AuditRow]:
    """Everything recorded about one subject (`proposal:12`, `inbound:7`) and what it led to."""
    found = history(context.audit, subject)
    if not found:
        raise RecordMissing(f"The audit log knows nothing of {subject}; a subject looks like `proposal:12` or `inbound:7`.")
    return [AuditRow.of(entry) for entry in found]
