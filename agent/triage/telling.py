"""What a learning judge is shown of a mail."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

import yaml

from agent.domain.mail import ParsedMail, Reference
from agent.guardrails.untrusted_text import fold
from agent.ports.mail_judge import Telling
from agent.triage.reading import Reading

MOST_TEXT = 4_000
SHORTEST_PIECE, LONGEST_PIECE = 3, 5
SHORTEST_STEM = 3
#: Ideas this close to one another make a pair.
NEAR = 3
_NUMBER = re.compile(r"[a-z]*\d[\w/.-]*")
_WORD = re.compile(r"[a-z0_]+|\?")
_PHRASE = re.compile(r"[a-z']+(?:-[a-z]+)*")


def telling_of(mail: ParsedMail, reading: Reading, references: Sequence[Reference]) -> Telling:
    """Of a forwarded mail what was forwarded, else what is new; the kinds of numbers it names, and its attachments' names."""
    named = {f"zref{reference.kind.value.replace('_', '')}" for reference in references if not reference.second_hand}
    attached = (f"att_{word}" for one in mail.attachments for word in re.findall("[a-z]+", fold(one.name)))
    said = reading.old if reading.forwarded else reading.new
    return telling_in(f"{reading.subject} . {said}", [*sorted(named), *attached])


def telling_in(folded: str, marks: Iterable[str] = ()) -> Telling:
    """Of a folded text; `marks` are words about it that do not stand in it."""
    text = _NUMBER.sub("0", folded[:MOST_TEXT])
    words = [*_WORD.findall(text), *marks]
    return Telling(
        words=(*words, *(f"{one} {other}" for one, other in pairwise(words))),
        pieces=tuple(piece for word in words for piece in _pieces(f" {word} ")),
        ideas=tuple(sorted(_ideas(text))),
    )


def _pieces(padded: str) -> Iterator[str]:
    for length in range(SHORTEST_PIECE, LONGEST_PIECE + 1):
        yield from (padded[start : start + length] for start in range(max(len(padded) - length + 1, 0)))


def _ideas(text: str) -> set[str]:
    heard = [ideas for word in _PHRASE.findall(text) if (ideas := _ideas_of(word))]
    pairs = {
        "|".join(sorted((one, other)))
        for place, ideas in enumerate(heard)
        for near in heard[place + 1 : place + 1 + NEAR]
        for one in ideas
        for other in near
        if one != other
    }
    return pairs.union(*heard) if heard else set()


@cache
def _ideas_of(word: str) -> frozenset[str]:
    whole, stems = _vocabulary()
    begun = (stems.get(word[:length], frozenset()) for length in range(SHORTEST_STEM, len(word) + 1))
    return whole.get(word, frozenset()).union(*begun)


@cache
def _vocabulary() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Whole words → ideas, and stems → ideas."""
    whole: dict[str, frozenset[str]] = {}
    stems: dict[str, frozenset[str]] = {}
    listed = yaml.safe_load(files(__package__).joinpath("ideas.yaml").read_text(encoding="utf-8"))
    for idea, words in listed.items():
        for word in words.split():
            place = stems if word.endswith("*") else whole
            place[word.rstrip("*")] = place.get(word.rstrip("*"), frozenset()) | {idea}
    return whole, stems
