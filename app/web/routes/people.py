"""Who am I?"""

from fastapi import APIRouter

from app.contract.people import PersonRow
from app.web.security import SignedIn

router = APIRouter(prefix="/v1", tags=["people"])


@router.get("/me")
def me(person: SignedIn) -> PersonRow:
    """The person this token belongs to, with their roles."""
    return PersonRow.of(person)
