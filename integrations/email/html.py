"""HTML as a person would read it, and apart from it what a person would not see."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from integrations.email.style_sheets import hidden_by_sheets

_UNSEEN = {"script", "style", "head", "title", "noscript", "template", "meta", "link", "object", "svg", "-comment", "_comment"}
_BLOCKS = {
    "p", "div", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "section", "article",
    "header", "footer", "pre", "address", "dl", "dt", "dd", "form", "center", "hr", "br",
}  # fmt: skip
_SPACED = {"p", "table", "ul", "ol", "h1", "h2", "h3", "blockquote"}
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(hidden|collapse)|font-size\s*:\s*0+(\.0*)?(px|pt|em|rem|%)?\s*(;|!|$)"
    r"|font-size\s*:\s*1(\.\d+)?(px|pt)|opacity\s*:\s*0*(\.0+)?\s*(;|!|$)|mso-hide\s*:\s*all|text-indent\s*:\s*-\d{3,}|(left|top)\s*:\s*-\d{3,}"
    r"|max-height\s*:\s*0|color\s*:\s*transparent",
    re.IGNORECASE,
)
_WHITE = re.compile(r"(?<![-\w])color\s*:\s*(white|#fff(fff)?\b|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))", re.IGNORECASE)
_PAINTED = re.compile(
    r"background(-color)?\s*:\s*(?!\s*(white|#fff(fff)?\b|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\)|none|transparent))", re.IGNORECASE
)
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
    tree = LexborHTMLParser(html)
    root, by_sheets = tree.root, hidden_by_sheets(tree, _HIDING)
    page, hidden = _Page(), list[str]()
    waiting: list[tuple[LexborNode, bool, bool]] = [(root, False, False)] if root else []
    while waiting:
        node, painted, leaving = waiting.pop()
        if leaving:
            page.leave(node)
        elif node.tag in _UNSEEN or node.is_comment_node:
            continue
        elif node.mem_id in by_sheets or _is_hidden(node, painted):
            hidden.append(_BLANKS.sub(" ", node.text(separator=" ")).strip())
        else:
            page.enter(node)
            painted = _painted(node, painted)
            waiting.append((node, painted, True))
            waiting.extend((child, painted, False) for child in reversed(list(node.iter(include_text=True))))
    page.end_line()
    return "\n".join(page.lines).strip(), "\n".join(text for text in hidden if text)


def _attributes(node: LexborNode) -> dict[str, str | None]:
    return node.attributes if node.is_element_node else {}


def _is_hidden(node: LexborNode, painted: bool) -> bool:
    """Hidden by its own attributes. White counts on nothing painted and on white."""
    attributes = _attributes(node)
    style = attributes.get("style") or ""
    if "hidden" in attributes or _HIDING.search(style):
        return True
    white = bool(_WHITE.search(style)) or _is_white(attributes.get("color"))
    return white and not _painted(node, painted)


def _painted(node: LexborNode, behind: bool) -> bool:
    """Whether there is another colour than white behind its text; `behind`: behind the element around it."""
    attributes = _attributes(node)
    style = (attributes.get("style") or "").lower()
    if "background" in style:
        return bool(_PAINTED.search(style))
    return not _is_white(attributes["bgcolor"]) if "bgcolor" in attributes else behind


def _is_white(colour: str | None) -> bool:
    return (colour or "").lower() in ("white", "#fff", "#ffffff")
