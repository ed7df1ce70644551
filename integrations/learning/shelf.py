"""Where what was learned is kept: one file of plain numbers and words for each set of lessons. Nothing in it is ever executed."""

import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.domain.mail import MailClass
from integrations.learning.learned import Block, Floats, Learned

_KINDS = ("words", "pieces", "ideas")
_BETWEEN = "\n"


def keep(learned: Learned, folder: Path, name: str) -> None:
    """Write it, whole or not at all; what was kept under other names goes."""
    folder.mkdir(parents=True, exist_ok=True)
    words, pieces, ideas = learned.blocks
    unfinished = folder / f"{name}.part"
    with unfinished.open("wb") as file:
        np.savez_compressed(
            file,
            classes=np.array([str(kind) for kind in learned.classes]),
            slopes=learned.slopes,
            offsets=learned.offsets,
            words=_told(words),
            words_rarity=words.rarity,
            pieces=_told(pieces),
            pieces_rarity=pieces.rarity,
            ideas=_told(ideas),
            ideas_rarity=ideas.rarity,
        )
    unfinished.replace(folder / f"{name}.npz")
    for other in folder.glob("*.npz"):
        if other.stem != name:
            other.unlink(missing_ok=True)


def kept(folder: Path, name: str) -> Learned | None:
    """What was kept under this name; None when nothing was, or the file is damaged."""
    try:
        with (folder / f"{name}.npz").open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            words, pieces, ideas = (_block(file[kind].tobytes(), file[f"{kind}_rarity"]) for kind in _KINDS)
            classes = tuple(MailClass(kind) for kind in file["classes"].tolist())
            return Learned(classes, (words, pieces, ideas), file["slopes"], file["offsets"])
    except (OSError, EOFError, ValueError, KeyError, zlib.error, zipfile.BadZipFile):
        return None


def _told(block: Block) -> NDArray[np.uint8]:
    return np.frombuffer(_BETWEEN.join(sorted(block.place, key=block.place.__getitem__)).encode(), dtype=np.uint8)


def _block(tokens: bytes, rarity: Floats) -> Block:
    return Block({token: column for column, token in enumerate(tokens.decode().split(_BETWEEN))}, rarity)
