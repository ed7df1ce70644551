"""The file that names the shared mailboxes. It holds no secret: each is in a file of its own, read anew at every login."""

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, model_validator

from agent.errors import SettingMissing

_HERE = ("localhost", "127.0.0.1", "::1")


class _Mailbox(BaseModel):
    """One folder that is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=200)]
    """What people call it; mails are known under it, so it stays."""
    user: Annotated[str, Field(min_length=1)]
    ca_file: Path | None = None
    """Who vouches for the server; without it whom this machine trusts."""

    def _read(self, file: Path) -> str:
        try:
            return file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as unreadable:
            raise SettingMissing(f"{file}, the secret of mailbox {self.name}, cannot be read: {unreadable}.") from None


class ImapFolder(_Mailbox):
    kind: Literal["imap"] = "imap"
    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)] = 993
    password_file: Path | None = None
    token_file: Path | None = None
    """For XOAUTH2: whatever renews the token writes it here."""
    folder: str = "INBOX"
    authserv: str | None = None
    """The name this server puts into Authentication-Results; without it no sender is believed."""
    tls: bool = True

    @model_validator(mode="after")
    def _safe_and_whole(self) -> Self:
        if (self.password_file is None) == (self.token_file is None):
            raise ValueError("needs a password_file or a token_file, and not both")
        if not self.tls and self.host not in _HERE:
            raise ValueError("without TLS the password would be readable on its way; leave tls out")
        return self

    def secret(self) -> str:
        """The password or token as it is now. Raises SettingMissing."""
        file = self.password_file or self.token_file
        assert file is not None
        return self._read(file)


def _over_tls(url: str) -> str:
    if urlsplit(url).scheme != "https" or not urlsplit(url).hostname:
        raise ValueError("has to be an https address")
    return url.rstrip("/")


class Microsoft365Folder(_Mailbox):
    """Read as an app of the tenant. `user` is the address of the shared mailbox."""

    kind: Literal["microsoft365"]
    tenant: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+$")]
    client_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
    secret_file: Path
    """The app's client secret; or its certificate and private key, both as PEM in one file."""
    folder: Annotated[str, Field(min_length=1)] = "inbox"
    category: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    """Given to mails that were read; the app then needs Mail.ReadWrite instead of Mail.Read."""
    login_url: Annotated[str, AfterValidator(_over_tls)] = "https://login.microsoftonline.com"
    graph_url: Annotated[str, AfterValidator(_over_tls)] = "https://graph.microsoft.com"

    def secret(self) -> str:
        """As it is now. Raises SettingMissing."""
        return self._read(self.secret_file)


def _kind(row: object) -> str:
    return str(row.get("kind", "imap")) if isinstance(row, dict) else "imap"


Mailbox = Annotated[Annotated[ImapFolder, Tag("imap")] | Annotated[Microsoft365Folder, Tag("microsoft365")], Discriminator(_kind)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    mailboxes: Annotated[tuple[Mailbox, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _named_apart(self) -> Self:
        names = [mailbox.name for mailbox in self.mailboxes]
        if len(set(names)) < len(names):
            raise ValueError("two mailboxes have the same name")
        return self


def read_mailboxes(file: Path | None) -> tuple[ImapFolder | Microsoft365Folder, ...]:
    """None without a file. Raises SettingMissing with one sentence that says where the mistake is."""
    if file is None:
        return ()
    try:
        return _File.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))).mailboxes
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as unreadable:
        said = " ".join(str(unreadable).split())
        raise SettingMissing(f"The mailboxes of EXPEDITER_MAILBOXES cannot be read: {said}.") from None
    except ValidationError as wrong:
        raise SettingMissing(f"The mailboxes in {file} are not right: {'; '.join(map(_fault, wrong.errors()))}.") from None


def _fault(error: object) -> str:
    assert isinstance(error, dict)
    where = " ".join(str(part + 1) if isinstance(part, int) else str(part) for part in error["loc"])
    return f"{where or 'the file'}: {str(error['msg']).removeprefix('Value error, ')}"
