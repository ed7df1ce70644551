"""Pieces of the company's own documents."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """One section of a document that may answer a question."""

    document: str
    """File name: `returns.md`."""
    title: str
    section: str
    text: str
    score: float
    """0 to 1; higher is closer."""
