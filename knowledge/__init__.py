"""The company's procedures and their index."""

from pathlib import Path

from knowledge.index import KnowledgeIndex

#: The demo company's procedures.
DOCUMENTS = Path(__file__).parent / "documents"

__all__ = ["DOCUMENTS", "KnowledgeIndex"]
