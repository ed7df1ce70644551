"""A change that a person asks for by name, not in words."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class AskedChange(BaseModel):
    """How it is kept as the text of what the person sent: JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: str
    arguments: dict[str, Any]
    reason: str = Field(min_length=1)
    """Why, as the approver reads it."""
