"""Pictures of what was found."""

from enum import StrEnum
from typing import Protocol

from agent.domain.charts import Ageing, SupplyTimeline


class PictureFormat(StrEnum):
    SVG = "svg"
    PNG = "png"


class Charts(Protocol):
    """The same input gives the same bytes."""

    def timeline(self, timeline: SupplyTimeline, form: PictureFormat) -> bytes: ...

    def ageing(self, ageing: Ageing, form: PictureFormat) -> bytes: ...
