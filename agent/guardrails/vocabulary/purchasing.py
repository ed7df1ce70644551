"""Facts of actions towards vendors."""

from collections.abc import Mapping

from agent.guardrails.vocabulary.base import CONSEQUENCES, TEXT, WHOLE, Fact

PURCHASING: Mapping[str, Mapping[str, Fact]] = {
    "send_vendor_message": {**CONSEQUENCES, "vendor": TEXT, "recipients": WHOLE},
    "confirm_purchase": CONSEQUENCES,
    "create_rfq": CONSEQUENCES,
}
