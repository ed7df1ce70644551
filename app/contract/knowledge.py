"""Sections of the company's documents."""

from agent.domain.passages import Passage
from app.contract.model import Contract


class PassageRow(Contract):
    document: str
    title: str
    section: str
    text: str
    score: float
    """0 to 1; higher is closer."""

    @classmethod
    def of(cls, passage: Passage) -> "PassageRow":
        return cls(
            document=passage.document,
            title=passage.title,
            section=passage.section,
            text=passage.text,
            score=round(passage.score, 4),
        )
