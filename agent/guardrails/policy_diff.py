"""What changes from one policy to another, and who would decide what differently."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import time
from enum import StrEnum

from agent.domain.decisions import Proposal
from agent.errors import PolicyRejected
from agent.guardrails.durations import duration
from agent.guardrails.inbox_rules import InboxRules
from agent.guardrails.policy import REJECTED, Policy, Thresholds
from agent.guardrails.policy_model import Rule
from agent.guardrails.thresholds import ThresholdException

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    """It says the same as before, below or above other rules than before."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a rule says; empty: nothing."""

    key: str
    was: str
    now: str

    def words(self) -> str:
        return f"{self.key}: {self.was or 'nothing'} → {self.now or 'nothing'}"


@dataclass(frozen=True, slots=True)
class RuleChange:
    rule: str
    action: str
    kind: ChangeKind
    parts: tuple[Part, ...]
    """What differs."""

    @property
    def words(self) -> tuple[str, ...]:
        if self.kind in (ChangeKind.ADDED, ChangeKind.REMOVED):
            return tuple(f"{part.key}: {part.was or part.now}" for part in self.parts)
        return tuple(part.words() for part in self.parts)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Who decides by one policy."""

    rule: str
    approval: str
    """In words; `rejected` where no rule allows it."""


@dataclass(frozen=True, slots=True)
class JudgedOtherwise:
    """A proposal that somebody else would have to decide."""

    proposal: Proposal
    old: Judgement
    new: Judgement


def judge(policy: Policy, proposal: Proposal) -> Judgement:
    try:
        requirement = policy.require(proposal.content.action, proposal.content.facts)
    except PolicyRejected:
        return Judgement(REJECTED, REJECTED)
    return Judgement(requirement.rule, requirement.words())


def judged_otherwise(old: Policy, new: Policy, proposals: Iterable[Proposal]) -> list[JudgedOtherwise]:
    """Those whose approval differs; another name of the rule alone makes no difference."""
    both = ((proposal, judge(old, proposal), judge(new, proposal)) for proposal in proposals)
    return [JudgedOtherwise(*found) for found in both if found[1].approval != found[2].approval]


def changed_rules(old: Policy, new: Policy) -> list[RuleChange]:
    """By id, in the order of the new policy; removed ones last."""
    before, after = {rule.id: rule for rule in old.rules}, {rule.id: rule for rule in new.rules}
    stay = [rule.id for rule in old.rules if rule.id in after]
    moved = _moved(stay, [rule.id for rule in new.rules if rule.id in before])
    found = [_change(before.get(rule.id), rule, rule.id in moved) for rule in new.rules]
    gone = [
        RuleChange(rule.id, rule.action, ChangeKind.REMOVED, _parts(rule, None)) for rule in old.rules if rule.id not in after
    ]
    return [*(change for change in found if change is not None), *gone]


def changed_settings(old: Policy, new: Policy) -> list[Part]:
    """What else differs, each as it was and as it would be."""
    limits = [_part(name, getattr(old.thresholds, name), getattr(new.thresholds, name)) for name in Thresholds.model_fields]
    together = [[" with ".join(sorted(pair)) for pair in policy.never_together] for policy in (old, new)]
    exceptions = [[_exception(one) for one in policy.limits.exceptions] for policy in (old, new)]
    found = [
        *limits,
        _part("request_budget_per_day", old.request_budget_per_day, new.request_budget_per_day),
        _part("time_zone", old.time_zone, new.time_zone),
        *_listed("exception", *exceptions),
        *_named("warehouse", old.calendars, new.calendars),
        *_named("hours", old.hours, new.hours),
        *_listed("never together", *together),
        *_inbox(old.inbox, new.inbox),
    ]
    return [part for part in found if part.was != part.now]


def _part(key: str, was: object, now: object) -> Part:
    return Part(key, "" if was is None else str(was), "" if now is None else str(now))


def _listed(key: str, old: Sequence[str], new: Sequence[str]) -> list[Part]:
    """What went and what came; where only the order differs, that."""
    parts = [Part(key, said, "") for said in old if said not in new] + [Part(key, "", said) for said in new if said not in old]
    return parts or [Part(f"{key}, in this order", "; ".join(old), "; ".join(new))]


def _named(key: str, old: Mapping[str, object], new: Mapping[str, object]) -> list[Part]:
    return [Part(f"{key} {name}", _hours(old.get(name)), _hours(new.get(name))) for name in {**old, **new}]


def _inbox(old: InboxRules, new: InboxRules) -> list[Part]:
    was, now = old.words(), new.words()
    said = [Part(f"inbox, {name}", was.get(name, ""), now.get(name, "")) for name in {**was, **now}]
    return [*said, Part("inbox hours", _hours(old.hours), _hours(new.hours))]


def _exception(exception: ThresholdException) -> str:
    where = ", ".join(f"{name} {value}" for name, value in exception.where.model_dump(mode="json", exclude_none=True).items())
    return f"{where}: {', '.join(f'{name} {value}' for name, value in exception.changes.items())}"


def _hours(calendar: object) -> str:
    """Every field of a calendar, so that none can change unseen; empty: there is none."""
    if calendar is None:
        return ""
    told = ((one.name.replace("_", " "), _said(getattr(calendar, one.name))) for one in fields(calendar))  # type: ignore[arg-type]
    return ", ".join(f"{name} {said}" for name, said in told if said)


def _said(value: object) -> str:
    match value:
        case None:
            return ""
        case frozenset():
            days = sorted(value)
            return " ".join(DAYS[day] if isinstance(day, int) else str(day) for day in days)
        case time():
            return f"{value:%H:%M}"
        case Mapping():
            return " ".join(f"{name} {_said(one)}" for name, one in sorted(value.items()))
        case _:
            return str(value)


def _change(old: Rule | None, new: Rule, moved: bool) -> RuleChange | None:
    if old is None:
        return RuleChange(new.id, new.action, ChangeKind.ADDED, _parts(None, new))
    if parts := _parts(old, new):
        return RuleChange(new.id, new.action, ChangeKind.CHANGED, parts)
    return RuleChange(new.id, new.action, ChangeKind.MOVED, (Part("place", "where it was", "moved"),)) if moved else None


def _moved(before: list[str], after: list[str]) -> frozenset[str]:
    """As few as have to be taken out for the others to stand in the same order."""
    kept = [[0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in reversed(range(len(before))):
        for j in reversed(range(len(after))):
            same = kept[i + 1][j + 1] + 1 if before[i] == after[j] else 0
            kept[i][j] = max(same, kept[i + 1][j], kept[i][j + 1])
    i = j = 0
    stayed = set[str]()
    while i < len(before) and j < len(after):
        if before[i] == after[j]:
            stayed.add(before[i])
            i, j = i + 1, j + 1
        elif kept[i + 1][j] >= kept[i][j + 1]:
            i += 1
        else:
            j += 1
    return frozenset(before) - stayed


def _parts(old: Rule | None, new: Rule | None) -> tuple[Part, ...]:
    was, now = _sayings(old) if old else {}, _sayings(new) if new else {}
    parts = (Part(key, was.get(key, ""), now.get(key, "")) for key in (was or now))
    return tuple(part for part in parts if part.was != part.now)


def _sayings(rule: Rule) -> dict[str, str]:
    conditions = rule.model_dump(mode="json", by_alias=True, exclude_none=True)["when"]
    when = ", ".join(
        f"{name} {' '.join(f'{key} {_value(value)}' for key, value in one.items())}" for name, one in conditions.items()
    )
    return {
        "action": rule.action,
        "when": when,
        "approve": ", then ".join(approval.step.words() for approval in rule.approve),
        "expires after": duration(rule.expires_after),
        "sla": duration(rule.sla),
        "hours": rule.hours or "",
        "remind every": duration(rule.remind_every) if rule.remind_every else "",
        "escalate": f"to {', '.join(rule.escalate.to)} after {duration(rule.escalate.after)}" if rule.escalate else "",
        "second factor": "asked for" if rule.second_factor else "",
        "note": rule.note,
    }


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
