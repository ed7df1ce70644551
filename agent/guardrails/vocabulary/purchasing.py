"""Facts of actions towards vendors."""

from collections.abc import Mapping

from agent.guardrails.vocabulary.base import HARM, NUMBER, TEXT, WHOLE, Fact

COST: Mapping[str, Fact] = {"cost": NUMBER, "currency": TEXT, "vendor": TEXT, "vendor_class": TEXT}
#: `cost` is what is decided on, at least what the vendor's list says; `agreed_cost` is what would be paid.
PRICED: Mapping[str, Fact] = {**COST, "agreed_cost": NUMBER}
#: How far the dearest price is above the vendor's list, and how far the cheapest is below it; unknown where it has no price.
AGAINST_LIST: Mapping[str, Fact] = {"over_list_percent": NUMBER, "under_list_percent": NUMBER}
STATE = Fact(values=frozenset({"draft", "sent", "to approve", "purchase"}))

PURCHASING: Mapping[str, Mapping[str, Fact]] = {
    "send_vendor_message": {"cost": NUMBER, "currency": TEXT, "vendor": TEXT, "recipients": WHOLE},
    "confirm_vendor_date": {**HARM, "days_slipped": WHOLE, "vendor": TEXT, "vendor_class": TEXT},
    "create_rfq": {**PRICED, **AGAINST_LIST},
    "confirm_purchase": {**PRICED, "state": STATE},
    "cancel_purchase": {**HARM, **COST, "state": STATE},
    "change_vendor": {**PRICED, **AGAINST_LIST, "from_vendor": TEXT, "extra_cost": NUMBER, "extra_percent": NUMBER},
}
