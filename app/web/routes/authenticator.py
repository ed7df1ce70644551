"""One's own authenticator, for what the policy wants a second factor for."""

from fastapi import APIRouter

from app.contract.second_factor import AuthenticatorRow, CodeRequest, EnrolmentRequest, EnrolmentRow
from app.web.security import Context, SignedIn

router = APIRouter(prefix="/v1/me/authenticator", tags=["people"])


@router.get("")
def state(context: Context, person: SignedIn) -> AuthenticatorRow:
    """Whether one is set up; nobody is told its secret again."""
    return AuthenticatorRow(state=context.authenticators().state(person.id))


@router.post("", status_code=201)
def enrol(given: EnrolmentRequest, context: Context, person: SignedIn) -> EnrolmentRow:
    """A secret for one's own app, told this once, for the code that an admin gave. It counts after a first code of the app."""
    made = context.authenticators().enrol(person, given.enrolment_code)
    return EnrolmentRow(secret=made.secret, uri=made.uri)


@router.post("/confirmation")
def confirm(given: CodeRequest, context: Context, person: SignedIn) -> AuthenticatorRow:
    """With a code the app shows."""
    context.authenticators().confirm(person.id, given.code)
    return AuthenticatorRow(state=context.authenticators().state(person.id))


@router.post("/removal")
def remove(given: CodeRequest, context: Context, person: SignedIn) -> AuthenticatorRow:
    """With a code the app shows; who lost it asks an admin to reset it."""
    context.authenticators().remove(person.id, given.code)
    return AuthenticatorRow(state=context.authenticators().state(person.id))
