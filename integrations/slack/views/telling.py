"""How states, times, money and roles are put into words."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from agent.domain.decisions import ProposalState
from agent.domain.findings import Severity
from integrations.slack.views.blocks import mrkdwn

#: A sign and words: who cannot tell colours reads the words. Nothing is called done before Odoo confirmed it.
STATES: dict[ProposalState, tuple[str, str]] = {
    ProposalState.PENDING: ("🟡", "Waits for approval"),
    ProposalState.GRANTED: ("🔵", "Approved, waits to be carried out"),
    ProposalState.EXECUTING: ("🔵", "Is being carried out"),
    ProposalState.DONE: ("✅", "Done, read back from Odoo"),
    ProposalState.REJECTED: ("⛔", "Rejected"),
    ProposalState.EXPIRED: ("⌛", "Expired, nothing was changed"),
    ProposalState.SUPERSEDED: ("🔁", "Replaced by a newer version"),
    ProposalState.WITHDRAWN: ("🚫", "Withdrawn"),
    ProposalState.FAILED: ("❌", "Could not be carried out"),
    ProposalState.REFUSED_STALE: ("⚠️", "Not carried out: it had changed in Odoo"),
    ProposalState.UNCERTAIN: ("❓", "Not known yet whether it took effect"),
}
SEVERITIES: dict[Severity, str] = {
    Severity.CRITICAL: "🔴 critical",
    Severity.HIGH: "🟠 high",
    Severity.MEDIUM: "🟡 medium",
    Severity.LOW: "⚪ low",
}


def when(moment: datetime) -> str:
    """Markup: in the reader's own time zone, as Slack shows it; UTC where it cannot."""
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{in_utc(moment)}>"


def in_utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def day(moment: datetime) -> str:
    """By the clock of the moment itself: a warehouse's promise is due on its own days."""
    return f"{moment:%a} {moment.day} {moment:%b}"


def role(name: str) -> str:
    return name.replace("_", " ")


def listed(names: Iterable[str], most: int = 5) -> str:
    """`anna, ben and 3 more`."""
    known = list(names)
    if len(known) <= most:
        return ", ".join(known)
    return f"{', '.join(known[:most])} and {len(known) - most} more"


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 order`, `14 orders`."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def money(amount: float, currency: str) -> str:
    return f"{amount:,.2f} {currency}" if amount % 1 else f"{amount:,.0f} {currency}"


def sums(values: Sequence[tuple[float, str]]) -> str:
    return " + ".join(money(amount, currency) for amount, currency in values)


def left(until: datetime, now: datetime) -> str:
    """`2 h left`, `overdue for 3 h`."""
    seconds = int((until - now).total_seconds())
    return f"overdue for {length(-seconds)}" if seconds < 0 else f"{length(seconds)} left"


def length(seconds: int) -> str:
    """The two largest units are too many for a glance, so one: minutes, hours up to two days, then days."""
    minutes, hours = seconds // 60, seconds // 3_600
    if minutes < 1:
        return "less than a minute"
    if hours < 1:
        return f"{minutes} min"
    return f"{hours} h" if hours < 48 else count(hours // 24, "day")


def record(name: str, url: str | None, limit: int = 120) -> str:
    """Markup: a link where there is a page to open."""
    safe = mrkdwn(name.replace("|", "/"), limit)
    fit = url is not None and url.startswith(("https://", "http://")) and not set(url) & set("<>| \n")
    return f"<{url.replace('&', '&amp;')}|{safe}>" if url and fit else safe
