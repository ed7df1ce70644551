"""The chat graph: a model that reads and proposes through tools, with the rules behind it."""

import logging
import time
from collections.abc import Iterator
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, ModelCallLimitMiddleware
from langchain.agents.middleware.model_call_limit import ModelCallLimitExceededError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.errors import GraphRecursionError
from langgraph.graph.state import CompiledStateGraph
from langsmith import tracing_context

from agent.domain.chat import PartKind
from agent.domain.decisions import Provenance
from agent.domain.outages import Reach
from agent.errors import ModelUnavailable
from agent.graphs.binding import bound
from agent.graphs.evidence import evidence_of
from agent.graphs.middleware import Conversing
from agent.graphs.model_reach import ModelReach
from agent.graphs.release import Part, Release
from agent.graphs.rules import STATUS, answer_by_rules
from agent.prompts import load
from agent.tools import Tool, ToolContext, offered

logger = logging.getLogger(__name__)

MODEL_CALLS = 8
#: Steps of the graph in one turn: the model, its limit before and after it, and the tools.
STEPS = 4 * MODEL_CALLS + 4
PATIENCE_S = 180.0
Graph = CompiledStateGraph[Any, ToolContext, Any, Any]


class ModelChat:
    """Answers with a model; when it fails, rules answer in the same turn.

    A conversation is a thread of the checkpointer. It is saved when the turn ends (durability `exit`): a turn whose process dies
    leaves nothing behind, so that the repeated job neither sees the question twice nor a tool call without an answer.
    """

    def __init__(
        self, model: BaseChatModel, name: str, checkpointer: BaseCheckpointSaver[Any], reach: ModelReach | None = None
    ) -> None:
        self._model, self._name, self._checkpointer = model, name, checkpointer
        self._reach = reach or ModelReach()
        self._prompt = load("chat")
        self._graphs: dict[tuple[str, ...], Graph] = {}

    @property
    def reach(self) -> Reach:
        return self._reach()

    def answer(self, question: str, conversation_id: str, context: ToolContext) -> Iterator[Part]:
        release = Release(question, context, context.now())
        context.turn.provenance = Provenance("model", self._name, self._prompt.sha256)
        origin: dict[str, Any] = {"model": self._name, "prompt_sha256": self._prompt.sha256}
        config: RunnableConfig = {"configurable": {"thread_id": conversation_id}, "recursion_limit": STEPS}
        graph = self._graph(offered(context))
        try:
            yield from self._converse(graph, config, release)
        except (ModelUnavailable, ModelCallLimitExceededError, GraphRecursionError) as failure:
            reason = str(failure) if isinstance(failure, ModelUnavailable) else "The language model did not come to an answer."
            logger.warning("the model failed, rules answer: %s", reason)
            self._reach.failed(context.now())
            release.forget_unfinished()
            yield from self._fall_back(graph, config, release, reason, origin)
            return
        self._reach.answered(context.now())
        if release.said:
            yield from release.final({"origin": "model"} | origin | evidence_of(context))
        else:
            yield from self._fall_back(
                graph, config, release, "Nothing the language model said is supported by the data.", origin
            )

    def _converse(self, graph: Graph, config: RunnableConfig, release: Release) -> Iterator[Part]:
        """Stream the model's sentences. Tracing to a third party stays off, whatever the environment says."""
        message_id: str | None = None
        give_up = time.monotonic() + PATIENCE_S
        asked = {"messages": [HumanMessage(release.question)]}
        with tracing_context(enabled=False):
            stream = graph.stream(asked, config, context=release.context, stream_mode="messages", durability="exit")
            for message, _ in stream:
                if time.monotonic() > give_up:
                    raise ModelUnavailable(f"The language model took longer than {PATIENCE_S:.0f} s.")
                if not isinstance(message, AIMessage):
                    continue
                if message.id != message_id:
                    yield from release.model_pauses()
                    message_id = message.id
                for tool in _called(message):
                    yield release.status(STATUS.get(tool, "Looking …"))
                yield from release.model_says(message.text)
        yield from release.model_pauses()

    def _fall_back(
        self, graph: Graph, config: RunnableConfig, release: Release, reason: str, origin: dict[str, Any]
    ) -> Iterator[Part]:
        yield from release.rules_say(f"{reason} The answer below is worded by rules.")
        for part in answer_by_rules(release, origin | {"model_failure": reason}):
            if part.kind is PartKind.FINAL:
                self._remember(graph, config, release)
            yield part

    def _remember(self, graph: Graph, config: RunnableConfig, release: Release) -> None:
        """Put what the person was told into the thread, so that the next turn knows of it."""
        state = graph.get_state(config)
        asked = next(
            (message for message in reversed(state.values.get("messages", [])) if isinstance(message, HumanMessage)), None
        )
        told = [AIMessage(release.text.strip())]
        said = told if asked is not None and asked.text == release.question else [HumanMessage(release.question), *told]
        graph.update_state(config, {"messages": said}, as_node="model")

    def _graph(self, tools: tuple[Tool, ...]) -> Graph:
        """One graph for each set of tools that someone may use."""
        names = tuple(tool.name for tool in tools)
        if names not in self._graphs:
            limit: AgentMiddleware[Any, ToolContext] = ModelCallLimitMiddleware(run_limit=MODEL_CALLS, exit_behavior="error")
            self._graphs[names] = create_agent(
                self._model,
                bound(tools),
                middleware=[limit, Conversing(self._prompt)],
                context_schema=ToolContext,
                checkpointer=self._checkpointer,
            )
        return self._graphs[names]


def build_chat(
    model: BaseChatModel, name: str, checkpointer: BaseCheckpointSaver[Any], reach: ModelReach | None = None
) -> ModelChat:
    """A chat on this model; `name` is how the audit log calls it. The checkpointer keeps the conversations.

    `reach` is shared by all who ask the model in this process.
    """
    return ModelChat(model, name, checkpointer, reach)


def _called(message: AIMessage) -> list[str]:
    """Names of the tools that this message, or this first piece of it, calls."""
    calls = message.tool_call_chunks if isinstance(message, AIMessageChunk) else message.tool_calls
    return [name for called in calls if (name := called["name"])]
