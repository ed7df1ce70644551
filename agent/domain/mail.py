"""What a mail is, what it names and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from agent.domain.records import Record


class MailClass(StrEnum):
    DELAY_NOTICE = "delay_notice"
    PO_CONFIRMATION = "po_confirmation"
    DISPATCH_ADVICE = "dispatch_advice"
    DELIVERY_APPOINTMENT = "delivery_appointment"
    DELIVERY_EXCEPTION = "delivery_exception"
    PROOF_OF_DELIVERY = "proof_of_delivery"
    DAMAGE_SHORTAGE_CLAIM = "damage_shortage_claim"
    CUSTOMS_DOCUMENTS = "customs_documents"
    ORDER_STATUS_INQUIRY = "order_status_inquiry"
    ORDER_CHANGE = "order_change"
    RETURN_REQUEST = "return_request"
    INVOICE_DISPUTE = "invoice_dispute"
    QUOTE_OR_ORDER = "quote_or_order"
    AUTOMATED_NOISE = "automated_noise"
    OTHER = "other"


#: How urgent a class is, 1 to 5, before any fact raises it.
USUAL_LEVEL: Mapping[MailClass, int] = {
    MailClass.DELAY_NOTICE: 2,
    MailClass.PO_CONFIRMATION: 3,
    MailClass.DISPATCH_ADVICE: 3,
    MailClass.DELIVERY_APPOINTMENT: 3,
    MailClass.DELIVERY_EXCEPTION: 1,
    MailClass.PROOF_OF_DELIVERY: 4,
    MailClass.DAMAGE_SHORTAGE_CLAIM: 2,
    MailClass.CUSTOMS_DOCUMENTS: 2,
    MailClass.ORDER_STATUS_INQUIRY: 3,
    MailClass.ORDER_CHANGE: 2,
    MailClass.RETURN_REQUEST: 3,
    MailClass.INVOICE_DISPUTE: 3,
    MailClass.QUOTE_OR_ORDER: 3,
    MailClass.AUTOMATED_NOISE: 5,
    MailClass.OTHER: 3,
}
#: Below this confidence triage leaves the class to a person.
SURE = 0.45
#: The flag of a mail that wants money sent to another account.
BANK_CHANGE = "bank_change"


class Priority(StrEnum):
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"
    P5 = "P5"


class Trust(StrEnum):
    """What our own mail server said of the sender."""

    ALIGNED = "aligned"
    UNALIGNED = "unaligned"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a mail. What stands in it is data of whoever sent it, as is the mail's own text."""

    name: str
    content_type: str
    size: int
    """Bytes."""
    kind: str = ""
    """What people call such files, `PDF`; empty for pictures, and where files stay closed."""
    text: str = ""
    """What stands in it, its rows on lines, their cells a tab apart."""
    trouble: str = ""
    """What a sentence about it says: `cannot be read: it is encrypted`; empty when nothing is wrong."""


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A message taken apart without believing it. Text has control characters removed."""

    message_id: str | None
    sender: str
    """The address in From, lower case; empty when there is not exactly one."""
    sender_name: str
    to: tuple[str, ...]
    subject: str
    sent_at: datetime | None
    in_reply_to: str | None
    text: str
    """The whole body as text: new part and quotes."""
    quoted: tuple[tuple[int, int], ...]
    """Character spans of `text` that quote earlier mails; kept, weighed less."""
    hidden_text: str
    """What HTML hid from the reader's eye: a sign of an attempt to instruct a machine."""
    headers: tuple[tuple[str, str], ...]
    attachments: tuple[Attachment, ...]
    problems: tuple[str, ...] = ()
    """What could not be read as it should: parts_unread, structure_unread, text_cut, alternatives_differ."""
    reply_to: tuple[str, ...] = ()
    """Addresses that answers are asked to go to, lower case."""
    thread: tuple[str, ...] = ()
    """Message-IDs that it refers to, oldest first."""

    def apart(self) -> tuple[str, str]:
        """What is new in `text`, and what it quotes."""
        new, old, place = [], [], 0
        for start, end in sorted(self.quoted):
            new.append(self.text[place:start])
            old.append(self.text[max(start, place) : end])
            place = max(place, end)
        return "\n".join([*new, self.text[place:]]), "\n".join(old)


class ReferenceKind(StrEnum):
    SALE_ORDER = "sale_order"
    PURCHASE_ORDER = "purchase_order"
    DELIVERY = "delivery"
    INVOICE = "invoice"
    RMA = "rma"
    TRACKING = "tracking"
    CUSTOMER_REFERENCE = "customer_reference"
    CONTAINER = "container"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Reference:
    """A number the mail names, with where it stands in `ParsedMail.text`, in the subject, or in the text of an attachment."""

    kind: ReferenceKind
    value: str
    span: tuple[int, int]
    in_subject: bool = False
    quoted: bool = False
    file: str = ""
    """The attachment it stands in; empty for the mail itself."""

    @property
    def second_hand(self) -> bool:
        """Said in an earlier mail or in a file, so it counts less."""
        return self.quoted or bool(self.file)

    @property
    def source(self) -> str:
        """body, subject, quote or attachment."""
        return "attachment" if self.file else "quote" if self.quoted else "subject" if self.in_subject else "body"


@dataclass(frozen=True, slots=True)
class Link:
    """A record of the ERP the mail is about."""

    record: Record
    confidence: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a language model that was to say what a mail is said, or why it was not asked."""

    model: str
    prompt_sha256: str = ""
    """Empty when it was not asked."""
    mail_class: MailClass | None = None
    confidence: float = 0.0
    """0 to 1, in the model's own words."""
    also: MailClass | None = None
    """What else it may be."""
    evidence: tuple[str, ...] = ()
    """Words of the mail."""
    tokens_read: int = 0
    tokens_written: int = 0
    discounted: str = ""
    """Why it does not count, as a part of a sentence; empty where it does."""

    @property
    def asked(self) -> bool:
        return bool(self.prompt_sha256)


@dataclass(frozen=True, slots=True)
class Triage:
    """What triage made of one mail."""

    mail_class: MailClass
    intents: tuple[MailClass, ...]
    priority: Priority
    language: str
    confidence: float
    needs_person: bool
    reason: str
    """Why this class and priority, or why a person should look."""
    automatic: bool
    """Sent by a machine: triaged, never answered."""
    trust: Trust
    flags: tuple[str, ...]
    """bank_change, injection_text, hidden_text, msgid_missing …"""
    references: tuple[Reference, ...]
    links: tuple[Link, ...]
    candidates: tuple[Link, ...]
    """Possible records a person should choose from; nothing is linked on their strength."""
    fields: dict[str, Any] = field(default_factory=dict)
    draft: str | None = None
    """A reply for a person to review; never for automatic mail."""
    attachments: tuple[Attachment, ...] = ()
    alternatives: tuple[tuple[MailClass, float], ...] = ()
    """The likeliest classes with their shares of 1, for a person who must decide; empty where nobody weighed them."""
    opinion: Opinion | None = None
    """None where no language model reads mails."""
