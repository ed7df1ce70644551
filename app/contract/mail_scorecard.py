"""How right triage was about mails."""

from datetime import date
from typing import Self

from pydantic import Field

from agent.domain.mail import MailClass
from agent.domain.mail_scorecard import Band, ClassScore, DraftScore, MailScorecard, Share, WeekScore
from app.contract.model import Contract


class ShareRow(Contract):
    """Part of a whole; the true share lies between `low` and `high` with 95 %. Null where the whole is nothing."""

    part: int
    whole: int
    share: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, share: Share) -> Self:
        low, high = share.interval or (None, None)
        return cls(part=share.part, whole=share.whole, share=_rounded(share.value), low=_rounded(low), high=_rounded(high))


class ClassScoreRow(Contract):
    mail_class: MailClass | None = Field(alias="class")
    """Null: all classes."""
    read: int
    judged: int
    precision: ShareRow
    recall: ShareRow
    abstained: ShareRow

    @classmethod
    def of(cls, score: ClassScore) -> Self:
        return cls.model_validate(
            {
                "class": score.mail_class,
                "read": score.read,
                "judged": score.judged,
                "precision": ShareRow.of(score.precision),
                "recall": ShareRow.of(score.recall),
                "abstained": ShareRow.of(score.abstained),
            }
        )


class BandRow(Contract):
    """Judged mails of like confidence; calibrated triage is right as often as it says."""

    low: float
    high: float
    confidence: float | None
    right: ShareRow

    @classmethod
    def of(cls, band: Band) -> Self:
        return cls(low=band.low, high=band.high, confidence=_rounded(band.confidence), right=ShareRow.of(band.right))


class WeekScoreRow(Contract):
    week: date
    read: int
    right: ShareRow
    abstained: ShareRow

    @classmethod
    def of(cls, score: WeekScore) -> Self:
        return cls(week=score.week, read=score.read, right=ShareRow.of(score.right), abstained=ShareRow.of(score.abstained))


class DraftScoreRow(Contract):
    """What people made of drafts: of answers that were approved and sent, and of those put into mailboxes."""

    unchanged: int
    """Sent as they were."""
    changed: int
    """Sent in other words."""
    usual_change: int | None
    """The median of the changed, in percent by words; null where there are none."""
    left: int
    """Lay in a mailbox for two weeks, and nobody sent an answer."""
    waiting: int

    @classmethod
    def of(cls, drafts: DraftScore) -> Self:
        return cls(
            unchanged=drafts.unchanged,
            changed=drafts.changed,
            usual_change=drafts.usual_change,
            left=drafts.left,
            waiting=drafts.waiting,
        )


class MailScorecardRow(Contract):
    read: int
    judged: int
    """Whose class a person corrected, or whose thread was done without that."""
    corrected: int
    total: ClassScoreRow
    classes: tuple[ClassScoreRow, ...]
    bands: tuple[BandRow, ...]
    weeks: tuple[WeekScoreRow, ...]
    drafts: DraftScoreRow

    @classmethod
    def of(cls, card: MailScorecard) -> Self:
        return cls(
            read=card.read,
            judged=card.judged,
            corrected=card.corrected,
            total=ClassScoreRow.of(card.total),
            classes=tuple(map(ClassScoreRow.of, card.classes)),
            bands=tuple(map(BandRow.of, card.bands)),
            weeks=tuple(map(WeekScoreRow.of, card.weeks)),
            drafts=DraftScoreRow.of(card.drafts),
        )


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)
