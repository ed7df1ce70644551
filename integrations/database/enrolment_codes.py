"""Codes with which a person sets up an authenticator, as an admin hands them out."""

import base64
import secrets
from datetime import timedelta
from hashlib import sha256

_BYTES = 10


def new_code() -> str:
    """80 random bits, to be read out or typed: `ABCD-EFGH-IJKL-MNOP`."""
    letters = base64.b32encode(secrets.token_bytes(_BYTES)).decode()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def digest_of(typed: str) -> str:
    """What is stored of it. How it is grouped, and whether in capitals, does not matter."""
    return sha256("".join(char for char in typed.upper() if char.isalnum()).encode()).hexdigest()


LASTS = timedelta(hours=1)
