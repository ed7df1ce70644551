"""How well a section answers a question: shared words weighed by rarity, fused with the nearness of the vectors."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from knowledge.sections import OPENING, Section
from knowledge.words import terms

#: Below this a section shares too little with the question to be an answer.
WEAK = 0.36
#: What scores less than this share of the best is beside the point.
BESIDE = 0.55
_LEXICAL = 0.8
_IN_HEADING, _IN_TITLE = 1.3, 0.45
#: A word that no document uses says that the answer may be missing, but many such words are only talk.
_UNKNOWN = 0.55
#: What stands before the first heading says what the page is for, seldom what the rule is.
_OPENING = 0.7
#: One shared word out of several may be chance.
_BY_CHANCE = 0.6


def rarity(texts: Iterable[str]) -> dict[str, float]:
    """Inverse document frequency of every term."""
    counted = [set(terms(text)) for text in texts]
    frequency = Counter(term for found in counted for term in found)
    return {term: math.log(1 + (len(counted) - count + 0.5) / (count + 0.5)) for term, count in frequency.items()}


def score(question: str, section: Section, nearness: float, weights: Mapping[str, float]) -> float:
    """0 to 1: the share of the question's words that the section has, a rare one counting more, and a part for nearness."""
    rarest = max(weights.values(), default=1.0)
    worth = {term: weights.get(term, rarest * _UNKNOWN) for term in set(terms(question)) if term in weights or not term.isdigit()}
    total = sum(worth.values())
    if not total:
        return 0.0
    in_title, in_heading, in_text = set(terms(section.title)), set(terms(section.heading)), Counter(terms(section.text))
    presence = {term: _presence(in_text[term], term in in_heading, term in in_title) for term in worth}
    gained = sum(value * presence[term] for term, value in worth.items())
    points = _LEXICAL * gained / total + (1 - _LEXICAL) * max(0.0, nearness)
    by_chance = len(worth) > 1 and sum(map(bool, presence.values())) < 2
    return min(1.0, points * (_OPENING if section.heading == OPENING else 1.0) * (_BY_CHANCE if by_chance else 1.0))


def _presence(count: int, in_heading: bool, in_title: bool) -> float:
    """Saturating: the third mention says hardly more than the first."""
    seen = count / (count + 0.35) if count else 0.0
    return max(seen, _IN_HEADING if in_heading else 0.0, _IN_TITLE if in_title else 0.0)
