"""The language model, where one is configured."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

from agent.graphs.rules import Chat, RuleChat
from app.settings import WorkerSettings, refuse_tracing

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


def chat_of(settings: WorkerSettings, url: str, stack: ExitStack) -> Chat:
    """The model with its conversations kept in the database at `url`, or the rules. The model libraries load only for a model."""
    if settings.model is None:
        return RuleChat()
    from agent.graphs.chat import build_chat
    from integrations.database.checkpoints import checkpointer

    return build_chat(_model(settings), settings.model, stack.enter_context(checkpointer(url)))


def chat_here(settings: WorkerSettings) -> Chat:
    """For one answer in this process: nothing of the conversation is kept."""
    if settings.model is None:
        return RuleChat()
    from langgraph.checkpoint.memory import InMemorySaver

    from agent.graphs.chat import build_chat

    return build_chat(_model(settings), settings.model, InMemorySaver())


def try_model(settings: WorkerSettings) -> str:
    """One tiny request. Raises ModelUnavailable."""
    _model(settings, answer_s=20).invoke("Answer with the word ready.")
    return f"{settings.model} answers."


def _model(settings: WorkerSettings, answer_s: float = 60) -> "BaseChatModel":
    from integrations.llm import chat_model

    refuse_tracing()
    assert settings.model is not None
    has_key = settings.model_api_key is not None
    return chat_model(
        settings.model,
        settings.model_base_url,
        (lambda: settings.current("model_api_key") or "") if has_key else None,
        answer_s=answer_s,
    )
