"""What somebody asks the worker about a mail, because it takes a look into the ERP; the text of what they sent: JSON."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

DayOfMails = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))]
"""No mail of the shared inbox came on any other."""


class AskedMailLink(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    mail: int
    record: str = Field(min_length=1)
    """Number of a sale order, a purchase or a delivery."""
    reason: str = ""
    seen: int | None = None
    """The thread's `last_event` as it was shown."""


class AskedFollowing(BaseModel):
    """What follows from a mail."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mail: int


class AskedFiling(BaseModel):
    """To put every linked mail of a day on what it is about, as one group."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mails_of: DayOfMails
    """In the time zone of the office."""
    reason: str = Field(min_length=1)


class AskedCustomerUpdates(BaseModel):
    """To write to each customer whose promise breaks because of a mail, as one group."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    customers_of: int
    """Number of the mail."""
    reason: str = Field(min_length=1)
