"""Builds of the index: each in a folder of its own, the one in use named by `current.json`."""

import json
import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from agent.errors import KnowledgeUnavailable

REBUILD = "run `expediter knowledge index`"
_CURRENT = "current.json"


@dataclass(frozen=True, slots=True)
class Generation:
    """One complete build."""

    folder: Path
    source: Path
    """Where the documents lie that were indexed."""
    sections: int
    weights: dict[str, float]
    """Rarity of every term."""


def new_generation(index: Path, source: Path, sections: int, weights: dict[str, float]) -> Generation:
    return Generation(index / f"g-{uuid.uuid4().hex[:12]}", source, sections, weights)


def current_generation(index: Path) -> Generation:
    """The build in use. Raises KnowledgeUnavailable when there is none, or it cannot be read."""
    try:
        content = json.loads((index / _CURRENT).read_text(encoding="utf-8"))
        generation = Generation(
            index / Path(content["generation"]).name, Path(content["source"]), content["sections"], content["weights"]
        )
    except FileNotFoundError:
        raise KnowledgeUnavailable(f"No documents are indexed yet; {REBUILD}.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KnowledgeUnavailable(f"The document index is damaged; {REBUILD}.") from error
    if not generation.folder.is_dir():
        raise KnowledgeUnavailable(f"The document index is incomplete; {REBUILD}.")
    return generation


def use(index: Path, generation: Generation) -> None:
    """Name it the current one, all at once, and remove what nobody can be reading any more: all but it and the one before."""
    previous = _previous(index)
    content = {
        "generation": generation.folder.name,
        "source": str(generation.source),
        "sections": generation.sections,
        "weights": generation.weights,
    }
    draft = index / f".{_CURRENT}.{os.getpid()}"
    draft.write_text(json.dumps(content), encoding="utf-8")
    draft.replace(index / _CURRENT)
    for folder in index.glob("g-*"):
        if folder not in (generation.folder, previous):
            shutil.rmtree(folder, ignore_errors=True)


def _previous(index: Path) -> Path | None:
    try:
        return current_generation(index).folder
    except KnowledgeUnavailable:
        return None
