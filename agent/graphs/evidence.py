"""What the audit log keeps of the results an answer rests on."""

import hashlib
import json
from typing import Any

from agent.tools import ToolContext


def proposed(result: dict[str, Any]) -> list[int]:
    """Numbers of the proposals that a tool's result speaks of having made."""
    if not result.get("proposed"):
        return []
    return [row["id"] for row in result.get("proposals") or [result["proposal"]]]


def evidence_of(context: ToolContext) -> dict[str, Any]:
    """Each result by tool, digest and the records it cites; the texts themselves stay out of the log."""
    return {
        "policy_version": context.policy.version,
        "evidence": [
            {
                "tool": tool,
                "sha256": hashlib.sha256(json.dumps(result, sort_keys=True, default=str).encode()).hexdigest(),
                "records": [f"{row['model']}:{row['id']}" for row in result.get("records", ())],
                "proposal": next(iter(proposed(result)), None),
                "group": result.get("group"),
                "error": result.get("error"),
            }
            for tool, result in context.turn.results
        ],
    }
