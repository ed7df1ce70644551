"""An approver's changes of a proposal, and dates asked for many orders at once, as the text of what the person sent: JSON."""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class AskedEdit(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    proposal: int
    sha256: str
    """Of what the editor saw."""
    changes: dict[str, Any] = Field(min_length=1)
    """Arguments of its action, by name."""
    reason: str = Field(min_length=1)


class AskedNewDates(BaseModel):
    """New promise dates for every order that a late purchase, transfer, product or vendor endangers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cause: str = Field(min_length=1)
    new_date: date | None = None
    reason: str = Field(min_length=1)
