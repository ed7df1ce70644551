"""When a person does not want to be written to."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent.errors import PreconditionFailed


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Every day, by the clock of `zone`; over midnight when they end before they begin."""

    begins: time
    ends: time
    zone: ZoneInfo

    def end(self, now: datetime) -> datetime | None:
        """When the hours that `now` falls into are over; None outside of them."""
        here = now.astimezone(self.zone)
        for began in (here.date() - timedelta(days=1), here.date()):
            over = began + timedelta(days=1) if self.ends <= self.begins else began
            end = datetime.combine(over, self.ends, self.zone)
            if datetime.combine(began, self.begins, self.zone) <= here < end:
                return max(
                    end.replace(fold=fold).astimezone(UTC) for fold in (0, 1)
                )  # the clock may pass it twice, or not at all
        return None


def quiet_hours(begins: str, ends: str, zone: str) -> QuietHours:
    """From what a person wrote: `22:00`, `06:30`, `Europe/Lisbon`. Raises PreconditionFailed."""
    try:
        hours = QuietHours(time.fromisoformat(begins), time.fromisoformat(ends), ZoneInfo(zone))
    except (ValueError, ZoneInfoNotFoundError, OSError):
        raise PreconditionFailed("Say from when until when, like 22:00 and 06:30, and a time zone like Europe/Lisbon.") from None
    if hours.begins == hours.ends:
        raise PreconditionFailed("Quiet hours end at another time than they begin.")
    return hours
