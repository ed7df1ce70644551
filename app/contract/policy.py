"""How the rules of the policy fare on some facts."""

from collections.abc import Mapping
from typing import Any

from agent.guardrails.policy import Policy, RuleOutcome
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
