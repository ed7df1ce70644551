"""The draft to the customer of an order whose promise breaks, for a person to review."""

from collections.abc import Sequence

from agent.actions.delay_letter import LateGoods, delay_letter, letter_template
from agent.domain.calendars import day_of
from agent.risk.outlooks import LineOutlook
from agent.risk.situation import Situation


def customer_update(situation: Situation, waiting: Sequence[LineOutlook]) -> str:
    """Commits to nothing before a person has sent it. Only of an order with a promise."""
    order, ready = situation.order, situation.projected
    assert order.promise_date is not None, "a promise that breaks was made"
    lines = {outlook.line.id: outlook.line for outlook in waiting}
    promised, expected = day_of(order.promise_date, situation.zone), day_of(ready, situation.zone) if ready else None
    late = LateGoods(order, promised, expected, tuple(lines.values()))
    return delay_letter(letter_template(situation.customer.language if situation.customer else "en"), [late])
