"""Facts of actions on sale orders."""

from collections.abc import Mapping
from enum import StrEnum

from agent.guardrails.vocabulary.base import NUMBER, SEGMENT, TEXT, WHOLE, Fact


class PromiseChange(StrEnum):
    """In which way a promise date moves."""

    FIRST = "first"
    """There was no promise date."""
    EARLIER = "earlier"
    LATER = "later"
    CLEARED = "cleared"


SALES: Mapping[str, Mapping[str, Fact]] = {
    "move_promise_date": {
        "change": Fact(values=frozenset(PromiseChange)),
        "days_slipped": WHOLE,
        "order_value": NUMBER,
        "currency": TEXT,
        "segment": SEGMENT,
        "customer": TEXT,
    },
    "post_note": {"segment": SEGMENT, "length": WHOLE},
    "strike_note": {"segment": SEGMENT, "length": WHOLE},
}
