"""Putting another version of the policy in force. The effect is in our own database, and approved like any other."""

from datetime import datetime
from typing import Any

from agent.actions.base import Arguments, Effect
from agent.domain.decisions import Change, Preview, ProposalContent, Subject
from agent.errors import DatabaseUnavailable, ErpAnswerLost, ErpRefused, ExpediterError, PreconditionFailed
from agent.guardrails.policy import Policy, read_policy
from agent.guardrails.policy_diff import Part, RuleChange, changed_rules, changed_settings
from agent.guardrails.vocabulary.own import Touches
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter
from agent.ports.policies import PolicyShelf, PolicySwitch

NAME = "activate_policy"


class ActivatePolicy(Arguments):
    version: str
    replaces: str
    """The version it was compared with; when another one is in force by then, it is not put in force."""


class ActivatePolicyAction:
    """Reads and writes the shelf of policies, and no ERP."""

    name = NAME
    description = "Put another version of the policy in force, which says who decides on everything."
    undo = "the version before is put in force again"
    arguments = ActivatePolicy
    lost_answer = "by reading which policy is in force"
    repeatable = False
    editable: tuple[str, ...] = ()

    def __init__(self, shelf: PolicyShelf | None = None, switch: PolicySwitch | None = None) -> None:
        """Who only checks arguments needs neither; only the executor has a switch."""
        self._given = shelf
        self._switch = switch

    @property
    def _shelf(self) -> PolicyShelf:
        if self._given is None:
            raise PreconditionFailed("Policies are put in force through the server only.")
        return self._given

    def prepare(self, arguments: ActivatePolicy, reader: ErpReader) -> ProposalContent:
        current = self._shelf.in_force()
        wanted = self._shelf.stored(arguments.version)
        if current is None or current.version != arguments.replaces:
            now = current.version if current else "none"
            raise PreconditionFailed(f"{arguments.version} was compared with {arguments.replaces}, and {now} is in force now.")
        if wanted.id == current.id:
            raise PreconditionFailed(f"{wanted.version} is in force already.")
        old, new = _read(current.version, current.text), _read(wanted.version, wanted.text)
        changes, settings = changed_rules(old, new), changed_settings(old, new)
        return ProposalContent(
            action=NAME,
            subject=Subject(model="policy", id=wanted.id, name=wanted.version),
            arguments=arguments.model_dump(mode="json"),
            before={"in_force": current.version},
            facts={
                "rules_changed": len(changes),
                "settings_changed": len(settings),
                "changes_its_own_rules": str(Touches.YES if any(one.action == NAME for one in changes) else Touches.NO),
            },
            preview=Preview(
                title=f"Policy {wanted.version} instead of {current.version}",
                changes=(*(shown for change in changes for shown in _shown(change)), *map(_setting, settings)),
                consequence=_consequence(new, changes),
                undo=f"{current.version} is put in force again, with the same approvals.",
            ),
        )

    def check_time(self, content: ProposalContent, now: datetime) -> None:
        """At any time."""

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        if self._switch is None:
            raise ErpRefused("only the executor puts a policy in force")
        try:
            self._switch.activate(content.arguments["version"], content.sha256())
        except DatabaseUnavailable as lost:
            raise ErpAnswerLost(str(lost)) from lost
        except ExpediterError as refusal:
            raise ErpRefused(str(refusal)) from refusal

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        version = self._shelf.version_in_force()
        if version == content.arguments["version"]:
            return Effect.DONE
        return Effect.BEFORE if version == content.arguments["replaces"] else Effect.OTHER

    def verified(self, content: ProposalContent) -> str:
        return f"Policy {content.arguments['version']} is in force; it decides from now on, also on what waits already."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return NAME, {"version": content.arguments["replaces"], "replaces": content.arguments["version"]}


def _read(version: str, text: str) -> Policy:
    return read_policy(text, version, checked=False)


def _shown(change: RuleChange) -> list[Change]:
    """One line for each thing that differs in a rule."""
    return [Change(label=f"{change.rule}: {part.key}", before=part.was, after=part.now) for part in change.parts]


def _setting(part: Part) -> Change:
    return Change(label=part.key, before=part.was, after=part.now)


def _consequence(new: Policy, changes: list[RuleChange]) -> str:
    actions = sorted({change.action.replace("_", " ") for change in changes})
    about = f"who decides on {', '.join(actions)}" if actions else "no rule about who decides"
    return f"It changes {about}; what waits for approval is judged by it at once. It has {len(new.rules)} rules."
