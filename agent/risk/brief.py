"""The morning's brief: what is new, worse, better and gone. Rules only, like the findings themselves."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from agent.domain.briefs import MOST_LATE, Brief, BriefLine, Change
from agent.domain.finding_life import SET_ASIDE, FindingFilter, FindingState, KnownFinding
from agent.domain.findings import Severity
from agent.domain.mail_threads import InboxFilter
from agent.domain.mailbox import InboxMail
from agent.errors import PreconditionFailed
from agent.ports.mail_ledger import InboxReading
from agent.ports.risk_board import RiskReading

#: More changes than these nobody reads in one morning; the counts are of these.
MOST = 5_000
GRAVITY = list(Severity)


def make_brief(
    board: RiskReading,
    since: datetime,
    warehouse: str | None = None,
    owner: str | None = None,
    inbox: InboxReading | None = None,
) -> Brief:
    """From the last scan and what it and those before it changed since (aware). Raises PreconditionFailed before the first scan.

    With `inbox`, and of the whole company, it names the mails whose answer is overdue.
    What people put aside is no news unless it is gone; `owner` is a handle, `warehouse` a code, name or part of one.
    Raises RecordMissing when nobody, or no warehouse, is called so.
    """
    standing = board.standing()
    if standing is None:
        raise PreconditionFailed("Nothing has been scanned yet; the worker scans as soon as it runs (`expediter up`).")
    wanted = FindingFilter(states=tuple(FindingState), since=since, warehouse=warehouse, owner=owner, limit=MOST)
    changed = board.findings(wanted).findings
    before = board.severities_at(since, [finding.id for finding in changed])
    lines = sorted(_lines(changed, before), key=lambda line: list(Change).index(line.change))
    at_risk = standing.at_risk if warehouse is None and owner is None else board.at_risk(warehouse, owner)
    late = _late_mails(inbox) if inbox and warehouse is None and owner is None else ()
    return Brief(since, standing, at_risk, tuple(lines), Counter(line.change for line in lines), late)


def _late_mails(inbox: InboxReading) -> tuple[InboxMail, ...]:
    return tuple(inbox.mails(InboxFilter(late=True, limit=MOST_LATE)))


def _lines(changed: tuple[KnownFinding, ...], before: Mapping[int, Severity]) -> Iterator[BriefLine]:
    """In the order of `changed`, which is gravest first."""
    for finding in changed:
        was = before.get(finding.id)
        change = _change(finding, was)
        if change:
            yield BriefLine(finding, change, was)


def _change(finding: KnownFinding, was: Severity | None) -> Change | None:
    if finding.state is FindingState.RESOLVED:
        return Change.GONE if was else None
    if finding.state in SET_ASIDE:
        return None
    if was is None:
        return Change.NEW
    now = GRAVITY.index(Severity(finding.body["severity"])) - GRAVITY.index(was)
    return Change.WORSE if now < 0 else Change.BETTER if now > 0 else None
