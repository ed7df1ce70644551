"""The language of a mail, by its most common small words; of a mail of three words, by a telling one."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

#: Languages we have cues and templates for.
SPOKEN = ("en", "de", "fr", "nl", "es")
UNKNOWN = "und"
#: Small words from which a language is recognised, and which share of all words they must be.
ENOUGH_WORDS, ENOUGH_SHARE = 2, 0.05
#: A mail of no more words than this is too short for small words alone.
TERSE = 15


def languages_of(folded: str) -> list[tuple[str, float]]:
    """Languages with their share of the small words, most likely first; empty when too little can be recognised."""
    words = Counter(re.findall(r"[a-z]+", folded))
    total, terse = sum(words.values()), is_terse(folded)
    counts = {
        name: sum(words[word] for word in common) + (sum(words[word] for word in telling) if terse else 0)
        for name, (common, telling) in _vocabulary().items()
    }
    enough = 1 if terse and max(counts.values()) == 1 and list(counts.values()).count(1) == 1 else ENOUGH_WORDS
    return sorted(
        ((name, count / total) for name, count in counts.items() if count >= enough and count / total >= ENOUGH_SHARE),
        key=lambda pair: -pair[1],
    )


def is_terse(folded: str) -> bool:
    return len(re.findall(r"[a-z]+", folded)) <= TERSE


@cache
def _vocabulary() -> Mapping[str, tuple[frozenset[str], frozenset[str]]]:
    """Language → its common words and its telling ones."""
    listed = yaml.safe_load(files(__package__).joinpath("languages.yaml").read_text(encoding="utf-8"))
    return {name: (frozenset(words["common"].split()), frozenset(words["telling"].split())) for name, words in listed.items()}
