"""The rules and the judge together. Where they agree the answer is surer, where they do not it is less sure."""

import math
from collections.abc import Collection, Mapping

from agent.domain.mail import MailClass

#: What a point of the rules adds to the logarithm of the judge's odds, and the most points that count. Measured on the collected
#: mails that are not held back, with a judge that had not seen the one it was asked about.
POINT, MOST_POINTS = 0.2, 10.0
#: Cues that only support count less.
SUPPORTING = 0.5
UNHEARD = 1e-9


def weighed(
    shares: Mapping[MailClass, float], points: Mapping[MailClass, float], decisive: Collection[MailClass]
) -> list[tuple[MailClass, float]]:
    """Classes with their shares of 1, the likeliest first. `points` are the rules'."""
    odds = {
        kind: math.log(max(shares.get(kind, 0.0), UNHEARD))
        + POINT * min(max(points.get(kind, 0.0), 0.0) * (1.0 if kind in decisive else SUPPORTING), MOST_POINTS)
        for kind in MailClass
    }
    highest = max(odds.values())
    raised = {kind: math.exp(value - highest) for kind, value in odds.items()}
    total = sum(raised.values())
    return sorted(((kind, value / total) for kind, value in raised.items()), key=lambda pair: (-pair[1], pair[0]))
