"""Which picture says more than an answer's words: an order's supply against its promise, or how late orders are by warehouse."""

import re
from typing import Any

_AGEING = re.compile(
    r"\bage?ing\b|\bhow (?:old|late)\b|\b(?:by|per|each) warehouse\b|\b(?:chart|picture|graph|diagram|plot|draw)\b", re.I
)


def pictured(question: str, results: list[tuple[str, dict[str, Any]]]) -> dict[str, Any] | None:
    """`{"kind": "timeline", "order": "S00042"}` where one order at risk was looked at; `ageing` where that was asked for."""
    found = [(tool, result) for tool, result in results if "error" not in result]
    orders = {result["order"] for tool, result in found if tool == "why_order" and result["at_risk"]}
    if len(orders) == 1:
        return {"kind": "timeline", "order": orders.pop()}
    lists = [result for tool, result in found if tool == "orders_at_risk" and result["at_risk"]]
    return {"kind": "ageing", "order": None} if lists and not orders and _AGEING.search(question) else None
