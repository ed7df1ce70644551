"""The morning brief, and findings that somebody should know of at once."""

from collections.abc import Iterator, Sequence

from agent.domain.briefs import Brief, BriefLine, Change, late_mails_said
from agent.domain.finding_life import KnownFinding
from agent.domain.findings import Severity
from integrations.slack.interaction import Payload
from integrations.slack.views import blocks as b
from integrations.slack.views.finding import carried_finding
from integrations.slack.views.inputs import modal
from integrations.slack.views.telling import SEVERITIES, count, in_utc, record, when

SECTIONS = {Change.NEW: "🆕 New", Change.WORSE: "🔺 Worse", Change.BETTER: "🔻 Better", Change.GONE: "✅ Gone"}
MOST_LINES = 8
MOST_FINDINGS = 10


def brief_card(brief: Brief) -> Payload:
    """What changed, counted and the gravest of each; whoever may not see prices is given findings without."""
    standing = brief.standing
    risk = f"{count(brief.at_risk, 'order is', 'orders are')} at risk of {count(standing.open_orders, 'open order')}"
    counts = ", ".join(f"{brief.counts.get(one, 0)} {one.value}" for one in Change)
    late = late_mails_said(brief.late_mails)
    blocks = [
        b.header("☀️ Morning brief"),
        b.section(f"*{risk}*\nSince {when(brief.since)}: {counts}."),
        *([b.section(f"📨 {late}")] if late else []),
        *(block for change in Change for block in _section(change, [line for line in brief.lines if line.change is change])),
        b.context(f"_As of {when(standing.as_of)}, from the last scan._", *(b.mrkdwn(one, 300) for one in standing.not_seen[:5])),
    ]
    while b.characters(blocks) > b.MOST_CHARACTERS:
        del blocks[-2]
    return b.message(f"Morning brief: {risk}; {counts}. As of {in_utc(standing.as_of)}.", blocks)


def brief_modal(brief: Brief, carried: str) -> Payload:
    blocks = [block for block in brief_card(brief)["blocks"] if block["type"] != "table"]
    return modal("Morning brief", blocks, "none", carried)


def findings_card(findings: Sequence[KnownFinding], total: int) -> Payload:
    """One message for what came together, gravest first."""
    shown = findings[:MOST_FINDINGS]
    head = f"🔴 {count(total, 'critical finding')}"
    more = [b.context(f"… and {total - len(shown)} more: `expediter findings list --severity critical`")]
    blocks = [
        b.header(head),
        *(_line(number, one) for number, one in enumerate(shown)),
        *(more if total > len(shown) else []),
    ]
    return b.message(f"{head}: {b.mrkdwn(str(shown[0].body['summary']), 300)}", blocks)


def _line(number: int, finding: KnownFinding) -> Payload:
    """With a button to take it, snooze it, or say what one knows of it."""
    subject = finding.body["subject"]
    name = record(str(subject["name"]), subject["url"], 80)
    said = f"{SEVERITIES[Severity(finding.body['severity'])]} · {name} · {b.mrkdwn(str(finding.body['summary']), 260)}"
    return b.section(f"{said} _{finding.label}_", b.button("Open", f"finding:{number}", carried_finding(finding)))


def _section(change: Change, lines: Sequence[BriefLine]) -> Iterator[Payload]:
    if not lines:
        return
    head = f"{SECTIONS[change]} ({len(lines)})"
    shown = [b.paragraph(*_change_runs(line)) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        rest = f"… and {len(lines) - MOST_LINES} more: "
        shown.append(b.paragraph(b.run(rest, italic=True), b.run("expediter brief", code=True)))
    yield b.rich(b.paragraph(b.bold(head)), b.bullets(shown))


def _change_runs(line: BriefLine) -> list[Payload]:
    runs = _runs(line.finding)
    if line.before is not None and line.change in (Change.WORSE, Change.BETTER):
        runs.append(b.run(f" (was {line.before.value})", italic=True))
    return runs


def _runs(finding: KnownFinding) -> list[Payload]:
    """Severity, the record it is about, and the sentence of the scan."""
    body = finding.body
    subject = body["subject"]
    return [
        b.run(f"{SEVERITIES[Severity(body['severity'])]} · "),
        b.link(str(subject["name"]), subject["url"], 80),
        b.run(f" · {b.words(str(body['summary']), 260)} "),
        b.run(finding.label, italic=True),
    ]
