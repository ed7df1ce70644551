"""Orders at risk by warehouse: a bar each, from not late yet to nothing in sight."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from agent.domain.charts import Ageing
from integrations.charts.colours import GRAVITY, GREY, INK


def draw_ageing(figure: Figure, ageing: Ageing) -> None:
    axes = figure.subplots()
    rows = range(len(ageing.warehouses))
    left = [0] * len(ageing.warehouses)
    for number, bucket in enumerate(ageing.buckets):
        counts = [counts[number] for _, counts in ageing.warehouses]
        bars = axes.barh(rows, counts, left=left, color=GRAVITY[number % len(GRAVITY)], edgecolor="white", label=bucket)
        axes.bar_label(bars, labels=[str(count) if count else "" for count in counts], label_type="center", fontsize=8, color=INK)
        left = [sum(pair) for pair in zip(left, counts, strict=True)]
    _frame(axes, ageing)
    axes.set_title(f"as of {ageing.as_of:%Y-%m-%d %H:%M} UTC", loc="right", fontsize=7, color=GREY, pad=26)


def _frame(axes: Axes, ageing: Ageing) -> None:
    axes.set_yticks(range(len(ageing.warehouses)), [name for name, _ in ageing.warehouses])
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.invert_yaxis()
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.set_xlabel("orders", fontsize=8, color=GREY)
    axes.set_title(ageing.title, loc="left", fontsize=11, fontweight="bold", color=INK, pad=26)
    if ageing.warehouses:
        axes.legend(ncols=len(ageing.buckets), loc="lower left", bbox_to_anchor=(0, 1), frameon=False, fontsize=8)
    else:
        axes.text(0.5, 0.5, "no order is at risk", ha="center", transform=axes.transAxes, color=GREY)
