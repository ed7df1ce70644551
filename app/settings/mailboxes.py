"""The file that names the shared mailboxes. It holds no secret: each is in a file of its own, read anew at every login."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from agent.actions.answerable import is_address
from app.settings.mail_login import HERE, MailLogin, read_mail_file, refuse_repeated
from app.settings.microsoft365 import Microsoft365App


class _Mailbox(BaseModel):
    """One folder that is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=200)]
    """What people call it; mails are known under it, so it stays."""
    user: Annotated[str, Field(min_length=1)]
    ca_file: Path | None = None
    """Who vouches for the server; without it whom this machine trusts."""

    @property
    def whose(self) -> str:
        return self.name


class ImapFolder(_Mailbox, MailLogin):
    kind: Literal["imap"] = "imap"
    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)] = 993
    folder: str = "INBOX"
    authserv: str | None = None
    """The name this server puts into Authentication-Results; without it no sender is believed."""
    tls: bool = True
    save_drafts: bool = False
    """Prepared answers are put into its Drafts folder."""
    address: str | None = None
    """Whom a draft is from; without it the user, or the name, whichever is an address."""

    @property
    def draft_address(self) -> str | None:
        return next((one for one in (self.address, self.user, self.name) if one and is_address(one)), None)

    @model_validator(mode="after")
    def _safe_and_whole(self) -> Self:
        self.refuse_halves()
        if not self.tls and self.host not in HERE:
            raise ValueError("without TLS the password would be readable on its way; leave tls out")
        if self.address is not None and not is_address(self.address):
            raise ValueError("its address is none that drafts could be from")
        if self.save_drafts and self.draft_address is None:
            raise ValueError("save_drafts needs its address")
        return self


class Microsoft365Folder(_Mailbox, Microsoft365App):
    """Read as an app of the tenant. `user` is the address of the shared mailbox."""

    kind: Literal["microsoft365"]
    folder: Annotated[str, Field(min_length=1)] = "inbox"
    category: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    """Given to mails that were read; the app then needs Mail.ReadWrite instead of Mail.Read."""
    save_drafts: bool = False
    """Prepared answers are put into its Drafts folder; the app then needs Mail.ReadWrite."""

    @model_validator(mode="after")
    def _drafted_from(self) -> Self:
        if self.save_drafts and not is_address(self.user):
            raise ValueError("save_drafts needs its address as user")
        return self


def _kind(row: object) -> str:
    return str(row.get("kind", "imap")) if isinstance(row, dict) else "imap"


Mailbox = Annotated[Annotated[ImapFolder, Tag("imap")] | Annotated[Microsoft365Folder, Tag("microsoft365")], Discriminator(_kind)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    mailboxes: Annotated[tuple[Mailbox, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _named_apart(self) -> Self:
        refuse_repeated([mailbox.name for mailbox in self.mailboxes])
        return self


def read_mailboxes(file: Path | None) -> tuple[ImapFolder | Microsoft365Folder, ...]:
    """None without a file. Raises SettingMissing with one sentence that says where the mistake is."""
    return () if file is None else read_mail_file(_File, file, "EXPEDITER_MAILBOXES").mailboxes
