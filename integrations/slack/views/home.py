"""A person's Home: what waits for them by time left, what they asked for, findings, inbox, the day's brief, settings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time

from agent.domain.absences import Absence
from agent.domain.briefs import Brief, Change, late_mails_said
from agent.domain.decisions import Person, Proposal, ProposalState
from agent.domain.erp_users import FoundUser, Said
from agent.domain.finding_life import KnownFinding
from agent.domain.findings import Severity
from agent.domain.mailbox import InboxMail
from agent.domain.quiet_hours import QuietHours
from agent.domain.second_factor import AuthenticatorState
from integrations.slack.interaction import Payload
from integrations.slack.views import blocks as b
from integrations.slack.views import inputs
from integrations.slack.views.finding import carried_finding
from integrations.slack.views.mail import mail_lines
from integrations.slack.views.revision import carried
from integrations.slack.views.scene import Scene
from integrations.slack.views.telling import SEVERITIES, STATES, count, left, when

QUIET = "quiet"
MOST_WAITING, MOST_ASKED, MOST_FINDINGS, MOST_MAILS = 30, 8, 10, 8


@dataclass(frozen=True, slots=True)
class Pieces:
    """Of one person, read for them."""

    waiting: Sequence[Proposal] = ()
    """What this person can decide on now."""
    asked: Sequence[Proposal] = ()
    """What this person asked for, newest first."""
    findings: Sequence[KnownFinding] = ()
    findings_total: int = 0
    mails: Sequence[InboxMail] = ()
    brief: Brief | None = None
    absence: Absence | None = None
    authenticator: AuthenticatorState = AuthenticatorState.NONE
    quiet: QuietHours | None = None
    erp_user: FoundUser | None = None


def home(person: Person, pieces: Pieces, scene: Scene) -> Payload:
    """The view for views.publish."""
    blocks = [
        *_approvals(person, pieces.waiting, scene),
        *_asked(pieces.asked, scene),
        *_findings(pieces),
        *_inbox(pieces.mails),
        *_brief(pieces.brief),
        *_settings(person, pieces),
        b.context(f"_As of {when(scene.now)}; opened again, it is new._"),
    ]
    return {"type": "home", "blocks": b.stamped(blocks[: b.MOST_IN_VIEW])}


def settings_modal(person: Person, colleagues: Sequence[Person]) -> Payload:
    """An absence: who decides meanwhile."""
    options = [(one.handle, f"{one.name} ({one.handle})") for one in colleagues if one.id != person.id]
    if not options:
        return inputs.modal("Absence", [b.section("There is nobody who could stand in for you.")], "none", b.value("H0", ""))
    return inputs.modal(
        "Absence",
        [
            inputs.alert("Your deputy decides with your roles while you are away, never on what you or they asked for.", "info"),
            inputs.asked("from", "From", inputs.day(), hint="Left empty: from now on", optional=True),
            inputs.asked("until", "Back on", inputs.day()),
            inputs.asked("deputy", "Deputy", inputs.choice(options)),
        ],
        "absence_submit",
        b.value("H0", ""),
        "I am away",
    )


def quiet_modal(hours: QuietHours | None, zone: str) -> Payload:
    """`zone`: where none was said yet."""
    begins, ends = (hours.begins, hours.ends) if hours else (time(20), time(7))
    return inputs.modal(
        "Quiet hours",
        [
            inputs.alert("Reminders meant for you wait until the hours are over. Cards in channels come as always.", "info"),
            inputs.asked("from", "From", inputs.clock(f"{begins:%H:%M}")),
            inputs.asked("until", "Until", inputs.clock(f"{ends:%H:%M}")),
            inputs.asked("zone", "Time zone", inputs.text(hours.zone.key if hours else zone, most=60, least=1)),
        ],
        "quiet_submit",
        b.value("H0", ""),
        "Keep",
    )


def by_time_left(waiting: Sequence[Proposal], scene: Scene) -> list[Proposal]:
    dues = {one.id: deadlines.due if (deadlines := scene.deadlines(one)) else one.expires_at for one in waiting}
    return sorted(waiting, key=lambda one: (dues[one.id], one.id))


def _approvals(person: Person, waiting: Sequence[Proposal], scene: Scene) -> Iterator[Payload]:
    ordered = by_time_left(waiting, scene)
    if not ordered:
        yield b.header("Nothing waits for you")
        yield b.section("What needs your decision shows up here, and as a card in the channel of approvals.")
        return
    dues = [deadlines.due for one in ordered if (deadlines := scene.deadlines(one))]
    late = sum(due < scene.now for due in dues)
    yield b.header(f"{len(ordered)} {'waits' if len(ordered) == 1 else 'wait'} for you")
    yield b.context(
        f"{f'🟠 {late} overdue' if late else f'next due {when(min(dues))}'} · by time left" if dues else "by time left"
    )
    for number, one in enumerate(ordered[:MOST_WAITING]):
        yield b.section(_line(one, scene), b.button("Review", f"review:{number}", carried(one)))
    if len(ordered) > MOST_WAITING:
        every = f"`expediter approvals list --for {b.mrkdwn(person.handle, 80)}`"
        yield b.context(f"… and {len(ordered) - MOST_WAITING:,} more, which have more time left: {every} has all of them.")


def _line(proposal: Proposal, scene: Scene) -> str:
    deadlines = scene.deadlines(proposal)
    sign = "🟠" if deadlines and deadlines.overdue(scene.now) else "🟡"
    time = left(deadlines.due, scene.now) if deadlines else "no time limit"
    title = b.mrkdwn(proposal.content.preview.title, 200)
    return f"{sign} *{proposal.label}* {title}\n{time} · asked for by {b.mrkdwn(proposal.asker.handle, 80)}"


def _asked(asked: Sequence[Proposal], scene: Scene) -> Iterator[Payload]:
    if not asked:
        return
    yield b.divider()
    yield b.section("*What you asked for*")
    for number, one in enumerate(asked[:MOST_ASKED]):
        sign, said = STATES[one.state]
        markup = f"{sign} *{one.label}* {b.mrkdwn(one.content.preview.title, 200)}\n{said}"
        take_back = b.button("Take back…", f"withdraw:{number}", carried(one)) if one.state is ProposalState.PENDING else None
        yield b.section(markup, take_back)


def _findings(pieces: Pieces) -> Iterator[Payload]:
    yield b.divider()
    if not pieces.findings:
        yield b.section("*Findings*\nNone that is yours or critical.")
        return
    yield b.section(f"*Findings*: {pieces.findings_total} open, yours or critical")
    for number, one in enumerate(pieces.findings[:MOST_FINDINGS]):
        markup = f"{SEVERITIES[Severity(one.body['severity'])]} · {b.mrkdwn(one.body['summary'], 300)}"
        yield b.section(markup, b.button("Open", f"finding:{number}", carried_finding(one)))


def _inbox(mails: Sequence[InboxMail]) -> Iterator[Payload]:
    yield b.divider()
    if not mails:
        yield b.section("*Inbox*\nNo mail waits for you.")
        return
    yield b.section(f"*Inbox*: {count(len(mails), 'mail waits', 'mails wait')} for you")
    yield from mail_lines(mails[:MOST_MAILS])


def _brief(brief: Brief | None) -> Iterator[Payload]:
    if brief is None:
        return
    yield b.divider()
    changes = ", ".join(f"{brief.counts.get(one, 0)} {one.value}" for one in Change)
    risk = f"{count(brief.at_risk, 'order is', 'orders are')} at risk of {brief.standing.open_orders} open"
    late = f"\n📨 {said}" if (said := late_mails_said(brief.late_mails)) else ""
    read = b.button("Read the brief", "brief", b.value("B0", ""))
    yield b.section(f"*Today*\n{risk}; since {when(brief.since)}: {changes}.{late}", read)


def _settings(person: Person, pieces: Pieces) -> Iterator[Payload]:
    roles = ", ".join(sorted(one.replace("_", " ") for one in person.roles))
    factor = {
        AuthenticatorState.CONFIRMED: "set up",
        AuthenticatorState.ENROLLED: "not confirmed yet: `expediter person authenticator confirm`",
        AuthenticatorState.NONE: "none: `expediter person authenticator enrol` sets one up",
    }[pieces.authenticator]
    away = pieces.absence
    lines = [
        f"*You are* {b.mrkdwn(person.name, 100)} ({b.mrkdwn(person.handle, 80)}): {roles or 'no role yet'}",
        f"*Mail address*: {b.mrkdwn(person.email, 200)}, by which Slack and Odoo know you",
        _in_odoo(pieces.erp_user),
        f"*Authenticator*: {factor}",
        f"*Absence*: {b.mrkdwn(away.deputy.handle, 80)} stands in until {when(away.ends_at)}" if away else "*Absence*: none",
        f"*Quiet hours*: {_hours(pieces.quiet)}",
    ]
    yield b.divider()
    yield b.section("\n".join(lines))
    here = b.value("H0", "")
    yield b.actions(
        b.button("I am back", "absence_end", b.value(f"A{away.id}", "")) if away else b.button("I am away…", "absence", here),
        b.button("Quiet hours…", QUIET, here),
        *([b.button("No quiet hours", "quiet_end", here)] if pieces.quiet else []),
        *_answers_on(pieces.erp_user),
    )


def _in_odoo(found: FoundUser | None) -> str:
    if found is None:
        return "*In Odoo*: nobody has looked for you there yet; the worker does within five minutes"
    if found.user is None:
        return f"*In Odoo*: {b.mrkdwn(found.why, 500)}"
    named = f"{b.mrkdwn(found.user.name, 100)} ({b.mrkdwn(found.user.login, 100)})"
    match found.said:
        case Said.CONFIRMED:
            return f"*In Odoo*: {named}; findings that Odoo has you down for are yours"
        case Said.REFUSED:
            return f"*In Odoo*: not linked; {named} has your address, and you said that is not you"
        case Said.UNLINKED:
            return f"*In Odoo*: not linked; {named} has your address"
        case None:
            return f"*This is you in Odoo*: {named}? Nothing is linked until you say so"


def _answers_on(found: FoundUser | None) -> Iterator[Payload]:
    if found is None or found.user is None:
        return
    carried = b.value(f"E{found.id}", "")
    if found.said is Said.CONFIRMED:
        yield b.button("Unlink Odoo", "erp_unlink", carried)
        return
    yield b.button("That is me in Odoo", "erp_confirm", carried)
    if found.said is None:
        yield b.button("That is not me", "erp_refuse", carried)


def _hours(quiet: QuietHours | None) -> str:
    return f"{quiet.begins:%H:%M} to {quiet.ends:%H:%M}, {b.mrkdwn(quiet.zone.key, 60)}" if quiet else "none"
