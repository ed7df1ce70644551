"""Secrets in files: for each secret setting `X` there is `X_FILE`, the path of a file with the value."""

import os
from pathlib import Path

from agent.errors import SettingMissing

PREFIX = "EXPEDITER_"


def variable_of(field: str) -> str:
    return PREFIX + field.upper()


def file_variable_of(field: str) -> str:
    return f"{variable_of(field)}_FILE"


def from_file(field: str) -> str | None:
    """What the file says now, without white space around it; None when no file is named.

    Raises SettingMissing when it cannot be read, says nothing, or the variable itself is set as well.
    """
    named = os.environ.get(file_variable_of(field))
    if not named:
        return None
    if os.environ.get(variable_of(field)):
        raise SettingMissing(f"{variable_of(field)} and {file_variable_of(field)} are both set; set one of them.")
    try:
        value = Path(named).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as unreadable:
        why = getattr(unreadable, "strerror", None) or "it is not UTF-8 text"
        raise SettingMissing(f"{file_variable_of(field)} names {named}, which cannot be read ({why}).") from None
    if not value:
        raise SettingMissing(f"{file_variable_of(field)} names {named}, which is empty.")
    return value
