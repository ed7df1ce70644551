"""`risk scorecard`: how right the findings were."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli import output
from app.cli.options import Json
from app.contract.scorecard import RuleScoreRow, ScorecardRow

COLUMNS = ("rule", "raised", "true", "false", "averted", "open", "people", "precision", "recall", "lead")
SHOWN_MISSES = 10


def scorecard(
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="Raised, and shipped, then or later, in UTC."),
    ] = None,
    json: Json = False,
) -> None:
    """How right each rule was: by whether the orders it named shipped late, and by what people said."""
    from app.wiring.cli import reading

    with reading() as company:
        card = ScorecardRow.of(company.scores.scorecard(since.replace(tzinfo=UTC) if since else None))
    output.shown(json, card, lambda: _page(card))


def _page(card: ScorecardRow) -> None:
    if not card.total.raised and not card.shipped:
        output.say(
            "Nothing to score yet: the worker (`expediter up`) scans every five minutes and looks at deliveries every hour."
        )
        return
    output.table(COLUMNS, map(_line, (*card.rules, card.total)), right=COLUMNS[1:])
    when = f"as of {output.minute(card.settled_until)}" if card.settled_until else "deliveries were not looked at yet"
    output.say(f"{card.late} of {card.shipped} promised orders shipped late; {when}.")
    if card.missed:
        more = " …" if len(card.missed) > SHOWN_MISSES else ""
        output.say(f"Shipped late without a finding: {', '.join(card.missed[:SHOWN_MISSES])}{more}")
    output.say(
        "true: an order it named shipped late; false: all as promised, untouched; averted: as promised, after somebody acted.",
        style="dim",
    )


def _line(score: RuleScoreRow) -> tuple[object, ...]:
    said = f"{score.said_true} yes {score.said_false} no" if score.said_true or score.said_false else "–"
    lead = "–" if score.lead_days is None else f"{score.lead_days:.1f} d"
    counts = (score.raised, score.true, score.false, score.averted, score.open)
    return (score.rule.replace("_", " "), *counts, said, _percent(score.precision), _percent(score.recall), lead)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
