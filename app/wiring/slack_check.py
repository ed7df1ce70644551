"""`expediter slack selfcheck`: our templates, held against the real workspace."""

from collections.abc import Mapping

from agent.errors import SettingMissing
from app.settings import ServeSettings
from app.settings.base import plain
from integrations.slack.client import SlackClients
from integrations.slack.examples import gallery
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
    return gallery.everything()
