"""What the people who run it have to know: that it works with less than usual, and that something was given up."""

from collections.abc import Sequence
from datetime import datetime

from agent.domain.given_up import BECAME, Became, GivenUpJob
from integrations.slack.interaction import Payload
from integrations.slack.views import blocks as b
from integrations.slack.views.telling import count, in_utc, when

MOST_JOBS = 8
SIGNS = {Became.WAITING: "⏳", Became.RUNNING: "⏳", Became.DONE: "✅", Became.GIVEN_UP_AGAIN: "❌"}


def degraded_card(
    failed: str, since: datetime, works: Sequence[str], waits: Sequence[str], over: datetime | None = None
) -> Payload:
    """One message for an incident, changed in its place: also when it is over."""
    if over is not None:
        head = f"🟢 {failed} works again"
        return b.message(
            f"{b.mrkdwn(head, 200)}.", [b.header(head), b.context(f"It was away from {when(since)} to {when(over)}.")]
        )
    head = f"🟠 {failed} does not answer"
    blocks = [
        b.header(head),
        b.section(f"Since {when(since)}. Approvals that were given are kept, and carried out once."),
        b.rich(b.paragraph(b.bold("Works")), b.bullets(b.paragraph(b.run(one, 200)) for one in works[:10])),
        b.rich(b.paragraph(b.bold("Waits")), b.bullets(b.paragraph(b.run(one, 200)) for one in waits[:10])),
        b.context("This message changes when it is over."),
    ]
    return b.message(f"{b.mrkdwn(head, 200)} since {in_utc(since)}.", [block for block in blocks if block.get("elements") != []])


def dead_letter_card(jobs: Sequence[GivenUpJob], now: datetime) -> Payload:
    """Jobs that were given up together, latest first; of each, how it stands now."""
    head = f"📮 {count(len(jobs), 'job was', 'jobs were')} given up"
    shown = jobs[:MOST_JOBS]
    more = f" {MOST_JOBS} are shown; `expediter jobs list` has all of them." if len(jobs) > MOST_JOBS else ""
    blocks = [
        b.header(head),
        *(_job(one, number, now) for number, one in enumerate(shown)),
        b.context(f"Mend the cause, then an ops manager or an admin runs them again; what was done is not done twice.{more}"),
    ]
    return b.message(f"{head}.", blocks)


def _job(job: GivenUpJob, number: int, now: datetime) -> Payload:
    told = f"*{job.label}* was to {b.mrkdwn(job.purpose, 200)}\n{b.mrkdwn(_line(job.reason), 300)} · {when(job.at)}"
    if job.became is not None and job.replayed_at is not None:
        became = f"{BECAME[job.became]}{f' as J{job.next_id}' if job.next_id else ''}"
        return b.section(f"{told}\n{SIGNS[job.became]} {b.mrkdwn(job.replayed_by or '', 80)} had it run again: {became}")
    if needless := job.no_need(now):
        return b.section(f"{told}\n{b.mrkdwn(needless, 200)}")
    sure = b.confirmation(f"Run {job.label} again?", f"It is to {job.purpose}.", "Run again")
    return b.section(told, b.button("Run again", f"job_replay:{number}", b.value(job.label, ""), confirm=sure))


def _line(text: str) -> str:
    return " ".join(text.split())
