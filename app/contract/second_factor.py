"""One's own authenticator."""

from typing import Annotated

from pydantic import Field, StringConstraints

from agent.domain.second_factor import AuthenticatorState
from app.contract.model import STORABLE, Contract

#: Six digits; how they are grouped does not matter.
Code = Annotated[str, StringConstraints(min_length=1, max_length=20), STORABLE]


class AuthenticatorRow(Contract):
    state: AuthenticatorState


class EnrolmentRow(Contract):
    secret: str = Field(repr=False)
    """Base32, to be typed into an authenticator app. It is told this once."""
    uri: str = Field(repr=False)
    """The same as `otpauth://…`, for a QR code."""


class EnrolmentRequest(Contract):
    enrolment_code: Annotated[str, StringConstraints(min_length=1, max_length=64), STORABLE] = Field(repr=False)
    """As an admin gave it: `expediter person authenticator code NAME`."""


class CodeRequest(Contract):
    code: Code = Field(repr=False)
