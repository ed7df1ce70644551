"""Words as the index compares them: folded, without endings, with the trade's synonyms made one."""

import re
from functools import cache
from importlib.resources import files

import yaml

from agent.guardrails.untrusted_text import fold

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_ENDINGS = ("ation", "ment", "ing", "ied", "ie", "er", "ed", "ly", "e", "y")
#: Words that say nothing about the subject.
_SMALL_WORDS = """
    a an the and or of to in on at by for from with without is are was were be been being do does did has have had will
    would can could should shall may might must i we you they he she it its our your their my me us them this that
    these those there here what which who whom whose when where why how if then than as so not no nor only also just
    about into over under again any some all each every per more most much many very up out off down get gets got give
    given happens happen need needs want wants let make made go goes it's long takes take took still even yet now today
    please tell say says one ones thing things something anything
    handle handled handling deal treat work works process procedure procedures policy policies rule rules guideline sop company
    worth old new good goods item items two three four five six seven eight nine ten twelve
"""
_SMALL = frozenset(_SMALL_WORDS.split())


def terms(text: str) -> list[str]:
    """Content words in reading order, each as its stem or as the group it belongs to."""
    folded = fold(text)
    for phrase, group in _phrases():
        folded = re.sub(rf"\b{phrase}\b", group, folded)
    words = (word for word in _WORD.findall(folded) if word not in _SMALL)
    return [_groups().get(stem(word), stem(word)) for word in words]


@cache
def stem(word: str) -> str:
    """A crude stem: the plural's ending and one more, as long as four letters stay."""
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        word = word[:-1]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


@cache
def _table() -> dict[str, list[str]]:
    table: dict[str, list[str]] = yaml.safe_load(files(__package__).joinpath("synonyms.yaml").read_text(encoding="utf-8"))
    return table


@cache
def _groups() -> dict[str, str]:
    return {stem(word): group for group, words in _table().items() for word in [group, *words] if " " not in word}


@cache
def _phrases() -> tuple[tuple[str, str], ...]:
    return tuple((phrase, group) for group, words in _table().items() for phrase in words if " " in phrase)
