"""One class per process. What a class does not list, its process is not given."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from agent.domain.decisions import Role
from app.settings.base import ProcessSettings, database_address, stripped, web_address
from app.settings.files import PREFIX, variable_of

DatabaseUrl = Annotated[SecretStr | None, AfterValidator(database_address)]
WebUrl = Annotated[str | None, AfterValidator(web_address)]
Secret = Annotated[SecretStr | None, AfterValidator(stripped)]
OdooKey = Annotated[SecretStr | None, AfterValidator(stripped)]
DEFAULT_PORT = 8421


def _slack_team(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"T[A-Z0-9]{2,30}", value):
        raise ValueError("is not the id of a Slack workspace like T0123ABCD")
    return value


def _slack_channel(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"[CG][A-Z0-9]{2,30}", value):
        raise ValueError("is not the id of a Slack channel like C0123ABCD; it stands at the end of the channel's details")
    return value


def _slack_channels(value: str | None) -> str | None:
    for part in (value or "").split(",") if value is not None else ():
        role, named, channel = part.strip().rpartition("=")
        _slack_channel(channel)
        if named and role not in set(Role):
            raise ValueError(
                f"names the role {role!r}, which there is not; write buyer=C0123ABCD, or a channel alone for all others"
            )
    return value


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
        needed = _needed_for_odoo(type(self))
        absent = [_either(names) for names in needed if all(getattr(self, name) is None for name in names)]
        if absent and len(absent) < len(needed):
            raise ValueError(
                f"{' and '.join(absent)} {'is' if len(absent) == 1 else 'are'} missing: "
                f"set all of {PREFIX}ODOO_… for this process, or none for the demo company"
            )
        return self


def _either(names: tuple[str, ...]) -> str:
    first, *others = map(variable_of, names)
    return first + "".join(f" (or {other})" for other in others)


def _needed_for_odoo(kind: type[WithOdoo]) -> list[tuple[str, ...]]:
    """Fields of which one each has to be set: a key stands for its password."""
    names = [name for name in kind.model_fields if name.startswith("odoo_") and not name.endswith("_key")]
    return [(name, f"{name.removesuffix('_password')}_key") if name.endswith("_password") else (name,) for name in names]


class WithReader(WithOdoo):
    odoo_reader_login: str | None = None
    odoo_reader_password: SecretStr | None = None
    odoo_reader_key: OdooKey = None


class WithModel(ProcessSettings):
    """Which language model; without one, rules answer."""

    model: str | None = None
    model_base_url: WebUrl = None
    model_api_key: SecretStr | None = None
    model_reads_mail: bool = False
    """Whether it is sent mails of the shared inbox, to say what they are."""

    @model_validator(mode="after")
    def _model_is_named(self) -> Self:
        if self.model is None and (self.model_base_url is not None or self.model_api_key is not None):
            raise ValueError(f"{PREFIX}MODEL is missing: name the model to use at {PREFIX}MODEL_BASE_URL")
        if self.model is None and self.model_reads_mail:
            raise ValueError(f"{PREFIX}MODEL is missing: name the model that is to read mails ({PREFIX}MODEL_READS_MAIL)")
        return self


class WithSlack(ProcessSettings):
    """Which Slack workspace; without one, there is none."""

    slack_team: Annotated[str | None, AfterValidator(_slack_team)] = None
    """The workspace's id; everything from another one is refused."""
    slack_bot_token: Secret = None
    slack_approvals_channel: Annotated[str | None, AfterValidator(_slack_channel)] = None
    """Where proposals that wait are shown; everybody in it has to be somebody who may see them."""
    slack_ops_channel: Annotated[str | None, AfterValidator(_slack_channel)] = None
    """Where the morning brief and what is critical are told."""
    slack_inbox_channels: Annotated[str | None, AfterValidator(_slack_channels)] = None
    """Where mails that wait are shown, by role: `buyer=C1,finance=C2,C3`; the one without a role gets all others."""
    slack_api_url: WebUrl = "https://slack.com/api"

    @property
    def inbox_channels(self) -> Mapping[Role | None, str]:
        parts = [part.strip().rpartition("=") for part in (self.slack_inbox_channels or "").split(",") if part.strip()]
        return {Role(role) if named else None: channel for role, named, channel in parts}

    @property
    def has_slack(self) -> bool:
        return self.slack_bot_token is not None

    @model_validator(mode="after")
    def _slack_is_whole(self) -> Self:
        if (self.slack_team is None) != (self.slack_bot_token is None):
            missing = "TEAM" if self.slack_team is None else "BOT_TOKEN"
            raise ValueError(f"{PREFIX}SLACK_{missing} is missing: `expediter slack setup` says where to find it")
        return self


class AdminSettings(WithPolicy):
    """Migrations, the first policy, and persons."""

    admin_database_url: DatabaseUrl = None


class ServeSettings(WithSlack, WithPolicy):
    """The API and Slack's way in: no ERP, no model."""

    serve_database_url: DatabaseUrl = None
    second_factor_key: Annotated[SecretStr | None, AfterValidator(stripped)] = None
    """Seals the secrets of authenticators; several with commas between them while a key is changed, the new one first."""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = DEFAULT_PORT
    slack_signing_secret: Secret = None
    """Slack sends to us over HTTP; several with commas between them while it is changed."""
    slack_app_token: Secret = None
    """We connect to Slack, by Socket Mode."""

    @model_validator(mode="after")
    def _slack_has_a_way_in(self) -> Self:
        if self.has_slack and self.slack_signing_secret is None and self.slack_app_token is None:
            raise ValueError(
                f"{PREFIX}SLACK_APP_TOKEN (Socket Mode) or {PREFIX}SLACK_SIGNING_SECRET (HTTP) is missing: without one, nothing "
                "that people click in Slack arrives"
            )
        return self


class WorkerSettings(WithReader, WithModel, WithSlack, WithPolicy):
    """The model and a login that can only read; also what the reading commands use."""

    worker_database_url: DatabaseUrl = None
    mail_authserv: str | None = None
    """The name our own mail server puts into Authentication-Results; without it no sender is believed."""
    mailboxes: Path | None = None
    """The file that names the shared mailboxes; None: mails are read from files only."""
    scan_every: Annotated[int, Field(ge=1, le=30)] = 5
    """Minutes between looks at what changed."""
    full_scan_every: Annotated[int, Field(ge=1, le=1440)] = 60
    """Minutes between looks at everything."""


class ExecutorSettings(WithOdoo, WithPolicy):
    """The only process with a login that can write."""

    executor_database_url: DatabaseUrl = None
    audit_signing_key: Annotated[SecretStr | None, AfterValidator(stripped)] = None
    """The private half of what `expediter audit key` makes; without it checkpoints are noted and not signed."""
    audit_checkpoint_copy: Path | None = None
    """A file that gets a copy of each checkpoint, where the database's owner cannot write."""
    outgoing_mail: Path | None = None
    """The file that names the mailboxes answers are sent from; None: none are sent."""
    odoo_writer_login: str | None = None
    odoo_writer_password: SecretStr | None = None
    odoo_writer_key: OdooKey = None
    write_may_arrive_for: Annotated[int, Field(ge=1, le=1440)] = 10
    """Minutes in which a write without an answer may still take effect: more than Odoo's and its proxy's own time limits."""


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
