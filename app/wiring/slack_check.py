"""`expediter slack selfcheck`: our templates, held against the real workspace."""

from collections.abc import Mapping
from datetime import UTC, datetime

from agent.domain.chat import AnswerPart, PartKind
from agent.domain.decisions import Person
from agent.domain.messenger import Link
from agent.errors import SettingMissing
from app.settings import ServeSettings
from app.settings.base import plain
from integrations.slack import plain_views
from integrations.slack.answers import whole
from integrations.slack.client import SlackClients
from integrations.slack.commands import HELP
from integrations.slack.interaction import Payload
from integrations.slack.selfcheck import Finding, selfcheck


def check_slack(settings: ServeSettings) -> list[Finding]:
    """Raises SettingMissing where no workspace is configured."""
    if settings.slack_team is None:
        raise SettingMissing("No Slack workspace is configured; `expediter slack setup` walks you through it.")
    clients = SlackClients(lambda: settings.current("slack_bot_token") or "", f"{settings.slack_api_url}/")
    channels = {"approvals channel": settings.slack_approvals_channel, "ops channel": settings.slack_ops_channel}
    channels |= {f"inbox channel of {role or 'all others'}": channel for role, channel in settings.inbox_channels.items()}
    app_token = settings.current("slack_app_token") or plain(settings.slack_app_token)
    return selfcheck(clients, settings.slack_team, templates(), channels, app_token)


def templates() -> Mapping[str, Payload]:
    """Name → what people are shown, with invented content."""
    maria = Person(1, "maria", "Maria Lopez", "maria@harbourvale.example", frozenset())
    now = datetime.now(UTC)
    answer = {"answer": "S00042 can ship on Monday.", "degraded": True, "as_of": now.isoformat(), "citations": []}
    cells = [{"text": "S00042", "url": None}, {"text": "Harbour & Vale", "url": None}]
    table = {"columns": ["Order", "Customer"], "rows": [cells, cells], "not_shown": 1}
    listed = answer | {"table": table}
    return {
        "an answer with a list": whole(1, [AnswerPart(1, PartKind.FINAL, listed)], ()),
        "an answer": whole(1, [AnswerPart(1, PartKind.FINAL, answer)], ()),
        "a refusal": plain_views.sentence("Nobody here has this mail address."),
        "who are you": plain_views.confirm_who(Link(1, "T0", "U0", maria, maria.email, now, False)),
        "a sentence in a modal": plain_views.modal_saying("Approved; thank you."),
        "help": plain_views.sentence(HELP),
    }
