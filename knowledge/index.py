"""The index of the company's documents on chromadb. Disposable: rebuilt whole, and every hit is re-checked in the documents.

A chromadb client does not notice what other processes write, so a rebuild makes a new generation beside the old one, and
every search first looks which one is current.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from agent.domain.passages import Passage
from agent.errors import KnowledgeUnavailable
from knowledge.answers import worded
from knowledge.generations import REBUILD, Generation, current_generation, new_generation, use
from knowledge.ranking import BESIDE, WEAK, rarity, score
from knowledge.sections import Section, read_document, read_folder

if TYPE_CHECKING:
    from knowledge.vectors import Vectors

_CANDIDATES = 40
_LONGEST_QUESTION = 2_000


class KnowledgeIndex:
    """The port `Knowledge`, kept in one folder. Nothing is opened before the first question; close it when done."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: Vectors | None = None

    def index(self, folder: Path) -> int:
        """Rebuild from the folder's Markdown files; returns the number of sections. Raises KnowledgeUnavailable."""
        sections = read_folder(folder)
        weights = rarity(section.searched for section in sections)
        generation = new_generation(self._path, folder.resolve(), len(sections), weights)
        try:
            generation.folder.mkdir(parents=True)
            self._vectors(generation).fill(sections)
            use(self._path, generation)
        except OSError as error:
            raise KnowledgeUnavailable(f"The index cannot be written in {self._path} ({error.strerror}).") from error
        return len(sections)

    def search(self, question: str, limit: int = 3) -> list[Passage]:
        """Best first, weak matches left out: an empty list means that no document answers. Raises KnowledgeUnavailable."""
        generation = current_generation(self._path)
        if not generation.source.is_dir():
            raise KnowledgeUnavailable(
                f"The indexed documents are no longer in {generation.source}; {REBUILD} with their folder."
            )
        ranked = sorted(self._judged(question, generation), key=lambda found: (-found[1], found[0].document, found[0].heading))
        weakest = max(WEAK, ranked[0][1] * BESIDE) if ranked else WEAK
        current = (found for found in ranked if found[1] >= weakest and _still_says_so(found[0], generation.source))
        return [_passage(section, points) for (section, points), _ in zip(current, range(limit), strict=False)]

    def ask(self, question: str) -> str:
        """The sentences that answer, with document and section; says so when there are none. Raises KnowledgeUnavailable."""
        return worded(question, self.search(question, 1))

    def close(self) -> None:
        if self._open:
            self._open.close()
        self._open = None

    def _judged(self, question: str, generation: Generation) -> Iterator[tuple[Section, float]]:
        question = question[:_LONGEST_QUESTION]
        for section, nearness in self._vectors(generation).nearest(question, min(_CANDIDATES, generation.sections)):
            yield section, score(question, section, nearness, generation.weights)

    def _vectors(self, generation: Generation) -> "Vectors":
        """The open client of this generation; an older one is closed."""
        from knowledge.vectors import Vectors  # noqa: PLC0415 - chromadb takes half a second to import

        if self._open is None or self._open.folder != generation.folder:
            self.close()
            self._open = Vectors(generation)
        return self._open


def _passage(section: Section, points: float) -> Passage:
    return Passage(section.document, section.title, section.heading, section.text, round(points, 4))


def _still_says_so(found: Section, source: Path) -> bool:
    """The document still has this section, word for word. What was changed since is not quoted."""
    path = source / found.document
    return path.is_file() and any(section.digest == found.digest for section in read_document(source, path))
