"""Purchases, line by line."""

from collections.abc import Sequence
from typing import Protocol

from agent.domain.purchase_papers import PurchasePaper


class PurchasingDetails(Protocol):
    def purchase_papers(self, names: Sequence[str]) -> list[PurchasePaper]:
        """Purchases by number, in any state."""

    def purchases_marked(self, marker: str) -> list[PurchasePaper]:
        """Those whose origin carries this marker."""
