"""What the company's own documents say."""

from typing import Any

from pydantic import Field

from agent.guardrails.permissions import Permission
from agent.tools.base import Effect, Tool, ToolArguments
from agent.tools.context import ToolContext


class SearchProcedures(ToolArguments):
    question: str = Field(min_length=1, max_length=400, description="What to look up, in the words of the question")


def search_procedures(context: ToolContext, arguments: SearchProcedures) -> dict[str, Any]:
    passages = context.knowledge.search(arguments.question)
    return {
        "found": len(passages),
        "passages": [
            {"document": passage.document, "title": passage.title, "section": passage.section, "text": passage.text}
            for passage in passages
        ],
        "records": [],
    }


TOOLS = (
    Tool(
        "search_procedures",
        "Sections of the company's own procedures and policies (returns, shortages, claims, approvals, expediting) that may "
        "answer a question about how things are done. Name document and section in the answer.",
        SearchProcedures,
        Effect.READ,
        Permission.READ,
        search_procedures,
    ),
)
