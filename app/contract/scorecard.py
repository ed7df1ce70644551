"""How right findings were."""

from agent.domain.scorecard import RuleScore, Scorecard
from app.contract.model import Contract, Moment


class RuleScoreRow(Contract):
    rule: str
    """A kind of finding, or `all`."""
    raised: int
    true: int
    false: int
    averted: int
    open: int
    unjudged: int
    said_true: int
    said_false: int
    caught: int
    forewarned: int
    precision: float | None
    recall: float | None
    lead_days: float | None

    @classmethod
    def of(cls, score: RuleScore, late: int) -> "RuleScoreRow":
        recall = score.recall(late)
        return cls(
            rule=score.rule,
            raised=score.raised,
            true=score.true,
            false=score.false,
            averted=score.averted,
            open=score.open,
            unjudged=score.unjudged,
            said_true=score.said_true,
            said_false=score.said_false,
            caught=score.caught,
            forewarned=score.forewarned,
            precision=None if score.precision is None else float(score.precision),
            recall=None if recall is None else float(recall),
            lead_days=None if score.lead_days is None else float(score.lead_days),
        )


class ScorecardRow(Contract):
    rules: tuple[RuleScoreRow, ...]
    total: RuleScoreRow
    shipped: int
    late: int
    missed: tuple[str, ...]
    """Names of orders that shipped late and no finding had named, latest first; a hundred at most."""
    settled_until: Moment | None

    @classmethod
    def of(cls, card: Scorecard) -> "ScorecardRow":
        return cls(
            rules=tuple(RuleScoreRow.of(score, card.late) for score in card.rules),
            total=RuleScoreRow.of(card.total, card.late),
            shipped=card.shipped,
            late=card.late,
            missed=card.missed,
            settled_until=card.settled_until,
        )
