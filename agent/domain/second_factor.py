"""A person's authenticator."""

from dataclasses import dataclass
from enum import StrEnum


class AuthenticatorState(StrEnum):
    NONE = "none"
    ENROLLED = "enrolled"
    """A code of it has to confirm it yet."""
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the person's app needs; told once and to nobody else."""

    secret: str
    """Base32."""
    uri: str
    """`otpauth://…`, for a QR code."""

    def __repr__(self) -> str:
        return "Enrolment(…)"
