"""Who has to approve what. No rule, no action."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from agent.domain.calendars import WarehouseCalendar
from agent.domain.decisions import Role
from agent.domain.working_hours import WorkingHours
from agent.errors import PolicyInvalid, PolicyRejected
from agent.guardrails.inbox_rules import InboxRules
from agent.guardrails.policy_file import line_of, parse
from agent.guardrails.policy_model import Condition, Example, PolicyFile, Rule
from agent.guardrails.requirement import Requirement, Step
from agent.guardrails.thresholds import Scope, ThresholdBook, Thresholds
from agent.guardrails.warehouse_hours import calendars_of

__all__ = [
    "Policy",
    "Requirement",
    "RuleOutcome",
    "Scope",
    "Step",
    "ThresholdBook",
    "Thresholds",
    "holds",
    "load_policy",
    "read_policy",
]

PACKAGED = Path(__file__).with_name("policy.yaml")
REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """How one rule fared on some facts."""

    rule: str
    matched: bool
    reason: str
    """`every condition holds`, or the first condition that does not."""
    approval: str
    """Who would have to approve by this rule, in words."""
    note: str


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the approval matrix, and the thresholds that stand in the same file."""

    version: str
    """The file's version and a short hash of its text: `v1-3fa9c0d2`."""
    rules: tuple[Rule, ...]
    limits: ThresholdBook
    calendars: Mapping[str, WarehouseCalendar] = field(default_factory=dict)
    """By the warehouse's short code; one that is not named is always open."""
    hours: Mapping[str, WorkingHours] = field(default_factory=dict)
    """Of those who decide, by the name that rules use."""
    never_together: tuple[frozenset[Role], ...] = ()
    examples: tuple[Example, ...] = ()
    name: str = ""
    """Where it was read: a file's path, or the version."""
    text: str = field(default="", repr=False)
    request_budget_per_day: int | None = None
    """How many requests a day one approver can read."""
    inbox: InboxRules = field(default_factory=InboxRules)
    time_zone: ZoneInfo | None = None

    @property
    def thresholds(self) -> Thresholds:
        """The usual ones; `limits.at(scope)` has those of a part of the business."""
        return self.limits.usual

    @property
    def zone(self) -> ZoneInfo:
        """Where the company is, as it says; else where its inbox is worked on, else that of its first hours, else UTC."""
        hours = next((one for one in (self.inbox.hours, *self.hours.values()) if one is not None), None)
        return self.time_zone or (hours.zone if hours else ZoneInfo("UTC"))

    def require(self, action: str, facts: Mapping[str, Any]) -> Requirement:
        """What the first matching rule asks for. Raises PolicyRejected when none matches."""
        for rule in self._rules_of(action):
            if _first_miss(rule, facts) is None:
                return self._requirement(rule)
        raise PolicyRejected(
            f"No rule of policy {self.version} allows {action} here, so it is not permitted; "
            f"`expediter policy explain {action}` shows how far each rule is from matching."
        )

    def explain(self, action: str, facts: Mapping[str, Any]) -> list[RuleOutcome]:
        """Every rule of the action from the top; the first that matched decides, later ones are shown for comparison."""
        return [_outcome(rule, _first_miss(rule, facts), self._requirement(rule)) for rule in self._rules_of(action)]

    def line(self, section: str, index: int) -> int:
        """The line (from 1) of one of its rules or examples (from 0)."""
        return line_of(self.text, section, index)

    def decided_by(self, example: Example) -> str:
        """The id of the rule, or `rejected`."""
        try:
            return self.require(example.action, example.facts).rule
        except PolicyRejected:
            return REJECTED

    def requirement_of(self, rule: Rule) -> Requirement:
        """What this rule asks for where it decides."""
        return self._requirement(rule)

    def _rules_of(self, action: str) -> list[Rule]:
        return [rule for rule in self.rules if rule.action == action]

    def _requirement(self, rule: Rule) -> Requirement:
        steps = tuple(approval.step for approval in rule.approve)
        return Requirement(
            rule.id,
            steps,
            rule.expires_after,
            rule.sla,
            self.version,
            rule.note,
            rule.second_factor,
            self.hours[rule.hours] if rule.hours else None,
            rule.remind_every,
            rule.escalate.after if rule.escalate else None,
            rule.escalate.to if rule.escalate else (),
            self.never_together,
        )


def load_policy(path: Path | None = None, *, checked: bool = True) -> Policy:
    """Read a policy; None means the packaged one. Raises PolicyInvalid naming file, line and mistake."""
    return _packaged(checked) if path is None else _loaded(path, checked)


@cache
def _packaged(checked: bool) -> Policy:
    """Read once: it does not change while a process runs, and reading takes a tenth of a second."""
    return _loaded(PACKAGED, checked)


def _loaded(file: Path, checked: bool) -> Policy:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as unreadable:
        reason = getattr(unreadable, "strerror", None) or "it is not UTF-8 text"
        raise PolicyInvalid(f"The policy {file} cannot be read: {reason}.") from None
    return read_policy(text, str(file), checked=checked)


def read_policy(text: str, name: str, *, checked: bool = True) -> Policy:
    """Read a policy's text; `name` is what mistakes are told of. Raises PolicyInvalid with the line.

    With `checked`, the examples have to be decided as they say.
    """
    parsed = parse(text, name, PolicyFile)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    hours = {name: section.hours for name, section in parsed.hours.items()}
    policy = Policy(
        f"v{parsed.version}-{digest}",
        parsed.rules,
        ThresholdBook(parsed.thresholds, parsed.exceptions),
        calendars_of(parsed.warehouses),
        hours,
        tuple(map(frozenset, parsed.never_together)),
        parsed.examples,
        name,
        text,
        parsed.request_budget_per_day,
        parsed.inbox.rules(hours),
        parsed.time_zone,
    )
    for index, example in enumerate(parsed.examples if checked else ()):
        if (got := policy.decided_by(example)) != example.expect:
            line = policy.line("examples", index)
            raise PolicyInvalid(f"{name}, line {line}: this example expects `{example.expect}`, but the rules say `{got}`.")
    return policy


def _outcome(rule: Rule, miss: str | None, requirement: Requirement) -> RuleOutcome:
    return RuleOutcome(rule.id, miss is None, miss or "every condition holds", requirement.words(), rule.note)


def _first_miss(rule: Rule, facts: Mapping[str, Any]) -> str | None:
    """The first condition that does not hold, in words; None when the rule matches."""
    return next(
        (miss for name, condition in rule.when.items() if (miss := _miss(name, condition, facts.get(name))) is not None), None
    )


def _miss(name: str, condition: Condition, value: Any) -> str | None:
    if value is None or value in ([], ()):
        return f"{name} is not known"
    if condition.bounded and (miss := _out_of_bounds(name, condition, _number(value))):
        return miss
    for one in value if isinstance(value, list | tuple) else (value,):
        if condition.equals is not None and not _same(one, condition.equals):
            return f"{name} is {one}, not {condition.equals}"
        if condition.in_ is not None and not any(_same(one, wanted) for wanted in condition.in_):
            return f"{name} is {one}, none of {', '.join(map(str, condition.in_))}"
    return None


def holds(condition: Condition, value: Any) -> bool:
    """Whether one condition holds for a fact's value."""
    return _miss("", condition, value) is None


def _out_of_bounds(name: str, condition: Condition, value: Decimal | None) -> str | None:
    if value is None:
        return f"{name} is not a number"
    if condition.min is not None and value < condition.min:
        return f"{name} is {value}, below {condition.min}"
    if condition.max is not None and value > condition.max:
        return f"{name} is {value}, above {condition.max}"
    return None


def _same(value: Any, wanted: str | int) -> bool:
    return _number(value) == wanted if isinstance(wanted, int) else value == wanted


def _number(value: Any) -> Decimal | None:
    """None for what is no finite number: it then meets no bound."""
    if isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
