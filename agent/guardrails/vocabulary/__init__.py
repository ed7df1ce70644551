"""What a policy may speak about: the actions, and for each the facts its rules can bound."""

from collections.abc import Mapping

from agent.guardrails.vocabulary.base import NOBODY, TEXTS, Fact
from agent.guardrails.vocabulary.own import OWN
from agent.guardrails.vocabulary.purchasing import PURCHASING
from agent.guardrails.vocabulary.sales import SALES, PromiseChange
from agent.guardrails.vocabulary.stock import STOCK

__all__ = ["FACTS", "NOBODY", "TEXTS", "Fact", "PromiseChange"]

#: A test holds each action to the facts it is listed with here.
FACTS: Mapping[str, Mapping[str, Fact]] = {**SALES, **STOCK, **PURCHASING, **OWN}
