"""Where a mail quotes earlier mails. Line by line, so that a hostile line costs no more than its length; nothing is cut away."""

import re
from collections.abc import Iterator

from agent.guardrails.untrusted_text import fold

_MAX_LINE = 300
_WROTE = re.compile(
    r"^(on|am|le|op|el|il|em|den)\b.{4,}\b(wrote|schrieb\b.*|a ecrit|schreef\b.*|escribio|ha scritto|escreveu|skrev\b.*) ?:$"
)
_DIVIDER = re.compile(
    r"^[-_=\s]{2,}\s*(begin )?(original message|original appointment|ursprungliche nachricht|originalnachricht|message d'origine"
    r"|message original|oorspronkelijk bericht|mensaje original|forwarded message|forwarded by.{0,80}|weitergeleitete nachricht"
    r"|message transfere|doorgestuurd bericht|mensaje reenviado)\s*[-_=\s]*:?$"
    r"|^(begin forwarded message|anfang der weitergeleiteten nachricht|debut du message reexpedie|debut du message transfere"
    r"|begin doorgestuurd bericht|inicio del mensaje reenviado) ?:$"
)
_FROM = re.compile(r"^\W*(from|von|de|van|da|expediteur|afzender|remitente)\b ?\*? ?: ?\S")
_SENT = re.compile(r"^\W*(sent|date|gesendet|datum|envoye|verzonden|enviad[oa]( el| em)?|fecha|data|inviato)\b ?\*? ?: ?.*\d")
_OTHER = re.compile(r"^\W*(to|an|a|aan|para|cc|subject|betreff|objet|onderwerp|asunto|assunto|oggetto)\b ?\*? ?:")
_RULE = re.compile(r"^[-_=]{5,}$")


def quoted_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of earlier mails: lines marked `>` with the attribution above them, and everything after one without such lines,
    a divider or a block of mail headers.

    `From: Hamburg` / `To: Lyon` is a shipment, not a header block: that needs an address or a sending date too.
    """
    lines = list(_lines(text))
    spans: list[tuple[int, int]] = []
    for number, (start, end, line) in enumerate(lines):
        if line.startswith(">"):
            spans.append((start, end))
        elif head := _head_of_quote(lines, number):
            if not _answered_inline(lines, number):
                spans.append((_with_rule(lines, number), len(text)))
                break
            spans.append((start, lines[number + head - 1][1]))
    return tuple(_joined(spans))


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    position = 0
    for line in text.split("\n"):
        yield position, min(position + len(line) + 1, len(text)), fold(line[:_MAX_LINE]).strip()
        position += len(line) + 1


def _head_of_quote(lines: list[tuple[int, int, str]], number: int) -> int:
    """How many lines from this one on say that what follows is an earlier mail; 0: none."""
    line = lines[number][2]
    following = [(place, text) for place, (_, _, text) in enumerate(lines[number + 1 : number + 8], 2) if text][:5]
    if _DIVIDER.match(line) or _WROTE.match(line):
        return 1
    if following and not line.endswith((".", "!", "?")) and _WROTE.match(f"{line} {following[0][1]}"):
        return following[0][0]
    if not _FROM.match(line):
        return 0
    sent = any(_SENT.match(text) for _, text in following[:4])
    others = sum(bool(_OTHER.match(text)) for _, text in following)
    return int(others >= 1 and (sent or ("@" in line and others >= 2)))


def _with_rule(lines: list[tuple[int, int, str]], number: int) -> int:
    """Where the quote begins: with the line that a mail program draws above it."""
    above = [start for start, _, text in lines[max(number - 3, 0) : number] if text][-1:]
    ruled = [start for start, _, text in lines[max(number - 3, 0) : number] if _RULE.match(text)][-1:]
    return ruled[0] if ruled and ruled == above else lines[number][0]


def _answered_inline(lines: list[tuple[int, int, str]], number: int) -> bool:
    """After `… wrote:` come `>` lines: only these are quoted, the answers between them are new."""
    rest = [text for _, _, text in lines[number + 1 :] if text]
    return any(text.startswith(">") for text in rest[:3])


def _joined(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    current: tuple[int, int] | None = None
    for start, end in spans:
        if current and start <= current[1]:
            current = (current[0], end)
            continue
        if current:
            yield current
        current = (start, end)
    if current:
        yield current
