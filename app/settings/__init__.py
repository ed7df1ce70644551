"""The only place that reads the environment; one class per process, each reading only its own variables."""

from app.settings.base import ProcessSettings
from app.settings.children import environment_for
from app.settings.overview import SettingLine, overview
from app.settings.processes import (
    AdminSettings,
    ClientSettings,
    CompanySettings,
    ExecutorSettings,
    ServeSettings,
    UpSettings,
    WorkerSettings,
)
from app.settings.tracing import refuse_tracing

__all__ = [
    "AdminSettings",
    "ClientSettings",
    "CompanySettings",
    "ExecutorSettings",
    "ProcessSettings",
    "ServeSettings",
    "SettingLine",
    "UpSettings",
    "WorkerSettings",
    "environment_for",
    "overview",
    "refuse_tracing",
]
