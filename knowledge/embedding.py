"""Vectors without a model: words and pieces of words, hashed. Deterministic, and nothing is downloaded."""

import zlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from chromadb import EmbeddingFunction, Embeddings

from knowledge.words import terms

SIZE = 1024
_WORD_WEIGHT, _PIECE_WEIGHT = 1.0, 0.25
_PIECES = (3, 4)


class HashedWords(EmbeddingFunction[Any]):
    """Each term and its 3- and 4-letter pieces fall into one of 1,024 buckets; rare terms weigh more.

    `weights` are the inverse document frequencies of the indexed sections; a term that is not among them is as rare as can be.
    """

    def __init__(self, weights: Mapping[str, float] | None = None) -> None:
        self._weights = dict(weights or {})
        self._rarest = max(self._weights.values(), default=1.0)

    def __call__(self, input: Any) -> Embeddings:
        return [self._vector(text) for text in input]

    def _vector(self, text: str) -> np.ndarray[Any, np.dtype[np.float32]]:
        vector = np.zeros(SIZE, dtype=np.float32)
        for term, count in Counter(terms(text)).items():
            weight = self._weights.get(term, self._rarest) * (1 + np.log(count))
            self._add(vector, term, _WORD_WEIGHT * weight)
            padded = f"<{term}>"
            for size in _PIECES:
                for start in range(len(padded) - size + 1):
                    self._add(vector, padded[start : start + size], _PIECE_WEIGHT * weight / len(padded))
        length = float(np.linalg.norm(vector))
        return vector / length if length else vector + np.float32(SIZE**-0.5)

    @staticmethod
    def _add(vector: np.ndarray[Any, np.dtype[np.float32]], feature: str, weight: float) -> None:
        bucket = zlib.crc32(feature.encode())
        vector[bucket % SIZE] += weight if bucket & 0x80000000 else -weight

    @staticmethod
    def name() -> str:
        return "expediter-hashed-words"

    def get_config(self) -> dict[str, Any]:
        return {}

    @staticmethod
    def build_from_config(_config: dict[str, Any]) -> "HashedWords":
        return HashedWords()
