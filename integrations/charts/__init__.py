"""Pictures by matplotlib, without a screen."""

from integrations.charts.drawing import MatplotlibCharts

__all__ = ["MatplotlibCharts"]
