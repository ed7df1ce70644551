"""Facts of actions in the warehouse."""

from collections.abc import Mapping

from agent.guardrails.vocabulary.base import CONSEQUENCES, Fact

STOCK: Mapping[str, Mapping[str, Fact]] = {
    "create_transfer": CONSEQUENCES,
    "reassign_reservation": CONSEQUENCES,
}
