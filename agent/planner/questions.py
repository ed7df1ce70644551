"""Questions, read as lookups."""

import re
from datetime import date, timedelta
from typing import Any

from agent.planner.calls import ORDER, Call, Plan
from agent.planner.dates import end_of_week, read_date

_WAITS = r"\b(?:wait|waits|waiting|pending|open|outstanding|need|needs|awaiting|stuck)\b"
_APPROVAL = r"\b(?:approv\w*|proposals?|sign[- ]?off|decisions?)\b"
_APPROVALS = re.compile(
    rf"{_WAITS}.*{_APPROVAL}|{_APPROVAL}.*{_WAITS}|^(?:my )?approvals\b|what (?:can|should|must) I approve"
    r"|^(?:list|show) .*proposals",
    re.I,
)
_PROCEDURE = re.compile(
    r"^how (?:do|should|must|can|are|is) (?:we|i|you|one|returns?|claims?|damages?\w*|shortages?|orders? \w+ed)\b"
    r"|\bwhat (?:do|should|must) (?:we|i) do\b|^who (?:may|must|has to|can|should|approves|decides)\b"
    r"|^when (?:do|should|must|may) we\b"
    r"|\b(?:what|where)(?: is| are|'s) (?:the|our) (?:\w+ ){0,3}(?:procedure|process|policy|rule|rules|sop|guideline)s?\b"
    r"|\b(?:procedure|sop|policy|guideline)s? (?:for|on|about|when)\b",
    re.I,
)
_VENDOR = re.compile(
    r"\b(?:late|overdue|delayed|outstanding|missing|open|due|behind|owed?)\b.*?\b(?:from|by|with|at)\s+(?:the\s+)?"
    r"(?:vendor\s+|supplier\s+)?(?P<vendor>[^?.!,;]+?)(?:\s+(?:late|overdue|this week|today|right now|now|at the moment))?[?.!]*$"
    r"|\bfrom\s+(?P<before>[^?.!,;]+?)\s+(?:is|are)\s+(?:late|overdue|delayed|missing)\b"
    r"|\bwhat (?:does|do|has|have) (?P<owes>[^?]+?) (?:owe|still owe|not deliver\w*|late)\b"
    r"|^(?:is|are) (?:the )?(?:vendor |supplier )(?P<named>[^?]+?) (?:late|overdue|behind)\b",
    re.I,
)
_BUYING = re.compile(r"\b(?:vendors?|suppliers?|purchases?|purchase orders?|receipts?|pos?)\b", re.I)
_ANY_VENDOR = re.compile(
    r"^(?:our |the |any |all |all our |my |which |a |each |every )?(?:vendors?|suppliers?)(?: of ours)?$", re.I
)
_LATE = re.compile(r"\b(?:late|overdue|delayed|behind|missing)\b", re.I)
_STOCK = re.compile(
    r"\b(?:stock|inventory|availability|quantity)\s+(?:levels?\s+)?(?:is there\s+|do we have\s+)?(?:of|for|on)\s+(?P<of>[^?]+)"
    r"|\bhow (?:much|many)\s+(?:is|are)\s+there\s+of\s+(?P<there>[^?]+)"
    r"|\bhow (?:much|many)\s+(?!stock\b|inventory\b)(?P<many>.+?)\s+(?:do|does|did|is|are|have|has|there|in|left|on hand|can)\b"
    r"|\b(?:do|have) we (?:still )?(?:have|got)\s+(?:any |enough )?(?P<have>[^?]+?)(?:\s+(?:left|available))?[?.]*$"
    r"|\bwhere (?:is|are|do we (?:have|keep))\s+(?:the |our )?(?P<where>[^?]+?)(?:\s+(?:stocked|kept))?[?.]*$"
    r"|\b(?:is|are)\s+(?P<is>[^?]+?)\s+(?:in stock|available|on hand)\b|^stock (?P<bare>[^?]+)",
    re.I,
)
_STOCK_TAIL = re.compile(
    r"[\s,]+(?:by|per|in each|in every|across|in which|in all|in the|in our) warehouses?.*$"
    r"|\s+(?:do|does|did) (?:we|i|you) (?:still )?have\b.*$|\s+(?:is|are) there\b.*$"
    r"|\s+(?:in stock|on hand|available|left)\b.*$|[?.!]+$",
    re.I,
)
_STOCK_HEAD = re.compile(
    r"^(?:(?:of|the|our|product|item|(?:units|pieces|pcs|boxes|cartons|cases|rolls|bottles|pairs|packs|kg|metres) of)\s+)+",
    re.I,
)
_NO_PRODUCT = re.compile(r"\borders?\b|\bapprov|\bproposal", re.I)
_RISK = re.compile(
    r"\b(?:at risk|miss(?:es|ed|ing)?|late|delay(?:s|ed)?|overdue|behind|slip\w*|in trouble|in danger|urgent|not make"
    r"|keep (?:its|their) promise|expedite|worry|worst|problems?)\b|^(?:what|which|show|list)\b.*\borders\b",
    re.I,
)
_CHANGED = re.compile(
    r"\b(?:morning|daily) brief|\bbrief me\b|\bwhat(?:'s| is| has)? (?:new|changed|worse|better|gone)\b|\bsince yesterday\b", re.I
)
_PURCHASE = re.compile(r"\bPO?-?\d{4,}\b", re.I)
_IMPACT = re.compile(r"\b(?:wait\w*|endanger\w*|impact\w*|affect\w*|hits?|what if|depends?|hurt\w*|mean|means)\b", re.I)
_FRESH = re.compile(r"\b(?:fresh(?:ly)?|anew|live|again from (?:odoo|the erp))\b", re.I)
_LIMIT = re.compile(
    r"\b(?:top|first|worst|most urgent)\s+(?P<limit>\d{1,2})\b|\b(?P<before>\d{1,2})\s+(?:worst|most urgent)\b", re.I
)
_NO_PLACE = (
    r"(?!(?i:risk|trouble|danger|time|total|detail|full|short|particular|general|stock|transit|progress|odoo|erp|least|most|once"
    r"|moment|last|first|all|any|each|every|which|what|this|that|these|those|the|our|my|your|a|an|one|two|three|next|coming|order"
    r"|orders|house|in|at|of|from|for|by|and|or|we|it|jan\w*|feb\w*|mar(?:ch)?|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*"
    r"|dec\w*|warehouses?)\b)"
)
_PLACE = re.compile(
    rf"\b(?i:in|at|from|for|of)\s+(?i:the\s+|our\s+)?(?P<before>{_NO_PLACE}[A-Za-z][\w'-]*(?:\s+{_NO_PLACE}[\w'-]+){{0,2}})"
    rf"\s+(?i:warehouse)\b|\b(?i:warehouse)\s+(?P<after>[A-Z][\w'-]*(?:\s+[A-Z][\w'-]*)*)"
    rf"|\b(?i:in|at)\s+(?P<place>{_NO_PLACE}[A-Za-z][\w'-]*(?:\s+[A-Z][\w'-]*)*)"
)
_DEADLINE = re.compile(r"\b(?:by|until|before|up to|today|tomorrow|in \d+ days)\b", re.I)


def approvals(text: str, today: date) -> Plan | None:
    return Plan((Call("waiting_approvals"),)) if _APPROVALS.search(text) and not _PROCEDURE.search(text) else None


def procedure(text: str, today: date) -> Plan | None:
    if ORDER.search(text) or not _PROCEDURE.search(text):
        return None
    return Plan((Call("search_procedures", {"question": text[:400]}),))


def why(text: str, today: date) -> Plan | None:
    names = list(dict.fromkeys(name.upper() for name in ORDER.findall(text)))[:5]
    return Plan(tuple(Call("why_order", {"order": name, **_fresh(text)}) for name in names)) if names else None


def changed(text: str, today: date) -> Plan | None:
    """`what is new since yesterday`, `morning brief`."""
    return Plan((Call("what_changed", _warehouse(text)),)) if _CHANGED.search(text) and not ORDER.search(text) else None


def impact(text: str, today: date) -> Plan | None:
    """`who waits for P00222`, `what if P00222 comes on 2026-12-20`."""
    purchase = _PURCHASE.search(text)
    if not purchase or not _IMPACT.search(text):
        return None
    until = read_date(text[purchase.end() :], today)
    return Plan((Call("impact_of", {"cause": purchase[0].upper()} | ({"new_date": until.isoformat()} if until else {})),))


def _warehouse(text: str) -> dict[str, Any]:
    """`in Lyon`, `in the Lyon warehouse`, `warehouse RTM`; whether there is one of that name the tool knows."""
    match = _PLACE.search(text)
    return {"warehouse": next(found for found in match.groups() if found)[:64]} if match else {}


def _fresh(text: str) -> dict[str, Any]:
    return {"fresh": True} if _FRESH.search(text) else {}


def stock(text: str, today: date) -> Plan | None:
    match = _STOCK.search(text)
    if not match:
        return None
    named = next(found for found in match.groups() if found)
    product = _STOCK_HEAD.sub("", _STOCK_TAIL.sub("", named)).strip(" \"“”'")
    return Plan((Call("stock_of_product", {"product": product[:128]}),)) if product and not _NO_PRODUCT.search(product) else None


def vendor(text: str, today: date) -> Plan | None:
    match = _VENDOR.search(text)
    name = next((found.strip() for found in match.groups() if found), "") if match else ""
    if name and not _ANY_VENDOR.match(name) and not _NO_PRODUCT.search(name):
        return Plan((Call("late_from_vendor", {"vendor": name[:128]}),))
    return Plan((Call("late_from_vendor"),)) if _LATE.search(text) and (_BUYING.search(text) or name) else None


def risk(text: str, today: date) -> Plan | None:
    if not _RISK.search(text):
        return None
    arguments: dict[str, Any] = _fresh(text) | _warehouse(text)
    if limit := _LIMIT.search(text):
        arguments["limit"] = min(50, max(1, int(limit["limit"] or limit["before"])))
    if until := _until(text, today):
        arguments["promised_by"] = until.isoformat()
    return Plan((Call("orders_at_risk", arguments),))


def _until(text: str, today: date) -> date | None:
    """The last promise day asked about."""
    if re.search(r"\bthis week\b", text, re.I):
        return end_of_week(today)
    if re.search(r"\bnext week\b", text, re.I):
        return end_of_week(today - timedelta(days=today.weekday())) + timedelta(days=7)
    return read_date(text, today) if _DEADLINE.search(text) else None
