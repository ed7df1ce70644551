"""What a tool is, and how it is called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.domain.records import Record
from agent.errors import ExpediterError
from agent.guardrails.masking import without_money
from agent.guardrails.permissions import Permission, may
from agent.ports.erp_reader import ErpReader
from agent.tools.context import ToolContext

NOBODY_ASKS = "A change is proposed only for a person who asks through the server, under their own name; here it is read-only."
NOT_ALLOWED = "The role of whoever asks does not allow this; an ops agent or a manager can do it."


class Effect(StrEnum):
    READ = "read"
    PROPOSE = "propose"


class ToolArguments(BaseModel):
    """Who asks is never among them."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Tool:
    """Something the model or the rule planner may call."""

    name: str
    description: str
    """What the model reads to choose it."""
    arguments: type[ToolArguments]
    effect: Effect
    permission: Permission
    run: Callable[[ToolContext, Any], dict[str, Any]]

    def offered(self, context: ToolContext) -> bool:
        """Whether this person, in this turn, may use it. Proposing needs a person, their stored question and a desk."""
        if self._without_asker(context):
            return False
        return context.asker is None or may(context.asker, self.permission)

    def _without_asker(self, context: ToolContext) -> bool:
        nobody = context.asker is None or context.inbound_id is None or context.desk is None
        return self.effect is Effect.PROPOSE and nobody

    def call(self, context: ToolContext, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The result, JSON-able; what went wrong is a result with `error`, one sentence. It is remembered in the turn."""
        with context.turn.lock:
            result = self._result(context, arguments)
            if context.asker is not None and not may(context.asker, Permission.READ_PRICES):
                result = without_money(result)
            context.turn.results.append((self.name, result))
        return result

    def _result(self, context: ToolContext, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if not self.offered(context):
            return failure(NOBODY_ASKS if self._without_asker(context) else NOT_ALLOWED)
        try:
            parsed = self.arguments.model_validate(dict(arguments))
            return self.run(context if self.effect is Effect.PROPOSE else context.reading(), parsed)
        except ValidationError as invalid:
            return failure(_sentence(self.name, invalid))
        except ExpediterError as refused:
            return failure(str(refused))


def failure(sentence: str, did_you_mean: list[str] | None = None) -> dict[str, Any]:
    return {"error": sentence, "did_you_mean": did_you_mean or []}


def cited(record: Record, reader: ErpReader) -> dict[str, Any]:
    """A record a result rests on."""
    return {"model": record.model, "id": record.id, "name": record.name, "url": reader.url(record)}


def _sentence(name: str, invalid: ValidationError) -> str:
    error = invalid.errors()[0]
    where = ".".join(str(part) for part in error["loc"]) or "arguments"
    return f"{name} cannot use its {where}: {error['msg'][:1].lower()}{error['msg'][1:]}."
