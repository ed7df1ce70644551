"""HTML as a person would read it, and apart from it what a person would not see."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_UNSEEN = {"script", "style", "head", "title", "noscript", "template", "meta", "link", "object", "svg", "-comment", "_comment"}
_BLOCKS = {
    "p", "div", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "section", "article",
    "header", "footer", "pre", "address", "dl", "dt", "dd", "form", "center", "hr", "br",
}  # fmt: skip
_SPACED = {"p", "table", "ul", "ol", "h1", "h2", "h3", "blockquote"}
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(hidden|collapse)|font-size\s*:\s*0+(\.0*)?(px|pt|em|rem|%)?\s*(;|!|$)"
    r"|opacity\s*:\s*0*(\.0+)?\s*(;|!|$)|mso-hide\s*:\s*all|text-indent\s*:\s*-\d{3,}|(left|top)\s*:\s*-\d{3,}"
    r"|max-height\s*:\s*0|color\s*:\s*transparent",
    re.IGNORECASE,
)
_WHITE = re.compile(r"(?<![-\w])color\s*:\s*(white|#fff(fff)?\b|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")


class _Page:
    """Lines built while walking the tree; quotes get the `>` of plain text mail, cells a bar between them."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quotes = 0

    def enter(self, node: LexborNode) -> None:
        if node.is_text_node:
            self.line.append(_BLANKS.sub(" ", node.text_content or ""))
        elif node.tag in _BLOCKS:
            self.end_line(blank=node.tag in _SPACED)
            self.quotes += node.tag == "blockquote"
        elif node.tag in ("td", "th") and "".join(self.line).strip():
            self.line.append(" | ")

    def leave(self, node: LexborNode) -> None:
        if node.tag in _BLOCKS and node.tag != "br":
            self.end_line(blank=node.tag in _SPACED)
            self.quotes -= node.tag == "blockquote"

    def end_line(self, blank: bool = False) -> None:
        text = _BLANKS.sub(" ", "".join(self.line)).strip()
        self.line = []
        mark = "> " * min(self.quotes, 10)
        if text:
            self.lines.append(mark + text)
        elif blank and self.lines and self.lines[-1].strip("> "):
            self.lines.append(mark.rstrip())


def read_html(html: str) -> tuple[str, str]:
    """Visible text with one line per block and table row, and hidden text. Depth does not matter: the walk is not recursive."""
    root = LexborHTMLParser(html).root
    page, hidden = _Page(), list[str]()
    waiting: list[tuple[LexborNode, bool, bool]] = [(root, False, False)] if root else []
    while waiting:
        node, painted, leaving = waiting.pop()
        if leaving:
            page.leave(node)
        elif node.tag in _UNSEEN or node.is_comment_node:
            continue
        elif _is_hidden(node, painted):
            hidden.append(_BLANKS.sub(" ", node.text(separator=" ")).strip())
        else:
            page.enter(node)
            painted = painted or _paints(node)
            waiting.append((node, painted, True))
            waiting.extend((child, painted, False) for child in reversed(list(node.iter(include_text=True))))
    page.end_line()
    return "\n".join(page.lines).strip(), "\n".join(text for text in hidden if text)


def _attributes(node: LexborNode) -> dict[str, str | None]:
    return node.attributes if node.is_element_node else {}


def _is_hidden(node: LexborNode, painted: bool) -> bool:
    """Hidden by its own attributes. White on nothing painted counts; hiding by a style sheet's class is not looked at."""
    attributes = _attributes(node)
    style = attributes.get("style") or ""
    if "hidden" in attributes or _HIDING.search(style):
        return True
    white = bool(_WHITE.search(style)) or (attributes.get("color") or "").lower() in ("white", "#fff", "#ffffff")
    return white and not painted and not _paints(node)


def _paints(node: LexborNode) -> bool:
    attributes = _attributes(node)
    return "bgcolor" in attributes or "background" in (attributes.get("style") or "").lower()
