"""The language model that says what a mail is: it is given a prompt, the mail as data and a form to fill in, and no tools.

What it says is checked before it is an opinion, and an opinion only moves how sure triage is (agent/triage/consulting.py).
"""

import json
import logging
from dataclasses import asdict, replace
from functools import lru_cache, partial
from typing import Annotated, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langsmith import tracing_context
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from agent.domain.mail import MailClass, Opinion
from agent.errors import ModelUnavailable
from agent.graphs.model_pace import ModelPace, within
from agent.graphs.model_reach import ModelReach
from agent.ports.clock import Clock
from agent.ports.mail_judge import ShownMail
from agent.prompts import load
from agent.triage.showing import stand_in

logger = logging.getLogger(__name__)

PATIENCE_S = 20.0
MOST_QUOTES, LONGEST_QUOTE = 3, 200
#: Mails whose opinion is known still when their reading is repeated.
REMEMBERED = 200


def _share(value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError("is no share of 1")
    return value


def _short(quotes: tuple[str, ...]) -> tuple[str, ...]:
    if len(quotes) > MOST_QUOTES or any(len(quote) > LONGEST_QUOTE for quote in quotes):
        raise ValueError("are too many or too long")
    return quotes


# Limits are checked by functions, which do not show in the schema: strict endpoints refuse schemas that have limits.
class Form(BaseModel):
    """What the mail is."""  # goes to the model, as all of the schema

    model_config = ConfigDict(extra="forbid", frozen=True)

    mail_class: MailClass = Field(alias="class")
    confidence: Annotated[float, AfterValidator(_share)]
    also: MailClass | None
    evidence: Annotated[tuple[str, ...], AfterValidator(_short)]


def _form() -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "mail", "strict": True, "schema": Form.model_json_schema()}}


class ModelMailJudge:
    """ModelJudge on a chat model; `name` is how the audit log calls it."""

    def __init__(
        self, model: BaseChatModel, name: str, reach: ModelReach, clock: Clock, pace: ModelPace, patience_s: float = PATIENCE_S
    ) -> None:
        self.name = name
        self._model, self._reach, self._clock, self._patience_s = model, reach, clock, patience_s
        self._prompt, self._pace = load("mail"), pace
        self._remembered = lru_cache(REMEMBERED)(self._asked)

    def opinion(self, shown: ShownMail) -> Opinion:
        return self._remembered(shown)

    def _asked(self, shown: ShownMail) -> Opinion:
        begun = self._clock()
        self._pace.demand(begun)
        try:
            message = within(self._patience_s, partial(self._answer, shown))
        except ModelUnavailable as away:
            now = self._clock()
            self._reach.failed(now)
            self._pace.failed(now, str(away))
            logger.warning("mails are read without the language model for a while: %s", away)
            raise
        finally:
            self._pace.spent(begun, self._clock())
        self._reach.answered(self._clock())
        return self._checked(message, shown)

    def _answer(self, shown: ShownMail) -> AIMessage:
        """Tracing to a third party stays off, whatever the environment says."""
        mail = json.dumps(asdict(shown), ensure_ascii=False)
        with tracing_context(enabled=False):
            return self._model.invoke([SystemMessage(self._prompt.text), HumanMessage(mail)], response_format=_form())

    def _checked(self, message: AIMessage, shown: ShownMail) -> Opinion:
        bare = Opinion(self.name, self._prompt.sha256)
        if used := message.usage_metadata:
            bare = replace(bare, tokens_read=used["input_tokens"], tokens_written=used["output_tokens"])
        try:
            said = Form.model_validate_json(_bare_json(message.text))
        except ValidationError:
            return replace(bare, discounted="its answer cannot be read")
        told = replace(bare, mail_class=said.mail_class, confidence=said.confidence, also=said.also)
        if not stand_in(shown, said.evidence):
            return replace(told, discounted="what it quotes does not stand in the mail")
        return replace(told, evidence=said.evidence)


def _bare_json(text: str) -> str:
    """Without the fence that some models put around it."""
    return text.strip().removeprefix("```json").removeprefix("```").removesuffix("```")
