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


class CodeRequest(Contract):
    code: Code = Field(repr=False)
