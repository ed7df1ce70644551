"""When each warehouse works, as a policy file says it."""

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, StrictStr, model_validator

from agent.domain.calendars import WarehouseCalendar
from agent.domain.working_hours import WorkingHours
from agent.guardrails.policy_file import mistake

DAYS: tuple["WeekDay", ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WeekDay = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _clock(value: Any) -> time:
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", value) if isinstance(value, str) else None
    if not found:
        raise mistake(f'`{value}` is not a time of day; write hours and minutes in quotation marks, like "14:00"')
    return time(int(found[1]), int(found[2]))


def _zone(value: Any) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise mistake(f"`{value}` is not a time zone; write one like Europe/Berlin") from None


TimeZone = Annotated[ZoneInfo, BeforeValidator(_zone)]


def _holiday(value: Any) -> date:
    if type(value) is not date:
        raise mistake(f"`{value}` is not a day; write it like 2026-12-25")
    return value


class WarehouseHours(BaseModel):
    """One warehouse's section; what is left out is always open."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    time_zone: TimeZone
    working_days: tuple[WeekDay, ...] = Field(default=DAYS, min_length=1)
    holidays: tuple[Annotated[date, BeforeValidator(_holiday)], ...] = ()
    opens: Annotated[time, BeforeValidator(_clock)] = time()
    cut_off: Annotated[time, BeforeValidator(_clock)] | None = None
    transit_days: dict[StrictStr, Annotated[StrictInt, Field(ge=0)]] = {}
    """Code of another warehouse → calendar days from here to there."""

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "WarehouseHours":
        if self.cut_off is not None and self.cut_off <= self.opens:
            raise mistake(f"the cut-off {self.cut_off:%H:%M} is not after opening at {self.opens:%H:%M}", "cut_off")
        return self

    @property
    def calendar(self) -> WarehouseCalendar:
        days = frozenset(DAYS.index(day) for day in self.working_days)
        return WarehouseCalendar(self.time_zone, days, frozenset(self.holidays), self.opens, self.cut_off, self.transit_days)


class OfficeHours(BaseModel):
    """When some of those who decide work."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    time_zone: TimeZone
    working_days: tuple[WeekDay, ...] = Field(default=DAYS[:5], min_length=1)
    opens: Annotated[time, BeforeValidator(_clock)]
    closes: Annotated[time, BeforeValidator(_clock)]
    holidays: tuple[Annotated[date, BeforeValidator(_holiday)], ...] = ()

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "OfficeHours":
        if self.closes <= self.opens:
            raise mistake(f"closing at {self.closes:%H:%M} is not after opening at {self.opens:%H:%M}", "closes")
        return self

    @property
    def hours(self) -> WorkingHours:
        days = frozenset(DAYS.index(day) for day in self.working_days)
        return WorkingHours(self.time_zone, days, self.opens, self.closes, frozenset(self.holidays))


def calendars_of(sections: Mapping[str, WarehouseHours]) -> dict[str, WarehouseCalendar]:
    """By the warehouse's short code."""
    return {code: section.calendar for code, section in sections.items()}
