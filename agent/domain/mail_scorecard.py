"""How right triage was about classes, judged by what people corrected and by what they finished without correcting it. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import median_low

from agent.domain.mail import MailClass

#: Below these confidences (and from the last on) mails are put together; a band of fewer mails says little.
BANDS = (0.45, 0.6, 0.75, 0.9)
#: Of the two-sided 95 % interval of a share.
Z = 1.96


@dataclass(frozen=True, slots=True)
class JudgedMail:
    """What triage said of one mail, and what it was."""

    week: date
    """Monday, in UTC, of the week in which it came."""
    said: MailClass
    confidence: float
    abstained: bool
    """Triage left the class to a person."""
    truth: MailClass | None
    """As a person corrected it, or as triage said where the thread was done without that; None: nobody has said."""

    @property
    def right(self) -> bool:
        return self.truth is self.said


@dataclass(frozen=True, slots=True)
class Share:
    """Part of a whole, and between which shares the true one lies with 95 % (Wilson); of nothing, nothing is known."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        if not self.whole:
            return None
        share, number = self.part / self.whole, self.whole
        middle = share + Z * Z / (2 * number)
        spread = Z * sqrt(share * (1 - share) / number + Z * Z / (4 * number * number))
        whole = 1 + Z * Z / number
        return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Of one class. Precision and recall are of judged mails that triage did not leave to a person."""

    mail_class: MailClass | None
    """None: all of them."""
    read: int
    """Mails that triage said to be of it."""
    judged: int
    """Mails that are of it, by a person's word."""
    precision: Share
    recall: Share
    """Of the mails that are of it; those left to a person are not found."""
    abstained: Share
    """Of all mails that triage said to be of it."""


@dataclass(frozen=True, slots=True)
class Band:
    """Judged mails whose confidence was at least `low` and below `high`."""

    low: float
    high: float
    right: Share
    confidence: float | None
    """The mean; calibrated triage is right as often as it says."""


@dataclass(frozen=True, slots=True)
class WeekScore:
    week: date
    read: int
    right: Share
    """Of judged mails that triage did not leave to a person."""
    abstained: Share


@dataclass(frozen=True, slots=True)
class DraftScore:
    """What people made of drafts: of answers that were approved and sent, and of those put into mailboxes."""

    changes: tuple[int, ...] = ()
    """Of each that was sent, how much of it was said otherwise, in percent by words."""
    left: int = 0
    """Lay in a mailbox, and nobody sent an answer."""
    waiting: int = 0
    """Lie in a mailbox, and may still be sent."""

    @property
    def unchanged(self) -> int:
        return self.changes.count(0)

    @property
    def changed(self) -> int:
        return len(self.changes) - self.unchanged

    @property
    def usual_change(self) -> int | None:
        """The median of those that were changed, in percent."""
        changed = [percent for percent in self.changes if percent]
        return median_low(changed) if changed else None


@dataclass(frozen=True, slots=True)
class MailScorecard:
    read: int
    judged: int
    corrected: int
    total: ClassScore
    classes: tuple[ClassScore, ...]
    """Of those that occur."""
    bands: tuple[Band, ...]
    weeks: tuple[WeekScore, ...]
    """Oldest first."""
    drafts: DraftScore


def score(mails: Sequence[JudgedMail], drafts: DraftScore = DraftScore()) -> MailScorecard:
    """Of any set of mails, also of none."""
    judged = [mail for mail in mails if mail.truth is not None]
    kinds = [kind for kind in MailClass if any(kind in (mail.said, mail.truth) for mail in mails)]
    return MailScorecard(
        read=len(mails),
        judged=len(judged),
        corrected=sum(not mail.right for mail in judged),
        total=_total(mails, judged),
        classes=tuple(_of_class(kind, mails, judged) for kind in kinds),
        bands=tuple(_bands(judged)),
        weeks=tuple(_week(week, own) for week, own in sorted(_by(mails, lambda mail: mail.week).items())),
        drafts=drafts,
    )


def _of_class(kind: MailClass, mails: Sequence[JudgedMail], judged: Sequence[JudgedMail]) -> ClassScore:
    told = [mail for mail in mails if mail.said is kind]
    sure = [mail for mail in judged if mail.said is kind and not mail.abstained]
    there = [mail for mail in judged if mail.truth is kind]
    hits = sum(mail.right for mail in sure)
    return ClassScore(kind, len(told), len(there), Share(hits, len(sure)), Share(hits, len(there)), Share(_left(told), len(told)))


def _total(mails: Sequence[JudgedMail], judged: Sequence[JudgedMail]) -> ClassScore:
    sure = [mail for mail in judged if not mail.abstained]
    hits = sum(mail.right for mail in sure)
    return ClassScore(
        None, len(mails), len(judged), Share(hits, len(sure)), Share(hits, len(judged)), Share(_left(mails), len(mails))
    )


def _bands(judged: Sequence[JudgedMail]) -> Iterable[Band]:
    for low, high in zip((0.0, *BANDS), (*BANDS, 1.0), strict=True):
        own = [mail for mail in judged if low <= mail.confidence < high or (high == 1.0 and mail.confidence >= 1.0)]
        mean = sum(mail.confidence for mail in own) / len(own) if own else None
        yield Band(low, high, Share(sum(mail.right for mail in own), len(own)), mean)


def _week(week: date, mails: Sequence[JudgedMail]) -> WeekScore:
    sure = [mail for mail in mails if mail.truth is not None and not mail.abstained]
    right = Share(sum(mail.right for mail in sure), len(sure))
    return WeekScore(week, len(mails), right, Share(_left(mails), len(mails)))


def _left(mails: Iterable[JudgedMail]) -> int:
    return sum(mail.abstained for mail in mails)


def _by(mails: Iterable[JudgedMail], key: Callable[[JudgedMail], date]) -> Mapping[date, list[JudgedMail]]:
    found = defaultdict[date, list[JudgedMail]](list)
    for mail in mails:
        found[key(mail)].append(mail)
    return found
