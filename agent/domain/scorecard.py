"""How right findings were, judged by what happened and by what people said. docs/findings-life.md has the formula."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class RuleScore:
    """Of the findings of one kind, or of all."""

    rule: str
    """A kind of finding; `all` for every order that any of them named."""
    raised: int
    true: int
    """An order it named shipped after its promise."""
    false: int
    """All orders it named shipped as promised though nobody did anything."""
    averted: int
    """They shipped as promised after somebody acted or the promise was moved: neither right nor wrong."""
    open: int
    """An order it named has not shipped yet."""
    unjudged: int
    """It names no order with a promise, so deliveries say nothing of it."""
    said_true: int
    said_false: int
    caught: int
    """Orders that shipped late and were named before they shipped."""
    forewarned: int
    """Of these, those named no later than the promised day."""
    lead_days: Decimal | None
    """Median of days from being named to the promise, of true ones; negative when it was named after the promise."""

    @property
    def precision(self) -> Decimal | None:
        """Of those that deliveries decided, the share that was right; None when none was decided."""
        return _share(self.true, self.true + self.false)

    def recall(self, late: int) -> Decimal | None:
        """Of the orders that shipped late, the share it had named; None when none was late."""
        return _share(self.caught, late)


@dataclass(frozen=True, slots=True)
class Scorecard:
    rules: tuple[RuleScore, ...]
    """By name; without those that never found anything."""
    total: RuleScore
    """A finding each; an order once however many findings named it."""
    late: int
    """Orders that shipped after their promise."""
    shipped: int
    """Orders with a promise that shipped."""
    missed: tuple[str, ...]
    """Orders that shipped late and no finding had named, latest first; a hundred at most."""
    settled_until: datetime | None
    """Deliveries were looked at up to then; None before the first look."""


def _share(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.001")) if whole else None
