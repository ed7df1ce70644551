"""What the people who run it have to know: that it works with less than usual, and that something was given up."""

from collections.abc import Sequence
from datetime import datetime

from agent.domain.affairs import JobFailure
from integrations.slack.interaction import Payload
from integrations.slack.views import blocks as b
from integrations.slack.views.telling import count, in_utc, when

MOST_FAILURES = 8


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


def dead_letter_card(failures: Sequence[JobFailure], total: int) -> Payload:
    """Jobs that were given up, latest first."""
    head = f"📮 {count(total, 'job was', 'jobs were')} given up"
    lines = [
        b.paragraph(b.bold(f"{one.task} "), b.run(f"#{one.id}, {in_utc(one.at)}: "), b.run(one.reason, 300))
        for one in failures[:MOST_FAILURES]
    ]
    more = f" The first {MOST_FAILURES} are shown." if total > MOST_FAILURES else ""
    blocks = [
        b.header(head),
        b.rich(b.bullets(lines)),
        b.context(
            f"They are kept with the reason and not tried again: mend the cause, then ask anew what they were to do.{more}"
        ),
    ]
    return b.message(f"{head}.", blocks)
