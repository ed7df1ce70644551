"""Our tools as the agent library wants them."""

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.tools import StructuredTool
from langgraph.runtime import get_runtime

from agent.tools import Tool, ToolContext


def bound(tools: Sequence[Tool]) -> list[StructuredTool]:
    """They work in the turn that the graph runs; identity is never an argument that a model could fill."""
    return [_bound(tool) for tool in tools]


def _bound(tool: Tool) -> StructuredTool:
    def run(**arguments: Any) -> str:
        return json.dumps(tool.call(get_runtime(ToolContext).context, arguments), ensure_ascii=False, default=str)

    return StructuredTool(name=tool.name, description=tool.description, args_schema=tool.arguments, func=run)
