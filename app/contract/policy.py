"""How the rules of the policy fare on some facts."""

from collections.abc import Mapping, Sequence
from typing import Any

from agent.guardrails.coverage import coverage_of
from agent.guardrails.policy import Policy, RuleOutcome
from agent.guardrails.policy_diff import ChangeKind, JudgedOtherwise, changed_rules, changed_settings
from app.contract.model import Contract


class RuleRow(Contract):
    rule: str
    matched: bool
    reason: str
    """`every condition holds`, or the first condition that does not."""
    approval: str
    note: str

    @classmethod
    def of(cls, outcome: RuleOutcome) -> "RuleRow":
        return cls(
            rule=outcome.rule,
            matched=outcome.matched,
            reason=outcome.reason,
            approval=outcome.approval,
            note=outcome.note,
        )


class PolicyRow(Contract):
    action: str
    order: str | None
    policy_version: str
    facts: dict[str, Any]
    rule: str | None
    """The rule that decides: the first that matched. Null: none did, so the action is rejected."""
    approval: str
    rules: tuple[RuleRow, ...]

    @classmethod
    def of(cls, policy: Policy, action: str, order: str | None, facts: Mapping[str, Any]) -> "PolicyRow":
        rules = tuple(map(RuleRow.of, policy.explain(action, facts)))
        decides = next((rule for rule in rules if rule.matched), None)
        return cls(
            action=action,
            order=order,
            policy_version=policy.version,
            facts=dict(facts),
            rule=decides.rule if decides else None,
            approval=decides.approval if decides else "rejected",
            rules=rules,
        )


class ExampleRow(Contract):
    line: int
    action: str
    facts: dict[str, Any]
    expect: str
    """The id of a rule, or `rejected`."""
    got: str
    passed: bool


class GapRow(Contract):
    action: str
    where: str
    """In words; `anything` where the action has no rule at all."""


class PolicyTestRow(Contract):
    """How a policy's examples are decided, and what its rules leave over."""

    policy: str
    """The file or version that was read."""
    policy_version: str
    rules: int
    passed: bool
    """Every example is decided as it says, and every rule decides something."""
    examples: tuple[ExampleRow, ...]
    unreachable: tuple[str, ...]
    """A sentence for each rule that decides nothing, with its line and those of the rules above it."""
    overlaps: tuple[str, ...]
    """Worth a look, no mistake: rules with different approvals of which neither contains the other; the earlier decides."""
    rejected: tuple[GapRow, ...]
    """Where no rule matches."""
    untried: tuple[str, ...]
    """Rules that no example reaches."""

    @classmethod
    def of(cls, policy: Policy) -> "PolicyTestRow":
        coverage = coverage_of(policy)
        examples = tuple(_example(policy, index) for index in range(len(policy.examples)))
        return cls(
            policy=policy.name,
            policy_version=policy.version,
            rules=len(policy.rules),
            passed=all(example.passed for example in examples) and not coverage.unreachable,
            examples=examples,
            unreachable=tuple(found.words() for found in coverage.unreachable),
            overlaps=tuple(found.words() for found in coverage.overlaps),
            rejected=tuple(GapRow(action=gap.action, where=gap.where) for gap in coverage.gaps),
            untried=coverage.untried,
        )


class RuleChangeRow(Contract):
    rule: str
    action: str
    kind: ChangeKind
    words: tuple[str, ...]


class JudgedOtherwiseRow(Contract):
    proposal: str
    """`P12`."""
    action: str
    subject: str
    old_rule: str
    old_approval: str
    """In words, or `rejected`."""
    new_rule: str
    new_approval: str

    @classmethod
    def of(cls, found: JudgedOtherwise) -> "JudgedOtherwiseRow":
        return cls(
            proposal=found.proposal.label,
            action=found.proposal.content.action,
            subject=found.proposal.content.subject.name,
            old_rule=found.old.rule,
            old_approval=found.old.approval,
            new_rule=found.new.rule,
            new_approval=found.new.approval,
        )


class PolicyDiffRow(Contract):
    old: str
    new: str
    """The versions."""
    rules: tuple[RuleChangeRow, ...]
    settings: tuple[str, ...]
    """What else differs: thresholds, exceptions, working hours."""
    days: int
    proposals: int
    """How many of the last so many days were judged by both."""
    judged_otherwise: tuple[JudgedOtherwiseRow, ...]

    @classmethod
    def of(cls, old: Policy, new: Policy, days: int, proposals: int, found: Sequence[JudgedOtherwise]) -> "PolicyDiffRow":
        changes = changed_rules(old, new)
        return cls(
            old=old.version,
            new=new.version,
            rules=tuple(RuleChangeRow(rule=one.rule, action=one.action, kind=one.kind, words=one.words) for one in changes),
            settings=tuple(part.words() for part in changed_settings(old, new)),
            days=days,
            proposals=proposals,
            judged_otherwise=tuple(map(JudgedOtherwiseRow.of, found)),
        )


def _example(policy: Policy, index: int) -> ExampleRow:
    example = policy.examples[index]
    got = policy.decided_by(example)
    return ExampleRow(
        line=policy.line("examples", index),
        action=example.action,
        facts=example.facts,
        expect=example.expect,
        got=got,
        passed=got == example.expect,
    )
