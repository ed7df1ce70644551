"""The sections of one generation as vectors in chromadb. Imported only when an index is used: chromadb is large."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import chromadb
from chromadb.api.client import Client
from chromadb.config import Settings
from chromadb.errors import ChromaError

from agent.errors import KnowledgeUnavailable
from knowledge.embedding import HashedWords
from knowledge.generations import REBUILD, Generation
from knowledge.sections import Section

_COLLECTION = "sections"
_BATCH = 2_000


class Vectors:
    """One open client. Never shared between processes; thread-safe, as chromadb is."""

    def __init__(self, generation: Generation) -> None:
        self.folder: Path = generation.folder
        self._embed = HashedWords(generation.weights)
        with _translated():
            settings = Settings(anonymized_telemetry=False)
            self._client = cast(Client, chromadb.PersistentClient(path=str(self.folder), settings=settings))

    def fill(self, sections: Sequence[Section]) -> None:
        collection = self._client.create_collection(
            _COLLECTION, embedding_function=self._embed, configuration={"hnsw": {"space": "cosine"}}
        )
        for start in range(0, len(sections), _BATCH):
            batch = sections[start : start + _BATCH]
            collection.add(
                ids=[str(start + place) for place in range(len(batch))],
                documents=[section.text for section in batch],
                embeddings=self._embed([section.searched for section in batch]),
                metadatas=[{"document": one.document, "title": one.title, "section": one.heading} for one in batch],
            )

    def nearest(self, question: str, count: int) -> list[tuple[Section, float]]:
        """Sections with their nearness, 1 for the same words, best first."""
        with _translated():
            collection = self._client.get_collection(_COLLECTION, embedding_function=self._embed)
            found: dict[str, Any] = dict(collection.query(query_texts=[question], n_results=count))
        rows = zip(found["documents"][0], found["metadatas"][0], found["distances"][0], strict=True)
        return [
            (Section(about["document"], about["title"], about["section"], text), 1 - float(distance))
            for text, about, distance in rows
        ]

    def close(self) -> None:
        self._client.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (ChromaError, ValueError, OSError) as error:
        raise KnowledgeUnavailable(f"The document index is damaged; {REBUILD}.") from error
