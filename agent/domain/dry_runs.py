"""What the executor would check and send, looked at without sending."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    what: str
    """`promise date`, `approvals` …"""
    holds: bool
    said: str


@dataclass(frozen=True, slots=True)
class DryRun:
    """Of one proposal, on the ERP as it is now."""

    checks: tuple[Check, ...]
    """In the executor's order; the first that does not hold is what it would refuse for."""
    sends: tuple[str, ...]
    """Each call of the writer, as `set_promise_date(S00042, 2026-12-01 12:00 UTC)`."""

    @property
    def would_be_sent(self) -> bool:
        return all(check.holds for check in self.checks)
