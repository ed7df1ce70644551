"""Company names as people write them: misspelt, with or without their legal form, with or without umlauts."""

import re
import unicodedata
from difflib import SequenceMatcher

#: Names at least so close may be one company's; a person says whether they are.
CLOSE = 0.82
_MOST_WORDS, _LONGEST_WORD, _LONGEST = 12, 30, 80
"""Comparing costs the square of a name's length, and a sender may write any."""
_MOST_SAID = 500
#: As they stand once dots are gone and everything is in lower case.
_FORMS = frozenset(
    (
        "gmbh", "mbh", "ag", "kg", "kgaa", "ohg", "gbr", "ug", "ek", "eg", "ev", "co", "cie", "bv", "nv", "vof", "cv", "ltd",
        "limited", "plc", "llc", "llp", "inc", "incorporated", "corp", "corporation", "sa", "sarl", "sas", "sasu", "eurl", "sci",
        "snc", "sl", "slu", "slne", "scop", "srl", "spa", "bvba", "sprl", "oy", "ab", "as", "aps", "sp", "zoo", "sro", "kft",
    )
)  # fmt: skip
_JOINING = frozenset(("und", "and", "et", "en", "y", "the", "de"))
_LEGAL = (
    r"GmbH(?:\s?&\s?Co\.?\s?KG)?|mbH|AG|KG|KGaA|OHG|GbR|UG|e\.\s?K\.|B\.\s?V\.|BV|N\.\s?V\.|NV|Ltd\.?|Limited|PLC|LLC|Inc\.?|SAS|SARL|SRL"
    r"|BVBA|S\.\s?A\.(?:\s?S\.)?|S\.\s?L\.(?:\s?U\.)?|S\.\s?r\.\s?l\.|S\.\s?p\.\s?A\."
)
_CAPITAL = r"[A-Z\u00c0-\u00de][\w'’.-]*"
_NAMED = re.compile(rf"{_CAPITAL}(?:[ \t]+(?:{_CAPITAL}|&|und|and|et|de|del|van|der)){{0,4}}[ \t]+(?:{_LEGAL})(?!\w)")
#: What one letter is written as by somebody without its key; each way is made the shortest.
_SPELT = (("ß", "ss"), ("ae", "a"), ("oe", "o"), ("ue", "u"), ("æ", "a"), ("ø", "o"), ("œ", "o"), ("ł", "l"))


def bare(name: str) -> str:
    """`Müller & Söhne GmbH & Co. KG`, `MUELLER UND SOEHNE` → `muller sohne`: what two spellings of one name share."""
    folded = unicodedata.normalize("NFKD", name[:_MOST_SAID].casefold())
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    for written, short in _SPELT:
        plain = plain.replace(written, short)
    plain = re.sub(r"(?<=\w)[.'’](?=\w)|(?<=\b\w)\.", "", plain)
    words = [word for word in re.findall(r"[^\W_]+", plain) if word not in _FORMS and word not in _JOINING]
    return " ".join(word[:_LONGEST_WORD] for word in words[:_MOST_WORDS])[:_LONGEST].strip()


def closeness(one: str, other: str) -> float:
    """0 to 1, of two bare names; one that is the beginning of the other is close too: people shorten."""
    if not one or not other:
        return 0.0
    whole = SequenceMatcher(None, one, other, autojunk=False).ratio()
    few, many = sorted((one.split(), other.split()), key=len)
    begun = len(few) < len(many) and len("".join(few)) >= 6 and SequenceMatcher(
        None, " ".join(few), " ".join(many[: len(few)]), autojunk=False
    ).ratio() >= 0.9  # fmt: skip
    return max(whole, 0.85 if begun else 0.0)


def patterns_for(name: str) -> list[str]:
    """What a search for the name has to look for so that no spelling of it is missed: `%` stands for any text.

    Of the two longest words, vowels open; of a long one its beginning and its end: a slip of the pen spoils one of them at most.
    """
    words = sorted({word for word in bare(name).split() if len(word) >= 3}, key=lambda word: (-len(word), word))[:2]
    found = list[str]()
    for word in words:
        half = (len(word) + 1) // 2
        found += map(_open, ((word,) if len(word) <= 8 else ()) + ((word[:half], word[-half:]) if len(word) >= 7 else ()))
    return list(dict.fromkeys(pattern for pattern in found if telling(pattern) >= 2))


def telling(pattern: str) -> int:
    """How much a pattern says: of many partners that one of several matches, those that the most telling one matches are kept."""
    return sum(char != "%" for char in pattern)


def _open(piece: str) -> str:
    """Umlauts and their spellings are vowels, a doubled letter may stand once, and ss may be one letter."""
    return re.sub(r"[aeiouy%]+", "%", re.sub(r"(.)\1", r"\1%", piece.replace("ss", "%")))


def named_in(text: str) -> list[str]:
    """Names in a text that say themselves, by their legal form, that they are a company's."""
    return list(dict.fromkeys(" ".join(match[0].split()) for match in _NAMED.finditer(text)))
