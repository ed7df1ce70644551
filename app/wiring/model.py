"""The language model, where one is configured: for chat, and where wanted for mails."""

from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING

from agent.domain.mail import Opinion
from agent.errors import ModelUnavailable
from agent.graphs.model_pace import ASKING, ModelPace
from agent.graphs.model_reach import ModelReach
from agent.graphs.rules import Chat, RuleChat
from agent.ports.clock import utc_now
from agent.ports.mail_judge import ModelJudge, ShownMail
from app.settings import WorkerSettings, refuse_tracing

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


SAMPLE = ShownMail("Your order P00012", "We regret that delivery of P00012 is postponed to 3 December.", "", ())


def chat_of(settings: WorkerSettings, url: str, stack: ExitStack, reach: ModelReach) -> Chat:
    """The model with its conversations kept in the database at `url`, or the rules. The model libraries load only for a model."""
    if settings.model is None:
        return RuleChat()
    from agent.graphs.chat import build_chat
    from integrations.database.checkpoints import checkpointer

    return build_chat(_model(settings), settings.model, stack.enter_context(checkpointer(url)), reach)


def mail_model_of(settings: WorkerSettings, reach: ModelReach, asking: timedelta = ASKING) -> ModelJudge | None:
    """The model as one more judge of mails; None unless that is wanted. `asking`: as ModelPace has it."""
    if settings.model is None or not settings.model_reads_mail:
        return None
    from agent.graphs.mail_judge import PATIENCE_S, ModelMailJudge

    model = _model(settings, answer_s=PATIENCE_S, whole_s=PATIENCE_S, retries=0)
    return ModelMailJudge(model, settings.model, reach, utc_now, ModelPace(asking))


def chat_here(settings: WorkerSettings) -> Chat:
    """For one answer in this process: nothing of the conversation is kept."""
    if settings.model is None:
        return RuleChat()
    from langgraph.checkpoint.memory import InMemorySaver

    from agent.graphs.chat import build_chat

    return build_chat(_model(settings), settings.model, InMemorySaver())


def try_model(settings: WorkerSettings) -> str:
    """One tiny request. Raises ModelUnavailable."""
    _model(settings, answer_s=20, whole_s=40).invoke("Answer with the word ready.")
    judge = mail_model_of(settings, ModelReach())
    return f"{settings.model} answers{' and ' + _tried(judge.opinion(SAMPLE)) if judge else ''}."


def _tried(opinion: Opinion) -> str:
    """Raises ModelUnavailable when it cannot do what reading mails takes."""
    if opinion.discounted:
        raise ModelUnavailable(
            f"The language model answers, but of a sample mail {opinion.discounted}: mails are read by rules and examples "
            "alone. EXPEDITER_MODEL_READS_MAIL takes a model with structured output (json_schema)."
        )
    return "reads mails"


def _model(settings: WorkerSettings, answer_s: float = 60, whole_s: float = 120, retries: int = 1) -> "BaseChatModel":
    from integrations.llm import chat_model

    refuse_tracing()
    assert settings.model is not None
    has_key = settings.model_api_key is not None
    return chat_model(
        settings.model,
        settings.model_base_url,
        (lambda: settings.current("model_api_key") or "") if has_key else None,
        answer_s=answer_s,
        whole_s=whole_s,
        retries=retries,
    )
