"""Markdown documents cut at their headings."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.errors import KnowledgeUnavailable

OPENING = "Introduction"
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*\s*$")
_FENCE = re.compile(r"^\s*(```|~~~)")


@dataclass(frozen=True, slots=True)
class Section:
    """The text under one heading; what stands before the first is the section `Introduction`."""

    document: str
    title: str
    heading: str
    text: str

    @property
    def searched(self) -> str:
        """What is embedded: the headings tell what the text is about."""
        return f"{self.title}\n{self.heading}\n{self.text}"

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.title}\0{self.heading}\0{self.text}".encode()).hexdigest()


def read_folder(folder: Path) -> list[Section]:
    """All sections of the `.md` files in and below the folder. Raises KnowledgeUnavailable when none can be read."""
    if not folder.is_dir():
        raise KnowledgeUnavailable(
            f"{folder} is not a folder; name a folder of Markdown files: `expediter knowledge index FOLDER`."
        )
    sections = [section for path in sorted(folder.rglob("*.md")) for section in read_document(folder, path)]
    if not sections:
        raise KnowledgeUnavailable(f"{folder} has no Markdown files with text; name another: `expediter knowledge index FOLDER`.")
    return sections


def read_document(folder: Path, path: Path) -> list[Section]:
    """Sections of one file, named by its path below the folder."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeUnavailable(f"{path} cannot be read as UTF-8 text; save it again and rebuild the index.") from error
    return list(_split(path.relative_to(folder).as_posix(), path.stem, text))


def _split(document: str, title: str, text: str) -> Iterator[Section]:
    heading, lines, fenced, seen = OPENING, list[str](), False, False
    for line in text.splitlines():
        fenced ^= bool(_FENCE.match(line))
        match = None if fenced else _HEADING.match(line)
        if not match:
            lines.append(line)
            continue
        if body := "\n".join(lines).strip():
            yield Section(document, title, heading, body)
        lines = []
        if len(match[1]) == 1 and not seen:
            title, seen = match[2], True
        else:
            heading = match[2]
    if body := "\n".join(lines).strip():
        yield Section(document, title, heading, body)
