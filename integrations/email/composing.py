"""A mail of ours as bytes. Whatever a mail from outside says cannot add a header line to it, nor another address."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from agent.domain.letters import Outgoing
from agent.errors import MailNotSafe

#: In every mail that an approved action sent; a mail that carries it is never answered by us.
ACTION = "X-Expediter-Action"
#: 7bit for old relays. Long lines, because a Message-ID that is folded or encoded is another one.
_POLICY = SMTP.clone(cte_type="7bit", max_line_length=900)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a mail of ours is from."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def message_id_of(mail: Outgoing, sender: Sender) -> str:
    """The same at every attempt."""
    return f"<{mail.marker}@{sender.domain}>"


def compose(mail: Outgoing, sender: Sender, now: datetime, *, draft: bool = False) -> bytes:
    """With CRLF line ends. A draft does not say that an action sent it: a person will.

    Raises MailNotSafe for what is no mail, or would be read as another one than is meant.
    """
    try:
        message = _message(mail, sender, now, draft=draft)
        raw = message.as_bytes()
    except (ValueError, IndexError, MessageError) as refused:
        raise MailNotSafe(f"The answer to {mail.to} cannot be written as a mail: {refused}") from refused
    _check(message, raw, mail)
    return raw


def _message(mail: Outgoing, sender: Sender, now: datetime, *, draft: bool) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(sender.name, addr_spec=sender.address)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id_of(mail, sender)
    if mail.in_reply_to:
        message["In-Reply-To"] = mail.in_reply_to
    if mail.references:
        message["References"] = " ".join(mail.references)
    if not draft:
        message[ACTION] = mail.marker
    message.set_content(mail.text.replace("\r\n", "\n").rstrip("\n") + "\n")
    return message


def _check(message: EmailMessage, raw: bytes, mail: Outgoing) -> None:
    """The library decodes encoded words in what it is given, and writes the line ends that it finds in them."""
    for name, value in message.items():
        if "\r" in str(value) or "\n" in str(value):
            raise MailNotSafe(f"The answer to {mail.to} would have a line end within its {name}.")
    read = message_from_bytes(raw, policy=SMTP)
    if read.keys() != message.keys() or [one.addr_spec for one in read["To"].addresses] != [mail.to]:
        raise MailNotSafe(f"The answer to {mail.to} would be read as another mail than was meant.")
