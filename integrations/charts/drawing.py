"""From a figure to bytes."""

from collections.abc import Callable
from io import BytesIO
from threading import Lock

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from agent.domain.charts import Ageing, SupplyTimeline
from agent.ports.charts import PictureFormat
from integrations.charts.ageing import draw_ageing
from integrations.charts.timeline import draw_timeline

DOTS_PER_INCH = 144
WIDTH = 9.5
"""In inches."""
#: Matplotlib's settings are those of the whole process: two who draw at once would take each other's, and leave them behind.
_ONE_AT_A_TIME = Lock()


class MatplotlibCharts:
    """`agent.ports.charts.Charts`. Figures are built without pyplot, which keeps every figure for ever."""

    def timeline(self, timeline: SupplyTimeline, form: PictureFormat) -> bytes:
        height = 1.7 + 0.8 * max(len(timeline.lanes), 1)
        return _picture(height, lambda figure: draw_timeline(figure, timeline), form)

    def ageing(self, ageing: Ageing, form: PictureFormat) -> bytes:
        height = 1.9 + 0.5 * max(len(ageing.warehouses), 1)
        return _picture(height, lambda figure: draw_ageing(figure, ageing), form)


def _picture(height: float, draw: Callable[[Figure], None], form: PictureFormat) -> bytes:
    """The same picture is the same bytes, and text in an SVG stays text that can be searched and read aloud."""
    target = BytesIO()
    metadata = {"Date": None} if form is PictureFormat.SVG else {"Software": None}
    with (
        _ONE_AT_A_TIME,
        matplotlib.rc_context(
            {
                "svg.hashsalt": "expediter",
                "svg.fonttype": "none",
                "font.family": "DejaVu Sans",
                "date.converter": "concise",
                "timezone": "UTC",
                "text.parse_math": False,  # a product's name may hold dollar signs
            }
        ),
    ):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        FigureCanvasAgg(figure)
        draw(figure)
        figure.savefig(target, format=form.value, dpi=DOTS_PER_INCH, metadata=metadata, facecolor="white")
    return target.getvalue()
