"""Facts of changes to Expediter itself."""

from collections.abc import Mapping
from enum import StrEnum

from agent.guardrails.vocabulary.base import WHOLE, Fact


class Touches(StrEnum):
    """Whether a new policy changes who decides on new policies."""

    YES = "yes"
    NO = "no"


OWN: Mapping[str, Mapping[str, Fact]] = {
    "activate_policy": {
        "rules_changed": WHOLE,
        "settings_changed": WHOLE,
        "changes_its_own_rules": Fact(values=frozenset(Touches)),
    },
}
