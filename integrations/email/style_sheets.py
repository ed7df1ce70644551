"""What a mail's own style sheets hide from its reader."""

import re

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

MOST_SHEET, MOST_RULES = 100_000, 300
#: What holds on some screens or in print only hides nothing from everybody.
_CONDITIONAL = re.compile(r"@[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_RULE = re.compile(r"([^{}]{1,300})\{([^{}]*)\}")


def hidden_by_sheets(page: LexborHTMLParser, hiding: re.Pattern[str]) -> set[int]:
    """`mem_id` of each element that a rule of a sheet hides; `hiding` finds what hides. A rule nobody can read hides nothing."""
    found = set[int]()
    for sheet in page.css("style"):
        rules = _RULE.findall(_CONDITIONAL.sub("", _COMMENT.sub("", (sheet.text() or "")[:MOST_SHEET])))
        for selector, declared in rules[:MOST_RULES]:
            if hiding.search(declared):
                found |= _selected(page, selector.strip())
    return found


def _selected(page: LexborHTMLParser, selector: str) -> set[int]:
    try:
        return {node.mem_id for node in page.css(selector)}
    except SelectolaxError:
        return set()
