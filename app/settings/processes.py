"""One class per process. What a class does not list, its process is not given."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from app.settings.base import PREFIX, ProcessSettings, database_address, stripped, variable_of, web_address

DatabaseUrl = Annotated[SecretStr | None, AfterValidator(database_address)]
WebUrl = Annotated[str | None, AfterValidator(web_address)]
DEFAULT_PORT = 8421


class WithPolicy(ProcessSettings):
    policy: Path | None = None
    """None: the policy that comes with the program."""


class WithOdoo(ProcessSettings):
    """Which Odoo; without one, the demo distributor is the ERP."""

    odoo_url: WebUrl = None
    odoo_database: str | None = None

    @property
    def has_odoo(self) -> bool:
        return self.odoo_url is not None

    @model_validator(mode="after")
    def _all_or_nothing(self) -> Self:
        names = [name for name in type(self).model_fields if name.startswith("odoo_")]
        absent = [variable_of(name) for name in names if getattr(self, name) is None]
        if absent and len(absent) < len(names):
            raise ValueError(
                f"{' and '.join(absent)} {'is' if len(absent) == 1 else 'are'} missing: "
                f"set all of {PREFIX}ODOO_… for this process, or none for the demo company"
            )
        return self


class WithReader(WithOdoo):
    odoo_reader_login: str | None = None
    odoo_reader_password: SecretStr | None = None


class WithModel(ProcessSettings):
    """Which language model; without one, rules answer."""

    model: str | None = None
    model_base_url: WebUrl = None
    model_api_key: SecretStr | None = None

    @model_validator(mode="after")
    def _model_is_named(self) -> Self:
        if self.model is None and (self.model_base_url is not None or self.model_api_key is not None):
            raise ValueError(f"{PREFIX}MODEL is missing: name the model to use at {PREFIX}MODEL_BASE_URL")
        return self


class AdminSettings(ProcessSettings):
    """Migrations and persons."""

    admin_database_url: DatabaseUrl = None


class ServeSettings(WithPolicy):
    """The API: no ERP, no model."""

    serve_database_url: DatabaseUrl = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = DEFAULT_PORT


class WorkerSettings(WithReader, WithModel, WithPolicy):
    """The model and a login that can only read; also what the reading commands use."""

    worker_database_url: DatabaseUrl = None
    mail_authserv: str | None = None
    """The name our own mail server puts into Authentication-Results; without it no sender is believed."""


class ExecutorSettings(WithOdoo, WithPolicy):
    """The only process with a login that can write."""

    executor_database_url: DatabaseUrl = None
    odoo_writer_login: str | None = None
    odoo_writer_password: SecretStr | None = None


class ClientSettings(ProcessSettings):
    """Where serve is, and whose token speaks."""

    server_url: WebUrl = None
    token: Annotated[SecretStr | None, AfterValidator(stripped)] = None


class CompanySettings(WithOdoo):
    """Only whether an Odoo is configured."""

    @model_validator(mode="after")
    def _all_or_nothing(self) -> Self:
        return self


class UpSettings(CompanySettings):
    """What `up` has to know before it starts the processes."""

    serve_database_url: DatabaseUrl = None
    worker_database_url: DatabaseUrl = None
    executor_database_url: DatabaseUrl = None

    @property
    def has_databases(self) -> bool:
        return self.serve_database_url is not None

    @model_validator(mode="after")
    def _all_databases_or_none(self) -> Self:
        names = ("serve_database_url", "worker_database_url", "executor_database_url")
        absent = [variable_of(name) for name in names if getattr(self, name) is None]
        if absent and len(absent) < len(names):
            raise ValueError(f"{' and '.join(absent)} missing: set all three, or none for the embedded PostgreSQL")
        return self
