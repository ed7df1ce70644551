"""Pictures for answers in Slack: drawn by the worker, which can read the ERP, when they are sent."""

from collections.abc import Mapping
from typing import Any

from agent.domain.risk_list import RiskFilter
from agent.errors import PreconditionFailed
from agent.jobs.worker import WorkerContext
from agent.ports.charts import PictureFormat
from agent.risk.pictures import ageing_of_rows, timeline_of
from agent.risk.taking import take_snapshot
from integrations.charts import MatplotlibCharts
from integrations.slack.uploading import Picture

MOST = 100_000


class SlackPictures:
    def __init__(self, context: WorkerContext) -> None:
        self._context, self._charts = context, MatplotlibCharts()

    def __call__(self, wanted: Mapping[str, Any]) -> Picture:
        """Raises RecordMissing and PreconditionFailed when there is nothing to draw by now, and what the reader raises."""
        return self._timeline(str(wanted["order"])) if wanted["kind"] == "timeline" else self._ageing()

    def _timeline(self, order: str) -> Picture:
        context = self._context.now()
        snapshot = take_snapshot(context.reader, context.clock(), [order])
        if not snapshot.orders:
            raise PreconditionFailed(f"Of {order} nothing is left to ship.")
        drawn = timeline_of(snapshot, context.policy)
        days = f"promised for {drawn.promise:%Y-%m-%d}" if drawn.promise else "without a promise"
        ships = f"ships on {drawn.projected:%Y-%m-%d}" if drawn.projected else "nobody knows when it ships"
        png = self._charts.timeline(drawn, PictureFormat.PNG)
        return Picture(png, f"{order.replace('/', '-')}.png", f"{order}: supply and promise", f"{order}, {days}, {ships}.")

    def _ageing(self) -> Picture:
        """From the last scan: reading all of a large company takes minutes."""
        board, standing = self._context.board, self._context.board.standing()
        if standing is None:
            raise PreconditionFailed("Nothing has been scanned yet.")
        names = sorted(one.name for one in self._context.reader.warehouses())
        rows = {name: board.listed(RiskFilter(warehouse=name, limit=MOST)).rows for name in names}
        drawn = ageing_of_rows(rows, standing.as_of)
        said = "; ".join(f"{name}: {sum(counts)} orders" for name, counts in drawn.warehouses)
        png = self._charts.ageing(drawn, PictureFormat.PNG)
        return Picture(png, "orders-at-risk.png", drawn.title, f"{drawn.title}. {said}"[:900])
