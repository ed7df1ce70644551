"""An answer to a mail that a person asks for, as the text of what the person sent: JSON."""

from pydantic import BaseModel, ConfigDict, Field


class AskedReply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    mail: int
    text: str | None = None
    """None: the draft that was prepared."""
    to: str | None = None
    """Which of the mail's own addresses, where it has several."""
    reason: str = Field(min_length=1)
    """Why, as the approver reads it."""
