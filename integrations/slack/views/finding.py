"""One finding in a modal, with what a person can say of it."""

from datetime import datetime

from agent.domain.finding_life import EventKind, FindingEvent, KnownFinding
from agent.domain.findings import Severity
from integrations.slack.interaction import Payload
from integrations.slack.views import blocks as b
from integrations.slack.views import inputs
from integrations.slack.views.telling import SEVERITIES, when

TAKE, SNOOZE_DAY, SNOOZE_WEEK, SNOOZE_UNTIL = "take", "snooze_day", "snooze_week", "snooze_until"
DEEDS = (
    (EventKind.ACKNOWLEDGED.value, "I know of it"),
    (TAKE, "I take care of it"),
    (SNOOZE_DAY, "Remind me tomorrow"),
    (SNOOZE_WEEK, "Remind me in a week"),
    (SNOOZE_UNTIL, "Remind me on the day below"),
    (EventKind.MARKED_TRUE.value, "It is right (say how you know)"),
    (EventKind.MARKED_FALSE.value, "It is a false alarm (say why)"),
    (EventKind.COMMENTED.value, "A comment"),
)
UNTIL = "Until then it is in no list of what is open, unless it gets graver"
MOST_EVIDENCE, MOST_EVENTS = 8, 5


def carried_finding(finding: KnownFinding) -> str:
    """A finding that got graver is another one to whoever has not seen that."""
    return b.value(finding.label, str(finding.body["severity"]))


def finding_modal(finding: KnownFinding) -> Payload:
    body = finding.body
    said = [one for one in finding.history if one.person][-MOST_EVENTS:]
    evidence = [
        b.paragraph(b.link(one["name"], one["url"]), b.run(f"  {one['field']}: "), b.run(one["value"], 200))
        for one in body["evidence"][:MOST_EVIDENCE]
    ]
    ended = [(EventKind.UNSNOOZED.value, "Remind me from now on")] if finding.snoozed_until else []
    blocks = [
        b.section(f"*{SEVERITIES[Severity(body['severity'])]}* · {b.mrkdwn(body['summary'], 1_000)}"),
        b.context(f"{finding.label} · {_named(body['kind'])} · since {when(_moment(body['since']))} · {_standing(finding)}"),
        *([b.rich(b.paragraph(b.bold("Read from Odoo")), b.bullets(evidence))] if evidence else []),
        *([b.rich(b.bullets(map(_event, said)))] if said else []),
        inputs.asked("deed", "What do you say", inputs.choice([*ended, *DEEDS])),
        inputs.asked("until", "Remind me on", inputs.day(), hint=UNTIL, optional=True),
        inputs.asked("note", "Note", inputs.text(lines=True, most=1_500), optional=True),
    ]
    return inputs.modal(finding.label, blocks, "finding_submit", carried_finding(finding), "Say it")


def _event(event: FindingEvent) -> Payload:
    reason = f": {event.reason}" if event.reason else ""
    return b.paragraph(b.bold(f"{event.person} "), b.run(f"{_named(event.kind.value)}{reason}", 400))


def _standing(finding: KnownFinding) -> str:
    owner = f", {b.mrkdwn(finding.owner, 80)} takes care" if finding.owner else ""
    until = f" until {when(finding.snoozed_until)}" if finding.snoozed_until else ""
    return f"{_named(finding.state.value)}{until}{owner}"


def _named(kind: str) -> str:
    return kind.replace("_", " ")


def _moment(text: str | datetime) -> datetime:
    return text if isinstance(text, datetime) else datetime.fromisoformat(text)
