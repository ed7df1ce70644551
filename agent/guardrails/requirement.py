"""Whose approval an action needs."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.decisions import Person, Role
from agent.domain.working_hours import WorkingHours

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
    hours: WorkingHours | None = None
    """In which SLA, reminders and escalation are counted; None: around the clock."""
    remind_every: timedelta | None = None
    """None: as often as the SLA is long."""
    escalate_after: timedelta | None = None
    escalate_to: tuple[Role, ...] = ()
    """Who may decide too when a step has waited for that long."""
    never_together: tuple[frozenset[Role], ...] = ()
    """Who has all roles of one of these decides nothing."""

    def after(self, start: datetime, length: timedelta) -> datetime:
        """`length` after `start`, counted in the hours of those who decide."""
        return self.hours.after(start, length) if self.hours else start + length

    def may_decide(self, step: int, begun: datetime, at: datetime) -> tuple[Role, ...]:
        """Whose approval counts for a step (from 0) that waits since `begun`, when it is given at `at`."""
        roles = self.steps[step].any_of
        if self.escalate_after is None or at < self.after(begun, self.escalate_after):
            return roles
        return (*roles, *(role for role in self.escalate_to if role not in roles))

    def forbidden(self, *people: Person) -> str | None:
        """The roles that this person combines and must not, in words; None when all is well.

        Of several: the roles of a deputy together with those of whom they stand in for.
        """
        roles = frozenset[Role]().union(*(person.roles for person in people))
        found = next((pair for pair in self.never_together if pair <= roles), None)
        return " and ".join(sorted(found)) if found else None

    def words(self) -> str:
        """`one sales_manager, then one ops_manager`; with a second factor also that."""
        steps = ", then ".join(step.words() for step in self.steps)
        return f"{steps} (with a code from their authenticator)" if self.second_factor else steps
