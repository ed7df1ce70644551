"""What models are told, one Markdown file for each use; the hash of the file goes into the audit log with every answer."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Prompt:
    text: str
    sha256: str


@cache
def load(name: str) -> Prompt:
    """The prompt of that name, read once. Raises FileNotFoundError: prompts are part of the program."""
    text = (_FOLDER / f"{name}.md").read_text(encoding="utf-8")
    return Prompt(text, hashlib.sha256(text.encode()).hexdigest())
