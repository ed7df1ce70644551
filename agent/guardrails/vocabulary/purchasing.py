"""Facts of actions towards vendors."""

from collections.abc import Mapping

from agent.guardrails.vocabulary.base import CONSEQUENCES, Fact

PURCHASING: Mapping[str, Mapping[str, Fact]] = {
    "send_vendor_message": CONSEQUENCES,
    "confirm_purchase": CONSEQUENCES,
    "create_rfq": CONSEQUENCES,
}
