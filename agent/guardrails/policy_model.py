"""The shape of a policy file; every mistake in it has a place."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PositiveInt, StrictInt, StrictStr, model_validator

from agent.domain.decisions import Role
from agent.guardrails.durations import Duration
from agent.guardrails.inbox_rules import InboxSection
from agent.guardrails.permissions import DECIDING_ROLES
from agent.guardrails.policy_file import mistake
from agent.guardrails.requirement import Step
from agent.guardrails.thresholds import ThresholdException, Thresholds
from agent.guardrails.vocabulary import FACTS, Fact
from agent.guardrails.warehouse_hours import OfficeHours, TimeZone, WarehouseHours


def _number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise mistake(f"`{value}` is not a number")
    return value


Number = Annotated[Decimal, BeforeValidator(_number)]
Scalar = StrictStr | StrictInt


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(Strict):
    """Bounds on one fact. All that are given must hold; an unknown fact meets none of them."""

    min: Number | None = None
    max: Number | None = None
    equals: Scalar | None = None
    in_: tuple[Scalar, ...] | None = Field(default=None, alias="in", min_length=1)

    @model_validator(mode="after")
    def _says_something(self) -> "Condition":
        if not self.model_fields_set or None in (getattr(self, name) for name in self.model_fields_set):
            raise mistake("a condition needs a value for min, max, equals or in")
        return self

    @property
    def bounded(self) -> bool:
        return self.min is not None or self.max is not None

    @property
    def wanted(self) -> tuple[str | int, ...]:
        """Every value that `equals` or `in` names."""
        return (*(() if self.equals is None else (self.equals,)), *(self.in_ or ()))


class Approval(Strict):
    """One step: `role`, or `any_of` several, and how many different persons."""

    role: Role | None = None
    any_of: tuple[Role, ...] | None = Field(default=None, min_length=1)
    count: PositiveInt = 1

    @model_validator(mode="after")
    def _names_who(self) -> "Approval":
        if (self.role is None) == (self.any_of is None):
            raise mistake("a step names either `role` or `any_of`")
        for role in self.roles:
            if role not in DECIDING_ROLES:
                raise mistake(f"the role {role} may not decide, so it cannot approve", "role" if self.role else "any_of")
        return self

    @property
    def roles(self) -> tuple[Role, ...]:
        return (self.role,) if self.role else self.any_of or ()

    @property
    def step(self) -> Step:
        return Step(self.roles, self.count)


class Escalation(Strict):
    """Who may decide too when a step has waited for so long."""

    after: Duration
    to: tuple[Role, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _may_decide(self) -> "Escalation":
        for role in self.to:
            if role not in DECIDING_ROLES:
                raise mistake(f"the role {role} may not decide, so nothing can be escalated to it", "to")
        return self


class Rule(Strict):
    id: StrictStr = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    action: StrictStr
    when: dict[str, Condition] = {}
    approve: tuple[Approval, ...] = Field(min_length=1)
    expires_after: Duration
    sla: Duration
    hours: StrictStr | None = None
    """A name of the section `hours`; without it the SLA runs around the clock."""
    remind_every: Duration | None = None
    escalate: Escalation | None = None
    second_factor: bool = False
    """Each approval takes a code from the approver's authenticator."""
    note: str = ""

    @model_validator(mode="after")
    def _speaks_of_known_facts(self) -> "Rule":
        known = _known_facts(self.action, "when", self.when)
        for name, condition in self.when.items():
            _check_values(name, known[name], condition)
        return self


def _known_facts(action: str, key: str, names: Iterable[str]) -> Mapping[str, Fact]:
    known = FACTS.get(action)
    if known is None:
        raise mistake(f"unknown action `{action}`; one of {', '.join(FACTS)}", "action")
    for name in names:
        if name not in known:
            raise mistake(f"{action} has no fact `{name}`; one of {', '.join(known)}", key, name)
    return known


def _check_values(name: str, fact: Fact, condition: Condition) -> None:
    if condition.bounded and not fact.number:
        raise mistake(f"`{name}` is a text; use equals or in", "when", name)
    for value in condition.wanted:
        if isinstance(value, int) != fact.number:
            raise mistake(f"`{name}` is a {'number' if fact.number else 'text'}, `{value}` is not", "when", name)
        if fact.values is not None and value not in fact.values:
            raise mistake(f"`{name}` is never `{value}`; one of {', '.join(sorted(fact.values))}", "when", name)


class Example(Strict):
    """A case the policy's authors agreed on; a policy that decides it otherwise does not load."""

    action: StrictStr
    facts: dict[str, str | int | tuple[str, ...] | None]
    expect: StrictStr
    """The id of the rule, or `rejected`."""

    @model_validator(mode="after")
    def _speaks_of_known_facts(self) -> "Example":
        _known_facts(self.action, "facts", self.facts)
        return self


class PolicyFile(Strict):
    version: StrictInt = Field(ge=1)
    request_budget_per_day: StrictInt | None = Field(default=None, ge=1)
    """How many requests a day one approver can read; `approvals report` says who gets more."""
    time_zone: TimeZone | None = None
    """Where the company is; without it that of the inbox's hours, else of the first hours."""
    thresholds: Thresholds = Thresholds()
    exceptions: tuple[ThresholdException, ...] = ()
    warehouses: dict[StrictStr, WarehouseHours] = {}
    """By short code."""
    hours: dict[StrictStr, OfficeHours] = {}
    """When those who decide work, by a name that rules refer to."""
    inbox: InboxSection = InboxSection()
    never_together: tuple[tuple[Role, ...], ...] = ()
    """Roles that one person must not have together."""
    rules: tuple[Rule, ...] = Field(min_length=1)
    examples: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "PolicyFile":
        seen: set[str] = set()
        for index, rule in enumerate(self.rules):
            if rule.id in seen:
                raise mistake(f"the rule id `{rule.id}` is used twice", "rules", index, "id")
            seen.add(rule.id)
            if rule.hours is not None and rule.hours not in self.hours:
                known = ", ".join(self.hours) or "none is defined"
                raise mistake(f"there are no hours `{rule.hours}`; {known}", "rules", index, "hours")
        if self.inbox.hours is not None and self.inbox.hours not in self.hours:
            known = ", ".join(self.hours) or "none is defined"
            raise mistake(f"there are no hours `{self.inbox.hours}`; {known}", "inbox", "hours")
        for index, roles in enumerate(self.never_together):
            if len(set(roles)) < 2:
                raise mistake("name at least two roles that one person must not have together", "never_together", index)
        return self
