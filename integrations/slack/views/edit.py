"""Editing what is proposed: a typed input for each argument that its action lets an approver change."""

from collections.abc import Mapping
from typing import Any

from agent.actions import editable, editable_action
from agent.domain.decisions import Proposal
from agent.errors import PreconditionFailed
from integrations.slack.interaction import Payload
from integrations.slack.views import inputs
from integrations.slack.views.revision import carried

PREFIX = "edit_"
LONG = 200


def edit_modal(proposal: Proposal) -> Payload:
    """Raises PreconditionFailed where nothing may be changed."""
    if not editable(proposal):
        raise PreconditionFailed(f"Nothing of {proposal.label} can be edited; reject it and have it proposed anew.")
    action = editable_action(proposal, ())
    schema = action.arguments.model_json_schema()["properties"]
    return inputs.modal(
        f"Edit {proposal.label}",
        [
            inputs.alert("This makes a new proposal in place of this one; somebody else has to approve it.", "info"),
            *(_field(proposal, name, schema[name]) for name in action.editable),
            inputs.asked("reason", "Why", inputs.text(lines=True, least=1, placeholder="For whoever asked and whoever approves")),
        ],
        "edit_submit",
        carried(proposal),
        "Propose this",
    )


def changes_in(proposal: Proposal, values: Mapping[str, str | None]) -> dict[str, Any]:
    """What was filled in otherwise than it is; an emptied field stays as it is."""
    action = editable_action(proposal, ())
    schema = action.arguments.model_json_schema()["properties"]
    changed = dict[str, Any]()
    for name in action.editable:
        given, now = values.get(f"{PREFIX}{name}"), proposal.content.arguments.get(name)
        if given and given != _as_text(schema[name], now):
            changed[name] = given == "true" if _is(schema[name], "boolean") else given
    return changed


def _field(proposal: Proposal, name: str, schema: Mapping[str, Any]) -> Payload:
    now = _as_text(schema, proposal.content.arguments.get(name))
    element = _element(schema, now)
    hint = _hint(element, now, f"`expediter edit {proposal.label} {name}=…`", str(schema.get("description", "")))
    return inputs.asked(f"{PREFIX}{name}", name.replace("_", " ").capitalize(), element, hint=hint, optional=True)


def _hint(element: Payload, now: str, longer: str, description: str) -> str:
    """`longer`: the command that takes what does not fit."""
    if element["type"] == "datepicker":
        return ""  # how a date is typed is told to whoever types one
    unshown = inputs.unshown(now, element.get("max_length", inputs.LONGEST))
    return f"{unshown} Left empty, it stays as it is. {longer} takes longer words." if unshown else description


def _element(schema: Mapping[str, Any], now: str) -> Payload:
    if _is(schema, "boolean"):
        return inputs.choice([("true", "yes"), ("false", "no")], now)
    if any(form.get("format") in ("date", "date-time") for form in _forms(schema)):
        return inputs.day(now)
    if _is(schema, "number"):
        least = next((str(form["minimum"]) for form in _forms(schema) if "minimum" in form), "")
        return inputs.number(now, least=least)
    most = next(
        (form["maxLength"] for form in _forms(schema) if form.get("type") == "string" and "maxLength" in form), inputs.LONGEST
    )
    return inputs.text(now, most=min(most, inputs.LONGEST), lines=most > LONG)


def _forms(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(schema.get("anyOf", [schema]))


def _is(schema: Mapping[str, Any], kind: str) -> bool:
    return any(form.get("type") == kind for form in _forms(schema))


def _as_text(schema: Mapping[str, Any], now: Any) -> str:
    """As its input shows it: goods as `HAR-4: 14; GLV-1: 3`, which the action reads again."""
    if isinstance(now, list):
        return "; ".join(": ".join(str(part) for part in line.values()) if isinstance(line, dict) else str(line) for line in now)
    if isinstance(now, bool):
        return "true" if now else "false"
    shown = "" if now is None else str(now)
    return shown[:10] if any(form.get("format") in ("date", "date-time") for form in _forms(schema)) else shown
