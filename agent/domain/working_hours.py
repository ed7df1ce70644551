"""When people work, and how long something takes that is counted in their hours."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: No sum of holidays and short days makes a deadline later than this.
LONGEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Of those who decide; `closes` is later than `opens`, on the same day of the time zone."""

    zone: ZoneInfo
    days: frozenset[int]
    """0 is Monday."""
    opens: time
    closes: time
    holidays: frozenset[date] = frozenset()

    @property
    def day(self) -> timedelta:
        """How long a working day is, clocks left alone."""
        return datetime.combine(date.min, self.closes) - datetime.combine(date.min, self.opens)

    def after(self, start: datetime, length: timedelta) -> datetime:
        """The moment (UTC) at which so much working time has passed since `start` (aware).

        A day on which clocks change is as long as it really is. Where nobody ever works: `LONGEST` after the start.
        """
        left, day = length, start.astimezone(self.zone).date()
        while (begin := self._moment(day, self.opens)) < start + LONGEST:
            if day.weekday() in self.days and day not in self.holidays:
                begin, end = max(begin, start), self._moment(day, self.closes)
                if end > begin and end - begin >= left:
                    return begin + left
                left -= max(end - begin, timedelta())
            day += timedelta(days=1)
        return start.astimezone(UTC) + LONGEST

    def _moment(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)
