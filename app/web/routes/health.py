"""Is it alive, and could it work?"""

from typing import Literal

from fastapi import APIRouter

from app.contract.model import Contract
from app.web.security import Context

router = APIRouter(tags=["health"])


class Health(Contract):
    status: Literal["ok"] = "ok"


@router.get("/healthz")
def healthz() -> Health:
    """The process answers."""
    return Health()


@router.get("/readyz")
def readyz(context: Context) -> Health:
    """The database answers as this process's role, with the schema this program needs; 503 and why otherwise."""
    context.check()
    return Health()
