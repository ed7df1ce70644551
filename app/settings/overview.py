"""Which settings are set, for `doctor`; a secret's value never leaves here."""

import os
from dataclasses import dataclass

from app.settings.base import ProcessSettings
from app.settings.files import variable_of
from app.settings.processes import AdminSettings, ClientSettings, ExecutorSettings, ServeSettings, WorkerSettings

PROCESSES: dict[str, type[ProcessSettings]] = {
    "admin": AdminSettings,
    "serve": ServeSettings,
    "worker": WorkerSettings,
    "executor": ExecutorSettings,
    "cli": ClientSettings,
}


@dataclass(frozen=True, slots=True)
class SettingLine:
    variable: str
    read_by: tuple[str, ...]
    shown: str | None
    """The value, for a secret `(hidden)` or the file it is in, None when unset."""


def overview() -> list[SettingLine]:
    readers: dict[str, list[str]] = {}
    secret: set[str] = set()
    for process, settings in PROCESSES.items():
        secret.update(map(variable_of, settings.secrets()))
        for name in settings.model_fields:
            readers.setdefault(variable_of(name), []).append(process)
    return [SettingLine(variable, tuple(who), _shown(variable, variable in secret)) for variable, who in sorted(readers.items())]


def _shown(variable: str, secret: bool) -> str | None:
    value, file = os.environ.get(variable), os.environ.get(f"{variable}_FILE")
    if secret and file:
        return f"(in {file})"
    return ("(hidden)" if secret else value) if value else None
