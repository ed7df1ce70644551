"""An answer in the documents' own words."""

import re
from collections.abc import Sequence

from agent.domain.passages import Passage
from knowledge.words import terms

NOTHING = "No document answers that."
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"“])")
_MOST = 3


def worded(question: str, passages: Sequence[Passage]) -> str:
    """The sentences of the best section that share most with the question, in their order, and where they stand."""
    if not passages:
        return NOTHING
    best = passages[0]
    return f"{' '.join(telling_sentences(question, best.text))} ({best.title}, section “{best.section}”, {best.document})"


def telling_sentences(question: str, text: str, most: int = _MOST) -> list[str]:
    """At most `most` sentences of the text, those that share most words with the question, in reading order."""
    asked = set(terms(question))
    sentences = [" ".join(sentence.split()) for sentence in _SENTENCE.split(text) if sentence.strip()]
    by_worth = sorted(range(len(sentences)), key=lambda place: (-len(asked & set(terms(sentences[place]))), place))
    return [sentences[place] for place in sorted(by_worth[:most])]
