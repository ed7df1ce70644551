"""Reminder, escalation and expiry: short, under the card and to those who can do something. Only here people are mentioned."""

from collections.abc import Sequence

from agent.domain.approval_notices import ApprovalNotice, NoticeKind
from agent.domain.decisions import Proposal
from integrations.slack.interaction import Payload
from integrations.slack.views import blocks as b
from integrations.slack.views.revision import carried
from integrations.slack.views.scene import Scene
from integrations.slack.views.telling import in_utc, left, role, when

MOST_MENTIONS = 5
MOST_REMINDERS = 3


def notice_message(notice: ApprovalNotice, proposal: Proposal, scene: Scene, accounts: Sequence[str] = ()) -> Payload:
    """`accounts`: Slack ids to mention; none where it is a direct message."""
    said, what = _words(notice, proposal, scene), b.mrkdwn(proposal.content.preview.title, 300)
    mentioned = " ".join(f"<@{one}>" for one in accounts[:MOST_MENTIONS])
    markup = f"{f'{mentioned} ' if mentioned else ''}{said}\n*{proposal.label}* {what}"
    if notice.kind is NoticeKind.EXPIRY:
        return b.message(f"{said} {proposal.label}: {what}", [b.section(markup)])
    review = b.button("Review", "review", carried(proposal), "primary")
    return b.message(f"{said} {proposal.label}: {what}", [b.section(markup, review), *_when(proposal, scene)])


def handed_over(proposal: Proposal, by: str, note: str) -> Payload:
    """To the colleague; whoever handed it over is named, and nobody has more rights by it."""
    blocks = [
        b.section(
            f"*{b.mrkdwn(by, 100)}* asks you to decide on *{proposal.label}* {b.mrkdwn(proposal.content.preview.title, 300)}",
            b.button("Review", "review", carried(proposal), "primary"),
        )
    ]
    if note:
        blocks.append(b.rich(b.quote(note, 900)))
    return b.message(f"{b.mrkdwn(by, 100)} asks you to decide on {proposal.label}.", blocks)


def question(proposal: Proposal, by: str, text: str, account: str | None) -> Payload:
    """Under the card, to whoever asked for the change."""
    whom = f"<@{account}> " if account else f"{b.mrkdwn(proposal.asker.handle, 100)}, "
    blocks = [b.section(f"{whom}*{b.mrkdwn(by, 100)}* asks about *{proposal.label}*:"), b.rich(b.quote(text, 1_900))]
    return b.message(f"{b.mrkdwn(by, 100)} asks about {proposal.label}: {b.mrkdwn(text, 500)}", blocks)


def _words(notice: ApprovalNotice, proposal: Proposal, scene: Scene) -> str:
    roles = b.mrkdwn(role(" or ".join(notice.roles)), 200)
    if notice.kind is NoticeKind.REMINDER:
        return f"⏰ Reminder {notice.number} of {MOST_REMINDERS}: this waits for {roles}."
    if notice.kind is NoticeKind.ESCALATION:
        return f"📣 Nobody decided in time, so {roles} may decide on this now too."
    return f"⌛ Nobody decided until {in_utc(proposal.expires_at)}; this has lapsed, and nothing was changed."


def _when(proposal: Proposal, scene: Scene) -> list[Payload]:
    deadlines = scene.deadlines(proposal)
    if deadlines is None:
        return []
    return [b.context(f"{left(deadlines.due, scene.now)} · due {when(deadlines.due)} · lapses {when(deadlines.expires)}")]
