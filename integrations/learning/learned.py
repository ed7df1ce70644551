"""What was learned: a linear model over the tokens of a mail, which answers with shares."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.domain.mail import MailClass
from agent.ports.mail_judge import Telling

#: Distances from the boundaries, times this, are the logarithms of odds. Measured: with it shares keep their word.
SHARPNESS = 5.0
#: A text of which fewer words than this share are known was written in no way that anybody learned; it is judged less surely.
FAMILIAR = 0.5
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Block:
    """Tokens of one kind, and how telling each is because it is rare."""

    place: Mapping[str, int]
    rarity: Floats

    def weights(self, tokens: Sequence[str]) -> tuple[NDArray[np.intp], Floats]:
        """Columns of the known tokens and their weights, of length 1 together."""
        known = [(self.place[token], count) for token, count in Counter(tokens).items() if token in self.place]
        columns = np.array([column for column, _ in known], dtype=np.intp)
        raw = (1 + np.log([count for _, count in known])) * self.rarity[columns] if known else np.zeros(0)
        length = float(np.linalg.norm(raw)) or 1.0
        return columns, (raw / length).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Learned:
    """Implements `agent.ports.mail_judge.MailJudge`."""

    classes: tuple[MailClass, ...]
    blocks: tuple[Block, Block, Block]
    """Words, pieces, ideas; their columns follow one another in `slopes`."""
    slopes: Floats
    """Class × column."""
    offsets: Floats

    def shares(self, telling: Telling) -> Mapping[MailClass, float]:
        distance = self.offsets.astype(np.float64)
        start = 0
        for block, tokens in zip(self.blocks, (telling.words, telling.pieces, telling.ideas), strict=True):
            columns, weights = block.weights(tokens)
            distance = distance + self.slopes[:, start + columns] @ weights
            start += len(block.rarity)
        odds = np.exp(SHARPNESS * self._familiar(telling.words) * (distance - distance.max()))
        return dict(zip(self.classes, (odds / odds.sum()).tolist(), strict=True))

    def _familiar(self, words: Sequence[str]) -> float:
        single = [word for word in words if " " not in word]
        known = sum(word in self.blocks[0].place for word in single)
        return min(1.0, known / (FAMILIAR * len(single))) ** 2 if single else 0.0
