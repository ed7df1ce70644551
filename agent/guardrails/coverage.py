"""What the rules of a policy leave over: rules nothing reaches, rules that contradict each other, cases no rule speaks of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from agent.guardrails.boxes import Axis, Box, empty, largest_outside, left_of, meet, number_axis, text_axis, within
from agent.guardrails.policy import Policy, holds
from agent.guardrails.policy_model import Condition, Rule
from agent.guardrails.vocabulary import FACTS, Fact


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A rule that never decides anything."""

    rule: str
    line: int
    by: tuple[str, ...]
    """The earlier rules that take all of it; none: its own conditions exclude each other."""
    by_lines: tuple[int, ...]

    def words(self) -> str:
        if not self.by:
            return f"line {self.line}: the rule `{self.rule}` can never match; its own conditions exclude each other."
        earlier = " and ".join(f"`{rule}` (line {line})" for rule, line in zip(self.by, self.by_lines, strict=True))
        return f"line {self.line}: the rule `{self.rule}` decides nothing; {earlier} above it match all that it matches."


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rules that ask for different approvals and both match some case; the earlier decides it."""

    earlier: str
    later: str
    earlier_line: int
    later_line: int
    where: str

    def words(self) -> str:
        return (
            f"line {self.later_line}: `{self.later}` also matches where `{self.earlier}` (line {self.earlier_line}) decides: "
            f"{self.where}."
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """Where no rule of an action matches, so that it is rejected there."""

    action: str
    where: str
    """`anything` where it has no rule at all."""


@dataclass(frozen=True, slots=True)
class Coverage:
    unreachable: tuple[Unreachable, ...]
    overlaps: tuple[Overlap, ...]
    """Of rules of which neither contains the other: the narrow one before the wide one is how a ladder of rules is written."""
    gaps: tuple[Gap, ...]
    untried: tuple[str, ...]
    """Rules that none of the policy's examples reaches."""


def coverage_of(policy: Policy) -> Coverage:
    grounds = [Ground.of(policy, action) for action in FACTS]
    return Coverage(
        tuple(found for ground in grounds for found in ground.unreachable(policy)),
        tuple(found for ground in grounds for found in ground.overlaps(policy)),
        tuple(gap for ground in grounds for gap in ground.gaps()),
        untried(policy),
    )


def untried(policy: Policy) -> tuple[str, ...]:
    reached = {policy.decided_by(example) for example in policy.examples}
    return tuple(rule.id for rule in policy.rules if rule.id not in reached)


@dataclass(frozen=True, slots=True)
class Ground:
    """One action's facts, and its rules as boxes in them."""

    action: str
    axes: tuple[Axis, ...]
    rules: tuple[Rule, ...]
    boxes: tuple[Box, ...]

    @classmethod
    def of(cls, policy: Policy, action: str) -> "Ground":
        rules = tuple(rule for rule in policy.rules if rule.action == action)
        axes = tuple(
            _axis(name, fact, conditions)
            for name, fact in FACTS[action].items()
            if (conditions := [rule.when[name] for rule in rules if name in rule.when])
        )
        return cls(action, axes, rules, tuple(_box(rule, axes) for rule in rules))

    @property
    def everything(self) -> Box:
        return tuple(axis.whole for axis in self.axes)

    def unreachable(self, policy: Policy) -> Iterable[Unreachable]:
        for index, (rule, box) in enumerate(zip(self.rules, self.boxes, strict=True)):
            if not left_of(box, self.boxes[:index]):
                by = [] if empty(box) else self._needed(box, index)
                lines = tuple(_line(policy, self.rules[one]) for one in by)
                yield Unreachable(rule.id, _line(policy, rule), tuple(self.rules[one].id for one in by), lines)

    def overlaps(self, policy: Policy) -> Iterable[Overlap]:
        for later in range(len(self.boxes)):
            for earlier in range(later):
                shared = self._shared(earlier, later)
                if shared is not None:
                    one, other = self.rules[earlier], self.rules[later]
                    yield Overlap(one.id, other.id, _line(policy, one), _line(policy, other), self.words(shared))

    def gaps(self) -> Iterable[Gap]:
        if not self.rules:
            yield Gap(self.action, "anything")
            return
        for box in largest_outside(self.everything, self.boxes):
            yield Gap(self.action, self.words(box))

    def words(self, box: Box) -> str:
        said = [axis.words(mask) for axis, mask in zip(self.axes, box, strict=True) if mask != axis.whole]
        return " and ".join(said) or "anything"

    def _needed(self, box: Box, index: int) -> Sequence[int]:
        """Of the earlier rules as few as still take all of the box."""
        by = [one for one in range(index) if not empty(meet(box, self.boxes[one]))]
        for one in reversed(by[:]):
            fewer = [other for other in by if other != one]
            if not left_of(box, [self.boxes[other] for other in fewer]):
                by = fewer
        return by

    def _shared(self, earlier: int, later: int) -> Box | None:
        one, other = self.boxes[earlier], self.boxes[later]
        shared = meet(one, other)
        if empty(shared) or within(one, other) or within(other, one):
            return None
        if self.rules[earlier].approve == self.rules[later].approve or not left_of(shared, self.boxes[:earlier]):
            return None
        return shared


def _axis(name: str, fact: Fact, conditions: Sequence[Condition]) -> Axis:
    if not fact.number:
        return text_axis(name, fact, [frozenset(map(str, one)) for condition in conditions for one in _sets(condition)])
    bounds = (bound for condition in conditions for bound in (condition.min, condition.max) if bound is not None)
    named = (Decimal(value) for condition in conditions for value in condition.wanted if isinstance(value, int))
    return number_axis(name, [*bounds, *named], fact.whole)


def _sets(condition: Condition) -> Iterable[Iterable[str | int]]:
    if condition.equals is not None:
        yield (condition.equals,)
    if condition.in_ is not None:
        yield condition.in_


def _box(rule: Rule, axes: Sequence[Axis]) -> Box:
    def meets(axis: Axis, condition: Condition) -> int:
        return axis.meeting(lambda value: holds(condition, value))

    return tuple(meets(axis, rule.when[axis.name]) if axis.name in rule.when else axis.whole for axis in axes)


def _line(policy: Policy, rule: Rule) -> int:
    return policy.line("rules", policy.rules.index(rule))
