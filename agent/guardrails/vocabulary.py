"""What a policy may speak about: the actions, and for each the facts its rules can bound."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from agent.domain.sales import Segment


class PromiseChange(StrEnum):
    """In which way a promise date moves."""

    FIRST = "first"
    """There was no promise date."""
    EARLIER = "earlier"
    LATER = "later"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of an action: a number that can have bounds, or a text. `values` lists the only texts there are."""

    number: bool = False
    values: frozenset[str] | None = None


NUMBER = Fact(number=True)
TEXT = Fact()
SEGMENT = Fact(values=frozenset(Segment))

#: In place of a segment: no customer is harmed.
NOBODY = "nobody"

#: What the policy may decide an option on that is carried out by hand, as long as no action of that name can be proposed.
CONSEQUENCES: Mapping[str, Fact] = {
    "segment": SEGMENT,
    "cost": NUMBER,
    "currency": TEXT,
    "orders_harmed": NUMBER,
    "value_harmed": NUMBER,
    "segment_harmed": Fact(values=frozenset({*Segment, NOBODY})),
}

#: A test holds each action to the facts it is listed with here.
FACTS: Mapping[str, Mapping[str, Fact]] = {
    "move_promise_date": {
        "change": Fact(values=frozenset(PromiseChange)),
        "days_slipped": NUMBER,
        "order_value": NUMBER,
        "currency": TEXT,
        "segment": SEGMENT,
        "customer": TEXT,
    },
    "post_note": {"segment": SEGMENT, "length": NUMBER},
    "strike_note": {"segment": SEGMENT, "length": NUMBER},
    "create_transfer": CONSEQUENCES,
    "reassign_reservation": CONSEQUENCES,
    "send_vendor_message": CONSEQUENCES,
    "confirm_purchase": CONSEQUENCES,
    "create_rfq": CONSEQUENCES,
}
