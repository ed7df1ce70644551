"""How an answer was worked out, for whoever was answered: what was looked up, as of when, and what was found."""

from typing import Any

from agent.tools import ToolContext

LOOKED_AT = {
    "orders_at_risk": "Orders at risk",
    "why_order": "One order, and what it waits for",
    "impact_of": "Who waits for it",
    "what_changed": "What changed between scans",
    "late_from_vendor": "Open purchases past their promise",
    "stock_of_product": "Stock of a product",
    "waiting_approvals": "Proposals that wait",
    "search_procedures": "The company's procedures",
}
MOST_RECORDS, MOST_FINDINGS = 20, 10


def worked_out(context: ToolContext, worded_by: str) -> dict[str, Any]:
    """Each look-up in the order in which it was made; `worded_by`: `rules`, or the model's name.

    The rules that judged are those of `policy`. Money is masked as in the answer: the results are.
    """
    return {
        "worded_by": worded_by,
        "policy": context.policy.version,
        "reads": [_read(tool, result) for tool, result in context.turn.results],
    }


def _read(tool: str, result: dict[str, Any]) -> dict[str, Any]:
    records = result.get("records", [])
    return {
        "tool": tool,
        "looked_at": LOOKED_AT.get(tool, "A change to be proposed"),
        "as_of": result.get("as_of"),
        "read_anew": result.get("read_anew"),
        "records": [{"name": row["name"], "url": row.get("url")} for row in records[:MOST_RECORDS]],
        "records_in_all": len(records),
        "found": list(_found(result))[:MOST_FINDINGS],
        "not_looked_at": list(result.get("not_looked_at", ())),
        "error": result.get("error"),
    }


def _found(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Findings with their rule where one order or a span of time was asked about, else the reasons of each order."""
    if findings := result.get("findings"):
        return [{"rule": one.get("kind"), "severity": one["severity"], "summary": one["summary"]} for one in findings]
    reasons = [(row["order"], said) for row in result.get("orders", ()) for said in row.get("reasons", ())[:1]]
    found = [{"rule": None, "severity": None, "summary": f"{order}: {said}"} for order, said in reasons]
    sections = [f"{row['document']}, {row['section']}" for row in result.get("passages", ())]
    return [*found, *({"rule": None, "severity": None, "summary": one} for one in sections)]
