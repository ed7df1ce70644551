"""Codes of a person's authenticator (TOTP, RFC 6238: SHA-1, six digits, half a minute, which every authenticator app knows)."""

import base64
import re
import secrets
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP = timedelta(seconds=30)
DIGITS = 6
SECRET_BYTES = 20
ISSUER = "Expediter"
#: Clocks of telephones differ, and typing takes time: the code before and the code after count too.
NEARBY = (0, -1, 1)


def new_secret() -> str:
    """160 random bits in base32, as authenticator apps take it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def provisioning_uri(secret: str, handle: str) -> str:
    """`otpauth://…`, which an app reads from a QR code. It holds the secret."""
    return _totp(secret).get_provisioning_uri(handle, ISSUER)


def counter_of(secret: str, code: str, now: datetime) -> int | None:
    """Which half minute since 1970 shows this code, of those near `now`; None when none does. Spaces do not matter."""
    typed = "".join(code.split())
    if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", typed):
        return None
    current = int(now.timestamp()) // int(STEP.total_seconds())
    return next((current + near for near in NEARBY if secrets.compare_digest(code_at(secret, current + near), typed)), None)


def code_at(secret: str, counter: int) -> str:
    """What the app shows in that half minute."""
    return _totp(secret).generate(counter * int(STEP.total_seconds())).decode()


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), int(STEP.total_seconds()))  # noqa: S303 - what the standard and apps use
