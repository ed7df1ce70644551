"""An order's supply against its promise: a lane for each line, filled from the day on which each part of it can ship."""

from dataclasses import dataclass
from datetime import datetime

from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from agent.domain.charts import Arrival, Lane, SupplyTimeline
from integrations.charts.colours import GREY, IN_TIME, INK, LATE, LIGHT, NOTHING, NOTHING_INK

#: Height of a lane that is filled completely; lanes are 1 apart.
FULL = 0.5
FEWEST_DAYS = 6.0
LONGEST_NAME = 32
HEADROOM = -0.75
#: Keeps a line that crosses it from cutting the text.
BEHIND_TEXT = {"facecolor": "white", "alpha": 0.55, "edgecolor": "none", "pad": 1}


@dataclass(frozen=True, slots=True)
class _Frame:
    """The axes and what all lanes share; moments are matplotlib's days."""

    axes: Axes
    start: float
    end: float
    promise: float | None

    def colour(self, at: float | None) -> str:
        if at is None:
            return NOTHING
        return LATE if self.promise is not None and at > self.promise else IN_TIME


def draw_timeline(figure: Figure, timeline: SupplyTimeline) -> None:
    axes = figure.subplots()
    axes.xaxis_date()
    frame = _frame(axes, timeline)
    axes.set_xlim(frame.start, frame.end)
    axes.set_ylim(len(timeline.lanes) - 0.4, HEADROOM)
    for row, lane in enumerate(timeline.lanes):
        _fill(frame, row, lane)
        _label(frame, row, lane)
    _moments(frame, timeline)
    axes.set_yticks(range(len(timeline.lanes)), [_short(lane.name) for lane in timeline.lanes])
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.set_title(timeline.title, loc="left", fontsize=11, fontweight="bold", color=INK)
    axes.set_title(f"as of {timeline.as_of:%Y-%m-%d %H:%M} UTC", loc="right", fontsize=7, color=GREY)


def _frame(axes: Axes, timeline: SupplyTimeline) -> _Frame:
    """From a little before the first moment to far enough behind the last that its label fits."""
    known = [arrival.at for lane in timeline.lanes for arrival in lane.arrivals if arrival.at]
    moments = [_day(moment) for moment in (timeline.as_of, *known, *([timeline.promise] if timeline.promise else []))]
    first = min(moments)
    width = max(max(moments) - first, FEWEST_DAYS)
    return _Frame(axes, first - width * 0.04, first + width * 1.45, _day(timeline.promise) if timeline.promise else None)


def _fill(frame: _Frame, row: int, lane: Lane) -> None:
    """A grey band for all that is needed, filled from below as parts of it can ship."""
    frame.axes.barh(row, frame.end - frame.start, left=frame.start, height=FULL, color=LIGHT, zorder=1)
    bottom = row + FULL / 2
    for arrival in lane.arrivals:
        if arrival.at is None:
            continue
        begin, height = _day(arrival.at), FULL * float(arrival.amount / lane.needed)
        bottom -= height
        colour = frame.colour(begin)
        frame.axes.barh(bottom, frame.end - begin, left=begin, height=height, align="edge", color=colour, alpha=0.35, zorder=2)
        frame.axes.plot([begin, begin], [bottom, bottom + height], color=colour, linewidth=3, zorder=3)


def _label(frame: _Frame, row: int, lane: Lane) -> None:
    """What comes when, one under the other; at the right end what is not in sight."""
    for number, arrival in enumerate(lane.arrivals):
        at = _day(arrival.at) if arrival.at else frame.end
        side, aside = ("left", 6) if arrival.at else ("right", -4)
        down = 9 * (number - (len(lane.arrivals) - 1) / 2)
        frame.axes.annotate(
            arrival.label, (at, row), (aside, -down), textcoords="offset points", ha=side, va="center", fontsize=8,
            color=_ink(arrival), zorder=5, bbox=BEHIND_TEXT,
        )  # fmt: skip


def _ink(arrival: Arrival) -> str:
    return INK if arrival.at else NOTHING_INK


def _moments(frame: _Frame, timeline: SupplyTimeline) -> None:
    now = _day(timeline.as_of)
    frame.axes.axvline(now, color=GREY, linewidth=1, linestyle=":", zorder=4)
    _caption(frame, now, "now", GREY)
    if frame.promise is not None and timeline.promise:
        frame.axes.axvline(frame.promise, color=INK, linewidth=1.5, zorder=4)
        frame.axes.axvspan(frame.promise, frame.end, color=LATE, alpha=0.05, zorder=0)
        _caption(frame, frame.promise, f"promised {timeline.promise:%d %b}", INK)


def _caption(frame: _Frame, at: float, said: str, colour: str) -> None:
    frame.axes.annotate(said, (at, HEADROOM), (3, -2), textcoords="offset points", va="top", fontsize=8, color=colour)


def _day(moment: datetime) -> float:
    number: float = date2num(moment)
    return number


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
