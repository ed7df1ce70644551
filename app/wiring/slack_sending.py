"""Slack's part of the worker: it sends what waits. Imported only where a workspace is configured."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

from agent.jobs.worker import WorkerContext
from agent.ports.clock import utc_now
from app.settings import WorkerSettings
from app.wiring.slack_announcing import announcements
from app.wiring.slack_pictures import SlackPictures
from app.wiring.slack_sharing import telling
from app.wiring.store import open_store
from integrations.database.messenger_links import PostgresLinks
from integrations.database.messenger_outbox import PostgresOutbox
from integrations.database.messenger_sending import PostgresSending
from integrations.database.messenger_sharing import PostgresSharedChannels
from integrations.database.people import PostgresPeople
from integrations.slack.answers import APPEND_EVERY_S, AnswerDesk
from integrations.slack.audience import FRESH_S as READERS_FRESH_S
from integrations.slack.audience import Audience
from integrations.slack.bolt_app import quiet_bolt
from integrations.slack.client import SlackClients
from integrations.slack.sender_loop import Draw, Pace, SenderLoop
from integrations.slack.service import SlackService
from integrations.slack.sharing import FRESH_S, Gate

AT_ONCE = 4
REAL_PACE = Pace()


def send_to_slack(
    settings: WorkerSettings,
    url: str,
    stack: ExitStack,
    pace: Pace = REAL_PACE,
    context: WorkerContext | None = None,
    draw: Draw | None = None,
) -> None:
    """Send messages and answers, in a thread of its own, until the stack ends; with a `context` keep the channels as well."""
    quiet_bolt()
    pool = open_store(url, "worker", stack, AT_ONCE)
    sending = PostgresSending(pool)
    threads = stack.enter_context(ThreadPoolExecutor(AT_ONCE, thread_name_prefix="slack"))
    clients = SlackClients(lambda: settings.current("slack_bot_token") or "", f"{settings.slack_api_url}/")
    outbox = PostgresOutbox(pool)
    tell = telling(settings, PostgresPeople(pool), PostgresLinks(pool), outbox)
    gate = Gate(clients, threads, PostgresSharedChannels(pool), tell, min(FRESH_S, pace.kept_back.total_seconds()))
    fresh_s = min(READERS_FRESH_S, pace.kept_back.total_seconds())
    audience = Audience(settings.slack_team or "", clients, PostgresLinks(pool), threads, fresh_s)
    append_s = min(pace.channel_s, APPEND_EVERY_S)
    answers = AnswerDesk(sending, clients, gate, audience, outbox, threads, hosts_of(settings), append_s)
    draw = draw or (SlackPictures(context) if context else None)
    kept = announcements(context, settings, pool, threads) if context else []
    stack.enter_context(
        SlackService(SenderLoop(sending, answers, clients, gate, audience, threads, utc_now, pace, draw).run, *kept)
    )


def hosts_of(settings: WorkerSettings) -> frozenset[str]:
    """What answers may link to: the ERP, and Slack."""
    erp = urlsplit(settings.odoo_url or "").netloc
    return frozenset(filter(None, (erp, "slack.com", "app.slack.com")))
