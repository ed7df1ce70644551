"""What the worker brings to Slack's channels unasked."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from datetime import datetime

from agent.domain.briefs import Brief
from agent.domain.decisions import Role
from agent.domain.mail import MailClass
from agent.jobs.worker import WorkerContext
from agent.risk.brief import make_brief
from app.settings import WorkerSettings
from app.wiring.slack_masking import without_money
from integrations.database.absences import PostgresAbsences
from integrations.database.approval_notices import PostgresApprovalNotices
from integrations.database.critical_told import PostgresCriticalTold
from integrations.database.mail_inbox import PostgresInbox
from integrations.database.messenger_links import PostgresLinks
from integrations.database.messenger_outbox import PostgresOutbox
from integrations.database.outages import PostgresOutages
from integrations.database.own_affairs import PostgresOwnAffairs
from integrations.database.pool import Pool
from integrations.database.quiet_hours import PostgresQuietTimes
from integrations.slack.announcing import Announcer
from integrations.slack.inbox import InboxAnnouncer
from integrations.slack.operations import Operations
from integrations.slack.outages import OutageNotices
from integrations.slack.service import Work, every
from integrations.slack.views.scene import Scene

LOOK_EVERY_S, TELL_EVERY_S = 5.0, 20.0


def announcements(context: WorkerContext, settings: WorkerSettings, pool: Pool, threads: Executor) -> list[Work]:
    """For each channel that the settings name."""
    works = []
    if settings.slack_approvals_channel:
        announcer = _announcer(context, settings.slack_team or "", pool, settings.slack_approvals_channel)
        works.append(every(LOOK_EVERY_S, announcer.sweep, threads))
    if settings.slack_ops_channel:
        operations = _operations(context, pool, settings.slack_ops_channel)
        notices = OutageNotices(context.reach, PostgresOutages(pool), PostgresOutbox(pool), settings.slack_ops_channel)
        works.append(every(TELL_EVERY_S, operations.sweep, threads))
        works.append(every(TELL_EVERY_S, lambda: notices.sweep(context.clock()), threads))
    if channels := settings.inbox_channels:
        inbox = InboxAnnouncer(PostgresInbox(pool), PostgresOutbox(pool), lambda kind: _route(context, kind), channels)
        works.append(every(LOOK_EVERY_S, inbox.sweep, threads))
    return works


def _route(context: WorkerContext, kind: MailClass) -> Role:
    return context.now().policy.inbox.routes[kind]


def _announcer(context: WorkerContext, team: str, pool: Pool, channel: str) -> Announcer:
    standing, links, quiet = PostgresAbsences(pool), PostgresLinks(pool), PostgresQuietTimes(pool)

    def scene() -> Scene:
        policy = context.now().policy
        return Scene(policy, context.people.all(), standing.standing_in(), context.clock(), context.reader.url)

    def account(person_id: int) -> str | None:
        link = links.of_person(team, person_id)
        return link.account if link and link.confirmed else None

    def rests_until(person_id: int, now: datetime) -> datetime | None:
        hours = quiet.of(person_id)
        return hours.end(now) if hours else None

    return Announcer(context.desk, PostgresApprovalNotices(pool), PostgresOutbox(pool), scene, account, rests_until, channel)


def _operations(context: WorkerContext, pool: Pool, channel: str) -> Operations:
    return Operations(
        context.board,
        PostgresOwnAffairs(pool),
        _brief(context),
        without_money,
        PostgresCriticalTold(pool),
        PostgresOutbox(pool),
        context.clock,
        lambda: context.now().policy.zone,
        channel,
    )


def _brief(context: WorkerContext) -> Callable[[datetime], Brief]:
    def since(moment: datetime) -> Brief:
        made = make_brief(context.board, moment, inbox=context.inbox)
        return replace(made, lines=tuple(replace(line, finding=without_money(line.finding)) for line in made.lines))

    return since
