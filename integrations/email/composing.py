"""A mail of ours as bytes. Whatever a mail from outside says cannot add a header line to it, nor another address."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from agent.domain.letters import Outgoing

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
    """With CRLF line ends. A draft does not say that an action sent it: a person will. Raises ValueError for what is no mail."""
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
    return message.as_bytes()
