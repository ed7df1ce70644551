"""Which class a mail resembles, judged by mails that persons gave a class (`examples/`). Asked where the cues are not sure.

Naive Bayes on words, pairs of words and pieces of long words; these are far from independent, so its odds are cooled down.
"""

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from agent.domain.mail import MailClass
from agent.guardrails.untrusted_text import fold

MOST_TEXT = 4_000
PIECE = 5
#: A feature of a single example says more of its writer than of its class.
SEEN = 2
SMOOTHED = 0.3
COOLED = 8.0
#: How likely the best class must be, among all, to be worth naming.
LIKELY = 0.4


@dataclass(frozen=True, slots=True)
class _Counts:
    mails: Counter[MailClass]
    of_class: dict[MailClass, Counter[str]]
    of_all: Counter[str]

    def odds(self, feature: str, kind: MailClass) -> float:
        """How much more often the feature stands in mails of the class than in others, as a logarithm."""
        here, own = self.of_class[kind][feature], self.mails[kind]
        there, others = self.of_all[feature] - here, self.mails.total() - own
        within = (here + SMOOTHED) / (own + 2 * SMOOTHED)
        return math.log(within * (others + 2 * SMOOTHED) / (there + SMOOTHED))


def resembles(folded: str) -> MailClass | None:
    """The class whose examples the text is like; None when no class stands out."""
    counts = _learned()
    telling = [feature for feature in _features(folded[:MOST_TEXT]) if counts.of_all[feature] >= SEEN]
    odds = {kind: sum(counts.odds(feature, kind) for feature in telling) for kind in counts.mails}
    best = max(odds, key=lambda kind: (odds[kind], kind))
    total = sum(math.exp((value - odds[best]) / COOLED) for value in odds.values())
    return best if telling and 1 / total >= LIKELY else None


def _features(folded: str) -> set[str]:
    words = re.findall(r"[a-z0]+|\?", re.sub(r"\d+", "0", folded))
    pieces = (piece for word in words if len(word) >= PIECE for piece in _pieces(word))
    return {*words, *(f"{one} {other}" for one, other in itertools.pairwise(words)), *pieces}


def _pieces(word: str) -> Iterator[str]:
    yield f"^{word[:PIECE]}"
    yield from (f"_{word[start : start + PIECE]}" for start in range(len(word) - PIECE + 1))


@cache
def _learned() -> _Counts:
    return _counted((kind, text) for kind in MailClass for text in examples_of(kind))


def _counted(examples: Iterable[tuple[MailClass, str]]) -> _Counts:
    counts = _Counts(Counter(), {kind: Counter() for kind in MailClass}, Counter())
    for kind, text in examples:
        features = _features(fold(text))
        counts.mails[kind] += 1
        counts.of_class[kind].update(features)
        counts.of_all.update(features)
    return counts


def examples_of(kind: MailClass) -> list[str]:
    """Subject and body of mails of the class, in one line each."""
    text = files(__package__).joinpath("examples", f"{kind}.yaml").read_text(encoding="utf-8")
    examples: list[str] = yaml.safe_load(text)
    return examples
