"""Whose approval an action needs."""

from dataclasses import dataclass
from datetime import timedelta

from agent.domain.decisions import Role

COUNTS = {1: "one", 2: "two", 3: "three", 4: "four"}


@dataclass(frozen=True, slots=True)
class Step:
    """`count` different persons, each with one of `any_of`."""

    any_of: tuple[Role, ...]
    count: int = 1

    def words(self) -> str:
        """`one sales_manager`, `two of buyer or finance`."""
        number = COUNTS.get(self.count, str(self.count))
        if len(self.any_of) == 1:
            return f"{number} {self.any_of[0]}"
        return f"{number} of {', '.join(self.any_of[:-1])} or {self.any_of[-1]}"


@dataclass(frozen=True, slots=True)
class Requirement:
    """What one rule of one policy version asks for; the steps are taken in order."""

    rule: str
    steps: tuple[Step, ...]
    expires_after: timedelta
    """How long a proposal waits before it lapses."""
    sla: timedelta
    """Within which time it should be decided."""
    policy_version: str
    note: str = ""
    second_factor: bool = False
    """Each approval takes a code from the approver's authenticator."""

    def words(self) -> str:
        """`one sales_manager, then one ops_manager`; with a second factor also that."""
        steps = ", then ".join(step.words() for step in self.steps)
        return f"{steps} (with a code from their authenticator)" if self.second_factor else steps
