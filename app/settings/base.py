"""Reading one process's settings from the environment, and saying what is wrong with them."""

import os
from pathlib import Path
from typing import Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from agent.errors import SettingMissing
from app.settings.files import PREFIX, file_variable_of, from_file, variable_of

REFERENCE = "docs/settings.md lists every setting"


def default_state() -> Path:
    """Where the embedded server and the document index live when EXPEDITER_STATE is unset.

    Never below root's home: the embedded server has to open every folder above its own to the user it runs as.
    """
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/expediter")
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "expediter"


class ProcessSettings(BaseSettings):
    """What one process reads; a variable that is not a field of its class does not exist for it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, env_ignore_empty=True)

    state: Path = Field(default_factory=default_state)

    @field_validator("state")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @classmethod
    def read(cls, *, demo: bool = False) -> Self:
        """`demo` passes over any Odoo and database that are set. A secret may stand in a file that `…_FILE` names.

        Raises SettingMissing with one sentence for all that is wrong; no value is repeated in it.
        """
        given: dict[str, str | None] = {name: None for name in cls.model_fields if demo and _of_a_real_company(name)}
        given |= {name: in_file for name in cls.secrets() if name not in given and (in_file := from_file(name)) is not None}
        try:
            return cls(**given)  # type: ignore[arg-type]  # strings and None, as the environment gives them
        except ValidationError as wrong:
            raise SettingMissing(_sentence(wrong)) from None

    @classmethod
    def variables(cls) -> tuple[str, ...]:
        """Names of the environment variables this class reads."""
        return (*map(variable_of, cls.model_fields), *map(file_variable_of, cls.secrets()))

    @classmethod
    def secrets(cls) -> tuple[str, ...]:
        """The fields whose values are told to nobody."""
        return tuple(
            name
            for name, field in cls.model_fields.items()
            if SecretStr in getattr(field.annotation, "__args__", (field.annotation,))
        )

    def current(self, secret: str) -> str | None:
        """The secret as its file has it now; without a file, as it was when the settings were read. Raises SettingMissing."""
        in_file = from_file(secret)
        return plain(getattr(self, secret)) if in_file is None else in_file


def _of_a_real_company(field: str) -> bool:
    return field.startswith("odoo_") or field.endswith("_database_url")


def database_address(value: SecretStr | None) -> SecretStr | None:
    """A libpq URL; anything else is refused without repeating it, for it may hold a password."""
    if value is not None and _parts(value.get_secret_value()).scheme not in ("postgresql", "postgres"):
        raise ValueError("is not a PostgreSQL address like postgresql://user:password@host/database")
    return value


def _parts(address: str) -> SplitResult:
    """Empty ones when it is no address at all."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def plain(value: SecretStr | None) -> str | None:
    """The secret itself, for whoever is given it."""
    return None if value is None else value.get_secret_value()


def stripped(value: SecretStr | None) -> SecretStr | None:
    """Without the line break that is easily copied along."""
    return value and SecretStr(value.get_secret_value().strip())


def web_address(value: str | None) -> str | None:
    if value is None:
        return None
    parts = _parts(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not a web address like https://erp.example.com")
    if parts.username or parts.password:
        raise ValueError("must not carry a login or password; they have settings of their own")
    return value.rstrip("/")


def _sentence(wrong: ValidationError) -> str:
    faults = [f"{_subject(error['loc'])}{_fault(error['type'], error['msg'])}" for error in wrong.errors(include_input=False)]
    return f"{'; '.join(faults)} ({REFERENCE})."


def _subject(location: tuple[int | str, ...]) -> str:
    return f"{variable_of(str(location[0]))} " if location else ""


def _fault(kind: str, message: str) -> str:
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    return f"cannot be used: {message[:1].lower()}{message[1:]}"
