"""Order numbers as people type them, and what is said of one that is none."""

from collections.abc import Iterable

LONGEST = 40


def spellings(typed: str) -> tuple[str, ...]:
    """The numbers that may be meant: as typed, and in capitals, for nobody types those."""
    return tuple(dict.fromkeys((typed.strip(), typed.strip().upper())))


def all_spellings(typed: Iterable[str]) -> list[str]:
    """Of several, each once, in their order."""
    return list(dict.fromkeys(spelling for each in typed for spelling in spellings(each)))


def shortened(text: str, longest: int = LONGEST) -> str:
    """What was typed, without its middle where it is too long to be read."""
    if len(text) <= longest:
        return text
    half = (longest - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def order_is_missing(typed: str) -> str:
    """What is so, as part of a sentence, for a surface that has its own way out."""
    if not typed.strip():
        return "Say which order, by its number as in S00042"
    return f"There is no order {shortened(typed.strip())}, or its company may not be read"


def no_such_order(typed: str) -> str:
    """One sentence with the way out."""
    return f"{order_is_missing(typed)}; `expediter risk list` names orders."
