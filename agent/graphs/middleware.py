"""Around every call of the model. Wrapping costs no graph node, and so no checkpoint, which hooks before and after would."""

from collections.abc import Callable
from typing import Any

from langchain.agents.middleware import AgentMiddleware, AgentState, ExtendedModelResponse, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, HumanMessage, RemoveMessage, SystemMessage
from langgraph.types import Command

from agent.errors import ModelUnavailable
from agent.graphs.history import MOST_STORED, recent_from, shown, without_broken_calls
from agent.prompts import Prompt
from agent.tools import ToolContext

BROKEN = "Your tool call could not be read: its arguments were not valid JSON. Call the tool again with valid JSON, or answer."
Handler = Callable[[ModelRequest[ToolContext]], ModelResponse[Any]]


class Conversing(AgentMiddleware[AgentState[Any], ToolContext]):
    """Tells the model who it is and what day it is, shows it a sound history, and gives it one more try at a broken tool call."""

    def __init__(self, prompt: Prompt) -> None:
        super().__init__()
        self._prompt = prompt

    def wrap_model_call(
        self, request: ModelRequest[ToolContext], handler: Handler
    ) -> ModelResponse[Any] | ExtendedModelResponse[Any]:
        today = request.runtime.context.now()
        system = SystemMessage(f"{self._prompt.text}\nToday is {today:%A}, {today:%Y-%m-%d}; the time is {today:%H:%M} UTC.")
        request = request.override(system_message=system, messages=shown(request.messages))
        response = self._readable(request, handler)
        stored = request.state["messages"]
        if len(stored) <= MOST_STORED:
            return response
        old = stored[: recent_from(stored, MOST_STORED // 2)]
        removals = [RemoveMessage(id=message.id) for message in old if message.id]
        return ExtendedModelResponse(response, Command(update={"messages": removals}))

    def _readable(self, request: ModelRequest[ToolContext], handler: Handler) -> ModelResponse[Any]:
        response = handler(request)
        if _usable(response):
            return _cleaned(response)
        said = [message.text for message in response.result if isinstance(message, AIMessage)]
        retry = [*request.messages, AIMessage(said[0] if said and said[0] else "(unreadable tool call)"), HumanMessage(BROKEN)]
        response = handler(request.override(messages=retry))
        if not _usable(response):
            raise ModelUnavailable("The language model answered with nothing that can be read.")
        return _cleaned(response)


def _usable(response: ModelResponse[Any]) -> bool:
    """A readable tool call, or a text; an empty message would end the turn in silence."""
    return any(
        message.tool_calls or (message.text.strip() and not message.invalid_tool_calls)
        for message in response.result
        if isinstance(message, AIMessage)
    )


def _cleaned(response: ModelResponse[Any]) -> ModelResponse[Any]:
    result = [without_broken_calls(message) if isinstance(message, AIMessage) else message for message in response.result]
    return ModelResponse(result=result, structured_response=response.structured_response)
