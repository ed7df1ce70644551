"""What `doctor` found."""

from enum import StrEnum

from app.contract.model import Contract


class Verdict(StrEnum):
    OK = "ok"
    NOTE = "note"
    """Works without it."""
    FAILED = "failed"


class CheckRow(Contract):
    subject: str
    verdict: Verdict
    words: str
    """What is so, and where it is not well, the way out."""


class SlackRow(Contract):
    """What the workspace said of us."""

    healthy: bool
    checks: tuple[CheckRow, ...]


class SettingRow(Contract):
    variable: str
    read_by: tuple[str, ...]
    value: str | None
    """`(hidden)` for a secret, null when unset."""


class DoctorRow(Contract):
    contract: str
    healthy: bool
    settings: tuple[SettingRow, ...]
    checks: tuple[CheckRow, ...]
