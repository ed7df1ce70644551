"""What every part of the contract shares."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic import AfterValidator, BaseModel, ConfigDict

from agent.domain.records import Record

#: ISO 8601 with offset: of what is promised, ready and projected that of the order's warehouse, whose days count; else UTC.
Moment = datetime


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain the character NUL")
    return text


def _all_storable(given: dict[str, Any]) -> dict[str, Any]:
    for text in _texts(given):
        _storable(text)
    return given


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for name, inner in value.items():
                yield from (name, *_texts(inner))
        case list():
            for inner in value:
                yield from _texts(inner)


#: For what people type: PostgreSQL stores every character but one.
STORABLE = AfterValidator(_storable)
#: The same for values of any shape.
ALL_STORABLE = AfterValidator(_all_storable)


class Contract(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RecordRow(Contract):
    model: str
    id: int
    name: str

    @classmethod
    def of(cls, record: Record) -> "RecordRow":
        return cls(model=record.model, id=record.id, name=record.name)


class ErrorRow(Contract):
    error: str
    """One sentence that says what to do next."""
    kind: str | None = None
    """Of what Expediter itself refused: `decision_refused`, `own_proposal`, `second_factor_needed` …"""
