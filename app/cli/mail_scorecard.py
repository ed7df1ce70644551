"""`mail scorecard`: how right triage was about mails."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli import output
from app.cli.options import AsPerson, Json, Token, api_of
from app.contract.mail_scorecard import ClassScoreRow, DraftScoreRow, MailScorecardRow, ShareRow

COLUMNS = ("class", "read", "judged", "precision", "recall", "left to people")
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="As 2026-12-01, in UTC.")]
#: Of fewer judged mails no share is worth much.
FEW = 30


def scorecard(since: Day = None, until: Day = None, as_person: AsPerson = None, token: Token = None, json: Json = False) -> None:
    """How right triage was: of mails whose class people corrected or finished as it was; and what became of drafts."""
    card = api_of(as_person, token).mail_scorecard(_iso(since), _iso(until))
    output.shown(json, card, lambda: page(card))


def _iso(day: datetime | None) -> str | None:
    return day.replace(tzinfo=UTC).isoformat() if day else None


def page(card: MailScorecardRow) -> None:
    _judged(card)
    if any((card.drafts.unchanged, card.drafts.changed, card.drafts.left, card.drafts.waiting)):
        _drafts(card.drafts)


def _drafts(drafts: DraftScoreRow) -> None:
    output.say("\nAnswers that were prepared", style="bold")
    usual = f" ({drafts.usual_change} % in the middle)" if drafts.usual_change else ""
    output.say(
        f"  {drafts.unchanged} sent as they were, {drafts.changed} in other words{usual}, {drafts.left} not sent, "
        f"{drafts.waiting} waiting in the mailbox"
    )


def _judged(card: MailScorecardRow) -> None:
    if not card.judged:
        output.say(
            f"Nothing to score yet: {_mails(card.read)} read, and nobody has corrected or finished one. "
            "`expediter mail correct` and `expediter mail done` say what a mail was."
        )
        return
    output.table(COLUMNS, map(_line, (*card.classes, card.total)), right=COLUMNS[1:])
    output.say(f"{card.judged} of {_mails(card.read)} judged, {card.corrected} of them corrected.")
    if card.judged < FEW:
        output.say("That is few: the ranges in brackets, within which the true shares lie with 95 %, are wide.", style="yellow")
    output.say("\nHow sure it was, and how often it was right", style="bold")
    for band in card.bands:
        if band.right.whole:
            sure = f"{band.confidence:.0%}" if band.confidence is not None else "–"
            output.say(f"  {band.low:.0%} to {band.high:.0%}: said {sure}, right {_share(band.right)}")
    output.say("\nBy week", style="bold")
    for week in card.weeks:
        output.say(f"  {week.week}: {_mails(week.read)}, right {_share(week.right)}, left to people {_share(week.abstained)}")


def _line(score: ClassScoreRow) -> tuple[object, ...]:
    name = score.mail_class.replace("_", " ") if score.mail_class else "all"
    return (name, score.read, score.judged, _share(score.precision), _share(score.recall), _share(score.abstained))


def _share(share: ShareRow) -> str:
    if share.share is None or share.low is None or share.high is None:
        return "–"
    return f"{share.share:.0%} [{share.low:.0%}–{share.high:.0%}] of {share.whole}"


def _mails(count: int) -> str:
    return "1 mail" if count == 1 else f"{count} mails"
