"""Facts of actions towards vendors."""

from collections.abc import Mapping

from agent.guardrails.vocabulary.base import CONSEQUENCES, HARM, NUMBER, TEXT, WHOLE, Fact

COST: Mapping[str, Fact] = {"cost": NUMBER, "currency": TEXT, "vendor": TEXT, "vendor_class": TEXT}
STATE = Fact(values=frozenset({"draft", "sent", "to approve", "purchase"}))

PURCHASING: Mapping[str, Mapping[str, Fact]] = {
    "send_vendor_message": {**CONSEQUENCES, "vendor": TEXT, "recipients": WHOLE},
    "confirm_vendor_date": {**HARM, "days_slipped": WHOLE, "vendor": TEXT, "vendor_class": TEXT},
    "create_rfq": {**COST, "over_list_percent": NUMBER},
    "confirm_purchase": {**COST, "state": STATE},
    "cancel_purchase": {**COST, "state": STATE},
    "change_vendor": {**COST, "from_vendor": TEXT, "extra_cost": NUMBER, "extra_percent": NUMBER},
}
