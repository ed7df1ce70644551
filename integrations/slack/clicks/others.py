"""Findings, options, the brief, absences and mails."""

from datetime import UTC, date, datetime, time, timedelta

from agent.domain.finding_life import Deed, EventKind
from agent.domain.findings import Severity
from agent.domain.mailbox import InboxMail
from agent.domain.quiet_hours import quiet_hours
from agent.errors import PreconditionFailed, StaleShown
from integrations.slack.clicks.click import Click
from integrations.slack.clicks.deciding import beside
from integrations.slack.clicks.deeds import MailDeeds
from integrations.slack.interaction import Reaction
from integrations.slack.text import escaped
from integrations.slack.views.brief import brief_modal
from integrations.slack.views.finding import SNOOZE_DAY, SNOOZE_UNTIL, SNOOZE_WEEK, TAKE, finding_modal
from integrations.slack.views.home import quiet_modal, settings_modal
from integrations.slack.views.mail import assign_modal, class_modal, draft_modal, mail_modal, mail_rev
from integrations.slack.views.propose import propose_modal
from integrations.slack.views.revision import option_in, option_shown

SNOOZES = {SNOOZE_DAY: timedelta(days=1), SNOOZE_WEEK: timedelta(days=7)}
#: People come back in the morning, wherever they are.
MORNING = time(6, tzinfo=UTC)


def finding(click: Click) -> Reaction:
    return Reaction(open_view=finding_modal(click.deeds.finding(click.person, click.shown("F").number)))


def finding_said(click: Click) -> Reaction:
    """Of a finding that got graver since it was shown nothing is recorded: the database refuses it."""
    shown, deed, note = click.shown("F"), click.given("deed"), click.given("note")
    try:
        severity = Severity(shown.rev)
    except ValueError:
        raise StaleShown("This button is of no card that is known here; look at the card again.") from None
    until = _morning(click.given("until")) if deed == SNOOZE_UNTIL else None
    if deed == SNOOZE_UNTIL and (until is None or until <= click.deeds.now()):
        return beside(click, "until", "Choose a day that is still to come.")
    click.deeds.say(click.person, shown.number, _deed(click, deed, severity, note, until))
    return Reaction(private=f"It is noted: {shown.label}{f' comes back on {until:%Y-%m-%d}' if until else ''}.")


def _deed(click: Click, deed: str, severity: Severity, note: str, until: datetime | None) -> Deed:
    if deed == TAKE:
        return Deed(EventKind.ASSIGNED, severity, note, owner_id=click.person.id)
    if until is not None:
        return Deed(EventKind.SNOOZED, severity, note, until=until)
    if deed in SNOOZES:
        return Deed(EventKind.SNOOZED, severity, note, until=click.deeds.now() + SNOOZES[deed])
    if deed in (EventKind.ACKNOWLEDGED, EventKind.UNSNOOZED, EventKind.MARKED_TRUE, EventKind.MARKED_FALSE, EventKind.COMMENTED):
        return Deed(EventKind(deed), severity, note)
    raise PreconditionFailed("Choose what you say of it.")


def propose(click: Click) -> Reaction:
    name, rev = option_in(click.carried)
    row = click.deeds.order(click.person, name)
    return Reaction(open_view=propose_modal(name, option_shown(row["options"], rev), rev))


def proposed(click: Click) -> Reaction:
    """What is proposed is what the last scan says, not what came with the click."""
    name, rev = option_in(click.carried)
    option = option_shown(click.deeds.order(click.person, name)["options"], rev)
    if option["action"] is None:
        raise PreconditionFailed("This is nothing that can be proposed; do it in Odoo.")
    click.deeds.propose(click.person, option["action"], option["arguments"], click.given("reason"))
    return Reaction(private=f"It is being proposed for {escaped(name)}; its card comes in a moment, and somebody approves it.")


def brief(click: Click) -> Reaction:
    found = click.deeds.brief(click.person)
    if found is None:
        return Reaction(private="Nothing has been scanned yet; the worker scans as soon as it runs.")
    return Reaction(open_view=brief_modal(found, click.carried))


def absence(click: Click) -> Reaction:
    return Reaction(open_view=settings_modal(click.person, click.deeds.people()))


def away(click: Click) -> Reaction:
    until, begins = _morning(click.given("until")), click.given("from")
    if until is None:
        return beside(click, "until", "Say on which day you are back.")
    noted = click.deeds.away(click.person, click.given("deputy"), _morning(begins) if begins else None, until)
    return Reaction(private=f"{escaped(noted.deputy.handle)} stands in for you until {noted.ends_at:%Y-%m-%d}.")


def back(click: Click) -> Reaction:
    click.deeds.back(click.person, click.shown("A").number)
    return Reaction(private="Welcome back: nobody stands in for you any more.")


def quiet(click: Click) -> Reaction:
    """In the time zone of whoever clicked, as Slack has it; else in the company's."""
    zone = click.it.zone or click.deeds.policy().zone.key
    return Reaction(open_view=quiet_modal(click.deeds.quiet(click.person), zone))


def kept_quiet(click: Click) -> Reaction:
    hours = quiet_hours(click.given("from"), click.given("until"), click.given("zone"))
    click.deeds.keep_quiet(click.person, hours)
    return Reaction(private=f"Reminders wait from {hours.begins:%H:%M} to {hours.ends:%H:%M}, {escaped(hours.zone.key)}.")


def not_quiet(click: Click) -> Reaction:
    click.deeds.keep_quiet(click.person, None)
    return Reaction(private="Reminders come at any hour again.")


def _morning(day: str) -> datetime | None:
    """A day that has begun began when it did: the database takes no absence that begins in the past, so it begins now."""
    try:
        return datetime.combine(date.fromisoformat(day), MORNING)
    except ValueError:
        return None


def mail(click: Click) -> Reaction:
    return Reaction(open_view=mail_modal(_mail(click)[1]))


def mail_draft(click: Click) -> Reaction:
    return Reaction(open_view=draft_modal(_mail(click)[1]))


def mail_class(click: Click) -> Reaction:
    return Reaction(open_view=class_modal(_mail(click)[1]))


def mail_assign(click: Click) -> Reaction:
    return Reaction(open_view=assign_modal(_mail(click)[1], click.deeds.people()))


def mail_handled(click: Click) -> Reaction:
    desk, mail = _mail(click)
    desk.handled(click.person, mail.id, int(mail_rev(mail)))
    return Reaction(private=f"{mail.label} is handled.")


def draft_written(click: Click) -> Reaction:
    desk, mail = _mail(click)
    desk.propose_reply(click.person, mail.id, click.given("draft"), click.given("reason"))
    return Reaction(private="The reply is being proposed; it goes out once somebody approved it.")


def class_corrected(click: Click) -> Reaction:
    desk, mail = _mail(click)
    desk.correct(click.person, mail.id, int(mail_rev(mail)), click.given("class"), click.given("note"))
    return Reaction(private=f"{mail.label} is corrected; triage learns from it.")


def assigned(click: Click) -> Reaction:
    desk, mail = _mail(click)
    owner = next((one for one in click.deeds.people() if one.handle == click.given("owner")), None)
    if owner is None:
        raise PreconditionFailed("Choose who takes care of it.")
    desk.assign(click.person, mail.id, int(mail_rev(mail)), owner)
    return Reaction(private=f"{escaped(owner.handle)} takes care of {mail.label}.")


def _mail(click: Click) -> tuple[MailDeeds, InboxMail]:
    """As it is now. Raises StaleShown when somebody did something to it since it was shown."""
    desk, shown = click.deeds.mails, click.shown("M")
    found = desk.mail(click.person, shown.number)
    if mail_rev(found) != shown.rev:
        raise StaleShown(f"Somebody has worked on {found.label} since you saw it; look at it again.")
    return desk, found
