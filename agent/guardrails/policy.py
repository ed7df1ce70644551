"""Who has to approve what. No rule, no action."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from agent.domain.calendars import WarehouseCalendar
from agent.errors import PolicyInvalid, PolicyRejected
from agent.guardrails.policy_file import line_of, parse
from agent.guardrails.policy_model import Condition, Example, PolicyFile, Rule
from agent.guardrails.requirement import Requirement, Step
from agent.guardrails.thresholds import Scope, ThresholdBook, Thresholds
from agent.guardrails.warehouse_hours import calendars_of

__all__ = ["Policy", "Requirement", "RuleOutcome", "Scope", "Step", "ThresholdBook", "Thresholds", "load_policy"]

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

    @property
    def thresholds(self) -> Thresholds:
        """The usual ones; `limits.at(scope)` has those of a part of the business."""
        return self.limits.usual

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

    def _rules_of(self, action: str) -> list[Rule]:
        return [rule for rule in self.rules if rule.action == action]

    def _requirement(self, rule: Rule) -> Requirement:
        steps = tuple(approval.step for approval in rule.approve)
        return Requirement(rule.id, steps, rule.expires_after, rule.sla, self.version, rule.note, rule.second_factor)


def load_policy(path: Path | None = None) -> Policy:
    """Read a policy; None means the packaged one. Raises PolicyInvalid naming file, line and mistake."""
    file = path or PACKAGED
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as unreadable:
        reason = getattr(unreadable, "strerror", None) or "it is not UTF-8 text"
        raise PolicyInvalid(f"The policy {file} cannot be read: {reason}.") from None
    parsed = parse(text, str(file), PolicyFile)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    limits = ThresholdBook(parsed.thresholds, parsed.exceptions)
    policy = Policy(f"v{parsed.version}-{digest}", parsed.rules, limits, calendars_of(parsed.warehouses))
    for index, example in enumerate(parsed.examples):
        if (got := _decided_by(policy, example)) != example.expect:
            line = line_of(text, "examples", index)
            raise PolicyInvalid(f"{file}, line {line}: this example expects `{example.expect}`, but the rules say `{got}`.")
    return policy


def _decided_by(policy: Policy, example: Example) -> str:
    try:
        return policy.require(example.action, example.facts).rule
    except PolicyRejected:
        return REJECTED


def _outcome(rule: Rule, miss: str | None, requirement: Requirement) -> RuleOutcome:
    return RuleOutcome(rule.id, miss is None, miss or "every condition holds", requirement.words(), rule.note)


def _first_miss(rule: Rule, facts: Mapping[str, Any]) -> str | None:
    """The first condition that does not hold, in words; None when the rule matches."""
    return next(
        (miss for name, condition in rule.when.items() if (miss := _miss(name, condition, facts.get(name))) is not None), None
    )


def _miss(name: str, condition: Condition, value: Any) -> str | None:
    if value is None:
        return f"{name} is not known"
    if condition.bounded and (miss := _out_of_bounds(name, condition, _number(value))):
        return miss
    if condition.equals is not None and not _same(value, condition.equals):
        return f"{name} is {value}, not {condition.equals}"
    if condition.in_ is not None and not any(_same(value, wanted) for wanted in condition.in_):
        return f"{name} is {value}, none of {', '.join(map(str, condition.in_))}"
    return None


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
