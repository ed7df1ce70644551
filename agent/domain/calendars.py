"""When a warehouse ships."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

EVERY_DAY = frozenset(range(7))
A_DAY = timedelta(days=1)


def day_of(moment: datetime, zone: tzinfo) -> date:
    """The day that people in this zone call it. Every day that is told or compared is made here."""
    return moment.astimezone(zone).date()


def days_between(earlier: datetime, later: datetime, zone: tzinfo) -> int:
    """Calendar days of that zone; negative when `later` is before."""
    return (day_of(later, zone) - day_of(earlier, zone)).days


def told_in(moment: datetime | None, zone: tzinfo) -> datetime | None:
    """The same moment with that zone's offset, for whoever tells its day: what leaves `agent/risk` for people."""
    return moment.astimezone(zone) if moment else None


@dataclass(frozen=True, slots=True)
class WarehouseCalendar:
    """Working days and hours of one warehouse, in its own time zone. As it is: always open."""

    zone: tzinfo = UTC
    working_days: frozenset[int] = EVERY_DAY
    """Monday is 0; at least one."""
    holidays: frozenset[date] = frozenset()
    opens: time = time()
    cut_off: time | None = None
    """What is there by then still ships that day; None: by midnight."""
    transit_days: Mapping[str, int] = field(default_factory=dict)
    """Code of another of our warehouses → calendar days from here to there."""

    def ships(self, moment: datetime) -> datetime:
        """From when on goods that are there at `moment` can leave: never before, and never earlier for what comes later.

        On a working day between opening and cut-off at once, otherwise when the warehouse next opens.
        """
        today = day_of(moment, self.zone)
        if self._works(today) and moment <= self._end(today):
            return max(moment, self._at(today, self.opens))
        return self._at(self._next_working_day(today), self.opens)

    def holds_until(self, moment: datetime) -> datetime:
        """The last moment at which `ships` says the same, or the moment itself: the cut-off, or the next opening."""
        ships = self.ships(moment)
        return self._end(day_of(moment, self.zone)) if ships == moment else ships

    def _works(self, day: date) -> bool:
        return day.weekday() in self.working_days and day not in self.holidays

    def _next_working_day(self, day: date) -> date:
        day += A_DAY
        while not self._works(day):
            day += A_DAY
        return day

    def _end(self, day: date) -> datetime:
        return self._at(day, self.cut_off) if self.cut_off else self._at(day + A_DAY, time()) - timedelta(microseconds=1)

    def _at(self, day: date, clock: time) -> datetime:
        """Compared in UTC, so that the hour that a change of clocks repeats is no trap."""
        return datetime.combine(day, clock, self.zone).astimezone(UTC)
