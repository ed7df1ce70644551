"""Which settings are set, for `doctor`; a secret's value never leaves here."""

import os
from dataclasses import dataclass

from pydantic import SecretStr

from app.settings.base import ProcessSettings, variable_of
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
    """The value, `(hidden)` for a secret, None when unset."""


def overview() -> list[SettingLine]:
    readers: dict[str, list[str]] = {}
    secret: set[str] = set()
    for process, settings in PROCESSES.items():
        for name, field in settings.model_fields.items():
            readers.setdefault(variable_of(name), []).append(process)
            if SecretStr in getattr(field.annotation, "__args__", (field.annotation,)):
                secret.add(variable_of(name))
    return [SettingLine(variable, tuple(who), _shown(variable, variable in secret)) for variable, who in sorted(readers.items())]


def _shown(variable: str, secret: bool) -> str | None:
    value = os.environ.get(variable)
    return ("(hidden)" if secret else value) if value else None
