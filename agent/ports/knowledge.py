"""The company's own procedures."""

from typing import Protocol

from agent.domain.passages import Passage


class Knowledge(Protocol):
    def search(self, question: str, limit: int = 3) -> list[Passage]:
        """Best first, weak matches left out. Raises KnowledgeUnavailable."""
