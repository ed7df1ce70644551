"""Who is told when one of our channels is shared with another company."""

from collections.abc import Callable, Mapping

from agent.domain.decisions import Role
from agent.ports.people import People
from app.settings import WorkerSettings
from integrations.database.messenger_links import PostgresLinks
from integrations.database.messenger_outbox import PostgresOutbox
from integrations.slack.plain_views import sentence
from integrations.slack.text import escaped

TOLD = (Role.OPS_MANAGER, Role.ADMIN)


def telling(
    settings: WorkerSettings, people: People, links: PostgresLinks, outbox: PostgresOutbox
) -> Callable[[int, str, str], None]:
    """Tells each ops manager and admin by a direct message; where none has linked Slack, the operations channel.

    Once for each number: what was told is not told again, also by a process that starts anew.
    """
    uses, ops, team = channels_of(settings), settings.slack_ops_channel, settings.slack_team or ""

    def tell(number: int, channel: str, name: str) -> None:
        found = [links.of_person(team, one.id) for one in people.all() if one.roles & set(TOLD)]
        accounts = [link.account for link in found if link is not None and link.confirmed]
        said = sentence(shared_notice(channel, name, uses.get(channel)))
        for place in accounts or ([ops] if ops and ops != channel else []):
            outbox.post(place, said, dedupe=f"shared:{number}:{place}")

    return tell


def channels_of(settings: WorkerSettings) -> Mapping[str, str]:
    """Id → the setting that names it."""
    inbox = dict.fromkeys(settings.inbox_channels.values(), "EXPEDITER_SLACK_INBOX_CHANNELS")
    named = {
        settings.slack_approvals_channel: "EXPEDITER_SLACK_APPROVALS_CHANNEL",
        settings.slack_ops_channel: "EXPEDITER_SLACK_OPS_CHANNEL",
    }
    return inbox | {channel: setting for channel, setting in named.items() if channel}


def shared_notice(channel: str, name: str, setting: str | None) -> str:
    """One sentence."""
    where = f"#{escaped(name)}" if name else "A channel"
    way_out = f", or name another one in `{setting}`" if setting else ""
    return (
        f"{where} ({escaped(channel)}) may be read by another company, so I post nothing there and keep back what comes within a "
        f"day: end the sharing{way_out}."
    )
