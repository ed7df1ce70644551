"""Text from outside: made harmless to display, and looked at for attempts to instruct a machine.

Finding an instruction is a hint for a person and never a security boundary: whatever a text says, only a grant lets
anything be written.
"""

import re
import unicodedata
from functools import cache

_TAGS = range(0xE0020, 0xE007F)
_SPACES = str.maketrans({char: " " for char in "\u00a0\u1680\u2000\u2001\u2002\u2003\u2007\u2009\u200a\u202f\u205f\u3000\f\v"})

#: An order to a machine, in the five languages we read: who is addressed, and what it is told to forget or do.
_INSTRUCTIONS = (
    r"(ignore|disregard|forget|override|bypass)\b.{0,40}\b(instruction|prompt|rule|polic|guideline|direction|context)",
    r"(do not|don't|never) (follow|obey|apply) (the|your|any|previous)\b.{0,30}\b(instruction|rule|polic|guideline)",
    r"(ignorier|vergiss|vergesse|missacht|uberschreib)\w*\b.{0,40}\b(anweisung|regel|richtlinie|vorgabe|instruktion|prompt)",
    r"(ignore[zr]?|oublie[zr]?|neglige[zr]?|contourne[zr]?)\b.{0,40}\b(instruction|consigne|regle|directive|prompt)",
    r"(negeer|vergeet|omzeil)\b.{0,40}\b(instructie|regel|opdracht|richtlijn|prompt)",
    r"(ignor[aeo]|ignorad|olvid[ae]|omit[ae]|descart[ae])\w*\b.{0,40}\b(instruccion|indicacion|regla|norma|prompt)",
    r"\b(you are|act as|behave as|pretend to be) (now )?(a|an|the|in)\b.{0,40}\b(ai|assistant|agent|bot|model"
    r"|admin|developer mode)",
    r"\b(du bist|tu es|vous etes|je bent|u bent|eres|usted es) (jetzt |ab sofort |maintenant |desormais |nu |ahora )?"
    r"(ein|eine|un|une|een|una|der|l')\b.{0,30}\b(ki|ia|ai|assisten|agent|bot|model)",
    r"(system|developer) (prompt|message|instruction|override)\b",
    r"<\s*/?\s*(system|assistant|instructions?|tool_call|im_start|untrusted)\b|<\|[a-z_]+\|>|\[/?inst\]|^#+ "
    r"?(system|instruction)s?:?\s*$",
    r"(note|attention|message|hinweis|nota|opmerking|instruction|important|wichtig)\w*:? (to|for|fur|an|pour|voor|para|a|aan)"
    r" (the |any |die |den |das |alle |l'|la |le |les |el |de |het )?\b(ai|ki|ia|llm|assistant|assistent|bot"
    r"|automat\w+|language model|"
    r"sprachmodell|agent)\b",
    r"\b(ai|ki|ia|llm)[- ]?(assistant|assistent|agent|model|system|asistente)?\b[,:]? .{0,20}\b(must|should"
    r"|please|muss|soll|bitte|doit|"
    r"dois|moet|debe|approve|freigeb)",
    r"\b(call|invoke|execute|run|use|rufe?|appelle[zr]?|exec\w+|roep) (the |die |la |de |el )?\w*[ _`'\"]*"
    r"(tool|function|funktion|werkzeug|fonction|outil|functie|funcion|herramienta)\b",
    r"\b(approve|confirm|authori[sz]e|release|genehmige\w*|freigeben|approuve[zr]?|keur|aprueb[ae])\b.{0,60}"
    r"\b(without|ohne|sans|zonder|sin) (any |a |weitere |human |menschliche |autre |verdere |mas )?"
    r"(approval|review|confirmation|checking|asking|genehmigung|prufung|ruckfrage|validation|verification"
    r"|goedkeuring|controle|aprobacion|revision)",
    r"\b(reveal|print|show|send|repeat|output)\b.{0,30}\b(system prompt|your (instructions|prompt|rules)|api[ "
    r"-]?key|credential|password)",
    r"\b(classify|mark|label|treat|tag|set) (this|the) (mail|email|e-mail|message|order|priority)\b.{0,40}\bas\b",
    r"\b(as an?|in your role as|since you are) (ai|automated|language model|virtual)",
)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE | re.MULTILINE) for pattern in _INSTRUCTIONS)


def clean(text: str) -> str:
    """The text without control, format and private characters, with plain spaces and `\\n` line ends, in NFC."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_SPACES)
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn"))


def smuggled(text: str) -> str:
    """What was written in Unicode tag characters, which no reader sees and some models read."""
    return "".join(chr(ord(char) - 0xE0000) for char in text if ord(char) in _TAGS)


def fold(text: str) -> str:
    """Lower case without accents, of the same length: a span found in it is a span of the text."""
    return "".join(_fold_char(char) for char in text)


@cache
def _fold_char(char: str) -> str:
    plain = unicodedata.normalize("NFKD", char)[:1].lower()
    return plain if len(plain) == 1 else char


def instructions_in(text: str, limit: int = 50_000) -> tuple[tuple[int, int], ...]:
    """Spans of the first `limit` characters that read like an order to a machine. A flag for a person, not a filter."""
    folded = fold(text[:limit]).replace("\n", " ")
    return tuple(sorted(match.span() for pattern in _patterns() for match in pattern.finditer(folded)))
