"""The words of an answer as it grows, each part made safe by itself."""

from collections.abc import Collection, Sequence

from agent.domain.chat import AnswerPart, PartKind
from integrations.slack.markdown import safe_markdown

LONGEST = 11_000
"""Of an answer; Slack takes 12,000 characters of markdown in a message."""
_TEXT = (PartKind.SENTENCE, PartKind.FAILED)


def so_far(parts: Sequence[AnswerPart], hosts: Collection[str]) -> str:
    return after(parts, 0, hosts)


def after(parts: Sequence[AnswerPart], seq: int, hosts: Collection[str]) -> str:
    """What was released after this part, each made safe by itself, as it goes on after what is shown already."""
    text, length = "", 0
    for part in parts:
        if part.kind not in _TEXT:
            continue
        said = safe_markdown(str(part.body.get("text", "")), hosts)
        piece = f"{'' if not length else _between(said)}{said}"
        if length + len(piece) > LONGEST:
            break
        length += len(piece)
        text += piece if part.seq > seq else ""
    return text


def _between(said: str) -> str:
    return "\n" if said.startswith(("- ", "* ", "• ", "#", "|")) or "\n" in said else " "


def cut_to_fit(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rpartition(chr(10))[0]}\n…"


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
