"""Turns of phrase that speak for a class, by language and weight: one file for each class in `cues/`."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from agent.domain.mail import MailClass
from agent.triage.reading import Reading

#: `~` in a cue: a few words of the same sentence.
GAP = r"(?:[^.!?;]|[.;](?=\w)|(?<=\d)\.(?= \w)){0,60}?"
_AFTER_GAP = re.compile(r"(?<=~)\(([^()]*)\)(?=$|[ ~])")
#: A subject that answers: it tells what the first mail of the thread was about, in its writer's words.
_ANSWERS = re.compile(r"^\W*(re|aw|antw|antwort|sv|odp)(\[\d+\])? ?:")
#: Weight from which a cue can make a class; weaker ones only support.
DECISIVE = 3.0
IN_SUBJECT, IN_ANSWER, IN_BODY, IN_QUOTE, IN_FORWARDED = 1.5, 0.6, 1.0, 0.25, 0.9
#: Classes of mails that tell something; the same words in a question ask for it.
STATEMENTS = frozenset(
    {
        MailClass.DELAY_NOTICE,
        MailClass.PO_CONFIRMATION,
        MailClass.DISPATCH_ADVICE,
        MailClass.PROOF_OF_DELIVERY,
        MailClass.AUTOMATED_NOISE,
    }
)
ASKED = 0.4
#: A paper that is named: asking for a proof of delivery is about the proof as much as sending one.
PAPER = 5.0


@dataclass(frozen=True, slots=True)
class Cue:
    mail_class: MailClass
    language: str
    weight: float
    pattern: re.Pattern[str]
    sign: str = ""
    """Stands in every text that has the cue; most cues are ruled out by it alone."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A cue that was found, how much it counts where it stands, and the words themselves."""

    mail_class: MailClass
    points: float
    words: str
    place: int
    """0 subject, 1 new text, 2 quote."""
    span: tuple[int, int]
    decisive: bool
    """Strong enough to make a class on its own, and not in a quote."""


@cache
def all_cues() -> tuple[Cue, ...]:
    return tuple(cue for mail_class in MailClass for cue in _cues_of(mail_class))


def _cues_of(mail_class: MailClass) -> Iterator[Cue]:
    file = files(__package__).joinpath("cues", f"{mail_class}.yaml")
    if not file.is_file():
        return
    for language, weights in yaml.safe_load(file.read_text(encoding="utf-8")).items():
        for weight, lines in weights.items():
            for line in lines.splitlines():
                yield Cue(mail_class, language, float(weight), _compiled(line.strip()), _sign(line.strip()))


def _compiled(line: str) -> re.Pattern[str]:
    whole = _AFTER_GAP.sub(_bounded, line)
    return re.compile((r"\b" if line[0].isalnum() or line[0] == "(" else "") + whole.replace("~", GAP))


def _sign(line: str) -> str:
    """The longest run of plain characters that no text with the cue can lack; empty where there may be none."""
    outside, depth, inside = [], 0, False
    for place, character in enumerate(line):
        escaped = place > 0 and line[place - 1] == "\\"
        if escaped:
            outside.append("\0")
            continue
        inside = (inside or character == "[") and character != "]"
        depth += (character == "(") - (character == ")")
        if character == "|" and depth == 0 and not inside:
            return ""
        plain = depth == 0 and not inside and (character.isalnum() or character == " ")
        optional = line[place + 1 : place + 2] in ("?", "*", "+", "{")
        outside.append(character if plain and not optional else "\0")
    return "" if "{" in line else max("".join(outside).split("\0"), key=len)


def _bounded(group: re.Match[str]) -> str:
    """Small words are words of their own: `on` is not heard in Monday, while `auftrag` is in Kundenauftrag."""
    words = (rf"\b{word}\b" if re.fullmatch("[a-z]{1,3}", word) else word for word in group[1].split("|"))
    return f"({'|'.join(words)})"


def hear(reading: Reading, languages: Collection[str]) -> list[Heard]:
    """Every cue of these languages once, where it counts most."""
    forwarded = reading.forwarded
    places = [
        (0, IN_ANSWER if _ANSWERS.match(reading.subject) else IN_SUBJECT, reading.subject),
        (1, IN_BODY, reading.new),
        (2, IN_FORWARDED if forwarded else IN_QUOTE, reading.old),
    ]
    told = [place for place in places if not place[2].isspace() and place[2]]
    against = told if forwarded else [place for place in told if place[0] < 2]
    whole = "\n".join(text for _, _, text in told)
    cues = [cue for cue in _cues_in(frozenset(languages)) if cue.sign in whole]
    return [heard for cue in cues if (heard := _hear(cue, told if cue.weight > 0 else against))]


@cache
def _cues_in(languages: frozenset[str]) -> tuple[Cue, ...]:
    return tuple(cue for cue in all_cues() if cue.language in languages)


def _hear(cue: Cue, places: Sequence[tuple[int, float, str]]) -> Heard | None:
    for place, factor, text in places:
        if match := cue.pattern.search(text):
            if cue.mail_class in STATEMENTS and not _is_paper(cue) and _asked(text, match.end()):
                factor *= ASKED
            decisive = cue.weight >= DECISIVE and factor > IN_QUOTE
            return Heard(cue.mail_class, cue.weight * factor, " ".join(match[0].split()), place, match.span(), decisive)
    return None


def _is_paper(cue: Cue) -> bool:
    return cue.mail_class is MailClass.PROOF_OF_DELIVERY and cue.weight >= PAPER


def _asked(text: str, end: int) -> bool:
    """The sentence goes on to a question mark."""
    stop = re.search(r"[!?]|\.(?!\w)", text[end : end + 200])
    return stop is not None and stop[0] == "?"
