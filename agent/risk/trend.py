"""Whether what happened lately is worse than the same subject's own past, or only looks so.

The chance is that of Fisher's exact test, one-sided: had nothing changed, recent and past events would be one pot, and the
recent ones a handful drawn from it; how often would so many of the bad ones be among them? A binomial tail with the past's rate
would take a rate seen in eight events for the truth, and calls accidents a trend up to twice as often as it says; and a past
without any bad event would need an invented rate. This one keeps its word for any rate and needs none.
"""

from collections.abc import Sequence
from decimal import Decimal
from math import comb

from agent.domain.findings import Trend
from agent.guardrails.policy import Thresholds

NEGLIGIBLE = Decimal("1e-20")


def trend(bad: int, of: int, bad_before: int, of_before: int) -> Trend:
    """Recent events (`bad` of `of`) beside earlier ones of the same subject.

    The chance is 1 when either side is empty, or nothing bad happened lately. Raises ValueError for counts that cannot be.
    """
    if not (0 <= bad <= of and 0 <= bad_before <= of_before):
        raise ValueError(f"{bad} of {of} and {bad_before} of {of_before} are no counts of bad events")
    return Trend(bad, of, bad_before, of_before, _chance(bad, of, bad + bad_before, of + of_before))


def rise(recent: Sequence[bool], past: Sequence[bool], thresholds: Thresholds) -> Trend | None:
    """The trend among events (true: bad), when there is evidence enough and accident is an unlikely explanation; else None."""
    if len(recent) < thresholds.trend_minimum_recent or len(past) < thresholds.trend_minimum_past:
        return None
    found = trend(sum(recent), len(recent), sum(past), len(past))
    worse = found.bad * found.of_before > found.bad_before * found.of
    return found if worse and found.chance * 100 <= thresholds.trend_chance_percent else None


def told(found: Trend, events: str, fate: str) -> str:
    """`6 of the last 8 receipts came short; before, 3 of 40: sure`."""
    now = f"{found.bad} of the last {found.of} {events} {fate}"
    return f"{now}; before, {found.bad_before} of {found.of_before}: {found.sureness}"


def _chance(bad: int, of: int, all_bad: int, everything: int) -> Decimal:
    """Of at least `bad` among `of` events drawn from `everything`, of which `all_bad` are bad.

    Each term follows from the one before it, for a queue of many thousand events would make each a number of thousands of digits.
    """
    if bad <= max(0, of - (everything - all_bad)):
        return Decimal(1)
    term = Decimal(comb(of, bad) * comb(everything - of, all_bad - bad)) / Decimal(comb(everything, all_bad))
    total, mode = term, of * all_bad // everything
    for number in range(bad, min(of, all_bad)):
        fewer_good = everything - all_bad - of + number + 1
        term = term * (all_bad - number) * (of - number) / ((number + 1) * fewer_good)
        total += term
        if number > mode and term < total * NEGLIGIBLE:
            break
    return min(total, Decimal(1))
