"""What a chat turn costs beside a bare agent: same tools, same checkpointer, same model that needs no time."""

import json
import secrets
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from langchain.agents import create_agent
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.tools import StructuredTool
from langgraph.checkpoint.base import BaseCheckpointSaver

from agent.domain.chat import PartKind
from agent.domain.decisions import Person, Role
from agent.domain.passages import Passage
from agent.graphs.chat import build_chat
from agent.guardrails.policy import load_policy
from agent.prompts import load
from agent.tools import TOOLS, Tool, ToolContext
from evals.bench.figures import Figure
from integrations.database.checkpoints import checkpointer
from integrations.database.embedded import lease
from integrations.database.migrate import migrate
from integrations.database.pool import open_pool
from integrations.database.proposal_desk import PostgresProposalDesk
from integrations.demo import SITUATIONS, DemoReader, seed

BAR = 2.0
TURNS = 60
TURNS_A_THREAD = 10
WARM_UP = 5
ORDER = SITUATIONS["promise_missed"]
QUESTION = f"Why is {ORDER} late?"
CALL = {"name": "why_order", "args": {"order": ORDER}, "type": "tool_call"}
SAID = f"{ORDER} is late. The goods are in the warehouse, reserved and ready to be picked. Nobody has taken the delivery yet."


class InstantModel(BaseChatModel):
    """Looks the order up, then says the same three sentences; in tokens when it is streamed."""

    @property
    def _llm_type(self) -> str:
        return "instant"

    def bind_tools(self, tools: Any, **kwargs: Any) -> "InstantModel":
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        calls = [] if isinstance(messages[-1], ToolMessage) else [CALL | {"id": secrets.token_hex(6)}]
        return ChatResult(generations=[ChatGeneration(message=AIMessage("" if calls else SAID, tool_calls=calls))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        if not isinstance(messages[-1], ToolMessage):
            call = {
                "name": CALL["name"],
                "args": json.dumps(CALL["args"]),
                "id": secrets.token_hex(6),
                "index": 0,
                "type": "tool_call_chunk",
            }
            yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=[call], chunk_position="last"))
            return
        words = SAID.split(" ")
        for index, word in enumerate(words):
            last = index == len(words) - 1
            token = word if last else f"{word} "
            yield ChatGenerationChunk(message=AIMessageChunk(content=token, chunk_position="last" if last else None))


class NoDocuments:
    def search(self, question: str, limit: int = 3) -> list[Passage]:
        return []


def run() -> list[Figure]:
    """Median turns in milliseconds; turns alternate between the two, so that the machine's load meets both alike."""
    with _company() as (reader, desk, saver):
        model = InstantModel()
        chat, agent = build_chat(model, "instant", saver), _bare(model, saver, lambda: _context(reader, desk))
        contenders: Mapping[str, Callable[[str], None]] = {
            "ours": lambda thread: _ours(chat, thread, _context(reader, desk)),
            "bare": lambda thread: _ask(agent, thread),
            "saving": lambda thread: _ask(agent, thread, durability="exit"),
        }
        times: dict[str, list[float]] = {name: [] for name in contenders}
        for turn in range(WARM_UP + TURNS):
            thread = f"{turn // TURNS_A_THREAD}"
            for name, answer in contenders.items():
                begun = time.perf_counter()
                answer(f"{name}-{thread}")
                times[name].append((time.perf_counter() - begun) * 1000)
    ours_ms, bare_ms, saving_ms = (statistics.median(times[name][WARM_UP:]) for name in contenders)
    ratio = ours_ms / bare_ms
    beside = f"bare create_agent: {bare_ms:.1f} ms"
    return [
        Figure("chat turn, model without latency", ours_ms, "ms", beside),
        Figure("chat turn beside a bare agent", ratio, "×", beside, f"at most {BAR}", ratio <= BAR),
        Figure("… beside one that saves only at the end, as ours does", ours_ms / saving_ms, "×", f"bare: {saving_ms:.1f} ms"),
    ]


def _ours(chat: Any, thread: str, context: ToolContext) -> None:
    *_, final = chat.answer(QUESTION, thread, context)
    if final.kind is not PartKind.FINAL or final.body["degraded"] or SAID not in final.body["answer"]:
        raise AssertionError(f"the measured turn is not a sound one: {final.body}")


def _bare(model: BaseChatModel, saver: BaseCheckpointSaver[Any], context: Callable[[], ToolContext]) -> Any:
    """The library's agent with its defaults; its tools are the same functions without anything around them."""
    tools = [_plain(tool, context) for tool in TOOLS.values()]
    return create_agent(model, tools, system_prompt=load("chat").text, checkpointer=saver)


def _ask(agent: Any, thread: str, **options: Any) -> None:
    state = agent.invoke({"messages": [HumanMessage(QUESTION)]}, {"configurable": {"thread_id": thread}}, **options)
    if state["messages"][-1].text != SAID:
        raise AssertionError("the bare agent gave another answer")


def _plain(tool: Tool, context: Callable[[], ToolContext]) -> StructuredTool:
    def run(**arguments: Any) -> str:
        return json.dumps(tool.run(context(), tool.arguments.model_validate(arguments)), default=str)

    return StructuredTool(name=tool.name, description=tool.description, args_schema=tool.arguments, func=run)


def _context(reader: DemoReader, desk: PostgresProposalDesk) -> ToolContext:
    asker = Person(1, "maria", "Maria", "maria@example.com", frozenset({Role.OPS_AGENT}))
    return ToolContext(
        reader=reader, book=desk, desk=desk, knowledge=NoDocuments(), policy=POLICY, clock=lambda: datetime.now(UTC),
        asker=asker, inbound_id=1,
    )  # fmt: skip


POLICY = load_policy()


@contextmanager
def _company() -> Iterator[tuple[DemoReader, PostgresProposalDesk, BaseCheckpointSaver[Any]]]:
    """The demo company on an embedded PostgreSQL of this benchmark's own."""
    folder = Path(tempfile.mkdtemp(prefix="expediter-bench-"))
    folder.chmod(0o755)
    try:
        with lease(folder / "state") as server:
            with psycopg.connect(server.url("admin", "postgres"), autocommit=True) as connection:
                connection.execute("CREATE DATABASE bench")
            migrate(server.url("admin", "bench"), server.role_passwords)
            with psycopg.connect(server.url("admin", "bench")) as connection:
                seed(connection, datetime.now(UTC))
            with open_pool(server.url("worker", "bench")) as pool, checkpointer(server.url("worker", "bench")) as saver:
                yield DemoReader(pool), PostgresProposalDesk(pool), saver
    finally:
        shutil.rmtree(folder, ignore_errors=True)
