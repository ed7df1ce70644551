"""The file that names the mailboxes that approved answers are sent from. The executor's alone."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from agent.actions.answerable import is_address
from app.settings.mail_login import HERE, MailLogin, read_mail_file, refuse_repeated
from app.settings.microsoft365 import Microsoft365App

Port = Annotated[int, Field(ge=1, le=65535)]


class SmtpOutgoing(MailLogin):
    """One login for the server that sends and for the Sent folder, which tells what was sent."""

    kind: Literal["smtp"] = "smtp"
    mailbox: Annotated[str, Field(min_length=1, max_length=200)]
    """The name of the mailbox whose mails are answered from here, as in EXPEDITER_MAILBOXES."""
    address: str
    """Whom the answers are from."""
    name: Annotated[str, Field(max_length=200)] = ""
    """What stands beside the address."""
    user: Annotated[str, Field(min_length=1)]
    smtp_host: Annotated[str, Field(min_length=1)]
    smtp_port: Port = 587
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    smtp_login: bool = True
    """False: the server takes mail from this machine without one."""
    imap_host: Annotated[str, Field(min_length=1)]
    imap_port: Port = 993
    imap_tls: bool = True
    ca_file: Path | None = None
    sent_copy: Literal["expediter", "server"] = "expediter"
    """Who puts a copy into Sent: we, or the server by itself (Microsoft 365, Gmail)."""

    @property
    def whose(self) -> str:
        return self.mailbox

    @model_validator(mode="after")
    def _safe_and_whole(self) -> Self:
        self.refuse_halves()
        if not is_address(self.address):
            raise ValueError("its address is none that mail could be from")
        if any(ord(char) < 32 for char in self.name):
            raise ValueError("its name is more than one line")
        if (self.smtp_tls == "none" and self.smtp_host not in HERE) or (not self.imap_tls and self.imap_host not in HERE):
            raise ValueError("without TLS mails and the password would be readable on their way")
        return self


class Microsoft365Outgoing(Microsoft365App):
    """Sent from as another app of the tenant than the one that reads; this one needs Mail.Read and Mail.Send."""

    kind: Literal["microsoft365"]
    mailbox: Annotated[str, Field(min_length=1, max_length=200)]
    """The name of the mailbox whose mails are answered from here, as in EXPEDITER_MAILBOXES."""

    @property
    def whose(self) -> str:
        return self.mailbox

    @model_validator(mode="after")
    def _from_an_address(self) -> Self:
        if not is_address(self.user):
            raise ValueError("its user is no address that mail could be from")
        return self


def _kind(row: object) -> str:
    return str(row.get("kind", "smtp")) if isinstance(row, dict) else "smtp"


OutgoingMailbox = Annotated[
    Annotated[SmtpOutgoing, Tag("smtp")] | Annotated[Microsoft365Outgoing, Tag("microsoft365")], Discriminator(_kind)
]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    outgoing: Annotated[tuple[OutgoingMailbox, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _named_apart(self) -> Self:
        refuse_repeated([one.mailbox for one in self.outgoing])
        return self


def read_outgoing(file: Path | None) -> tuple[SmtpOutgoing | Microsoft365Outgoing, ...]:
    """None without a file. Raises SettingMissing with one sentence that says where the mistake is."""
    return () if file is None else read_mail_file(_File, file, "EXPEDITER_OUTGOING_MAIL").outgoing
