"""What every part of the contract shares."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer

from agent.domain.records import Record

#: Always a string, so that no reader of the JSON rounds money.
Amount = Annotated[Decimal, PlainSerializer(str, return_type=str)]
#: ISO 8601 with offset, in UTC.
Moment = datetime


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
