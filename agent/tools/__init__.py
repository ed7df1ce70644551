"""What the model and the rule planner may call. There is no tool that changes anything in the ERP."""

from collections.abc import Mapping
from typing import Any

from agent.tools import approvals, brief, impact, new_dates, orders, procedures, proposals, purchases, stock
from agent.tools.base import Effect, Tool, ToolArguments, failure
from agent.tools.context import BY_RULES, ToolContext, Turn
from agent.tools.proposals import PREFIX, propose

__all__ = [
    "BY_RULES", "PREFIX", "TOOLS", "Effect", "Tool", "ToolArguments", "ToolContext", "Turn", "call", "failure", "offered",
    "propose",
]  # fmt: skip

TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for module in (orders, impact, brief, purchases, stock, approvals, procedures, proposals, new_dates)
    for tool in module.TOOLS
}


def offered(context: ToolContext) -> tuple[Tool, ...]:
    """The tools this person may use in this turn."""
    return tuple(tool for tool in TOOLS.values() if tool.offered(context))


def call(name: str, arguments: Mapping[str, Any], context: ToolContext) -> dict[str, Any]:
    """Never raises what a person could handle: that is a result with `error`."""
    return TOOLS[name].call(context, arguments) if name in TOOLS else failure(f"There is no tool {name}.")
