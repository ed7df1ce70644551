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


ORDER: Mapping[str, Fact] = {"order_value": NUMBER, "currency": TEXT, "segment": SEGMENT, "customer": TEXT}
#: Percent, of the line as it would be; and money in the order's currency, untaxed.
PRICE: Mapping[str, Fact] = {"discount_percent": NUMBER, "margin_percent": NUMBER, "amount_given_away": NUMBER}
#: What the customer would owe beyond the credit limit; 0 within it, unknown where no limit can be read.
LIMIT: Mapping[str, Fact] = {"over_limit": NUMBER}
CREDIT: Mapping[str, Fact] = {"amount": NUMBER, "currency": TEXT, "segment": SEGMENT, "customer": TEXT, "paid": TEXT}
RECORD: Mapping[str, Fact] = {"record_kind": Fact(values=frozenset({"sale order", "purchase", "delivery"}))}
CASE: Mapping[str, Fact] = {"case_kind": Fact(values=frozenset({"ticket", "task", "activity"}))}

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
    "schedule_activity": RECORD,
    "withdraw_activity": RECORD,
    "tag_order": {**ORDER, "tag": TEXT},
    "untag_order": {**ORDER, "tag": TEXT},
    "hold_order": ORDER,
    "release_order": {**ORDER, **LIMIT},
    "change_quantity": {**ORDER, **LIMIT, "value_change": NUMBER, "change_percent": NUMBER},
    "cancel_order": ORDER,
    "change_carrier": {**ORDER, "carrier": TEXT, "freight": NUMBER, "freight_change": NUMBER},
    "price_exception": {**ORDER, **LIMIT, **PRICE},
    "create_credit_note": CREDIT,
    "cancel_credit_note": CREDIT,
    "open_case": {**ORDER, **CASE},
    "close_case": {**ORDER, **CASE},
    "send_customer_update": {**ORDER, "recipients": WHOLE},
}
