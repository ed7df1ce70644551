"""One collected mail as its files say it: the message, and what is right about it."""

from collections.abc import Mapping
from datetime import date
from email.message import EmailMessage
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.domain.mail import MailClass, Priority
from agent.triage.collection import CollectedMail

OWN_SERVER = "mx.harbourvale.example"


class ExpectedLine(BaseModel):
    """What the mail says about one of its lines."""

    model_config = ConfigDict(extra="forbid")
    sku: str
    ordered: int | None = None
    short: int | None = None
    damaged: int | None = None
    price: float | None = None
    new_eta: date | None = None


class ExpectedMail(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    id: str
    sender: str = Field(alias="from")
    subject: str
    body: str = ""
    html: str = ""
    headers: Mapping[str, str] = {}
    attach: tuple[str, ...] = ()
    proven: bool = True
    """Our mail server vouches for the sender."""
    auth: Literal["pass", "fail"] = "pass"
    """`fail`: our mail server says that the sender is forged."""
    held_back: bool = False
    mail_class: MailClass | None = Field(default=None, alias="class")
    also_right: tuple[MailClass, ...] = ()
    """Classes that a reasonable person might give too."""
    priority: Priority
    refs: tuple[str, ...] = ()
    """Numbers that it names."""
    links: tuple[str, ...] = ()
    """Records it may be linked to without a person: all others are wrong."""
    person: bool | None = None
    must_not: tuple[Literal["link", "draft"], ...] = ()
    unsaid: tuple[str, ...] = ()
    """What a draft must not tell the sender."""
    fields: Mapping[str, date] = {}
    lines: tuple[ExpectedLine, ...] = ()
    amounts: tuple[float, ...] = ()

    def raw(self) -> bytes:
        """The message as our mail server would have stored it."""
        message = EmailMessage()
        if self.proven:
            message["Authentication-Results"] = _authentication(self.sender, self.auth)
        message["From"] = self.sender
        message["To"] = "logistics@harbourvale.example"
        message["Subject"] = self.subject
        message["Date"] = "Mon, 16 Nov 2026 08:00:00 +0000"
        message["Message-ID"] = f"<{self.id}@{_domain(self.sender)}>"
        for name, value in self.headers.items():
            message[name] = value
        message.set_content(self.html, subtype="html") if self.html else message.set_content(self.body)
        for name in self.attach:
            message.add_attachment(b"content", maintype="application", subtype="octet-stream", filename=name)
        return message.as_bytes()


def expected(mail: CollectedMail) -> ExpectedMail:
    """Raises pydantic's ValidationError when the file says something nobody reads."""
    return ExpectedMail.model_validate(dict(mail.content))


def _authentication(sender: str, verdict: str) -> str:
    domain = _domain(sender)
    if verdict == "fail":
        return f"{OWN_SERVER}; spf=softfail; dmarc=fail header.from={domain}"
    return f"{OWN_SERVER}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}"


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].rstrip(">")
