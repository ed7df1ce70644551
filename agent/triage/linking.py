"""Which records of the ERP a mail is about. Linked is only what exists and belongs to a sender our mail server vouched for."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agent.domain.mail import Link, ParsedMail, Reference, ReferenceKind, Trust
from agent.domain.mail_domains import company_domain
from agent.domain.records import Record
from agent.guardrails.untrusted_text import fold
from agent.ports.erp_reader import ErpReader
from agent.triage.namesakes import namesakes
from agent.triage.references import normal

K = ReferenceKind
#: Where a number of each kind may stand in the ERP.
_PLACES: dict[ReferenceKind, tuple[str, ...]] = {
    K.SALE_ORDER: ("sale.order", "sale.order:client_order_ref"),
    K.PURCHASE_ORDER: ("purchase.order", "sale.order:client_order_ref"),
    K.DELIVERY: ("stock.picking",),
    K.INVOICE: ("account.move",),
    K.TRACKING: ("stock.picking",),
    K.CUSTOMER_REFERENCE: ("sale.order", "purchase.order", "sale.order:client_order_ref", "purchase.order:partner_ref"),
    # Their order numbers may look like product codes.
    K.PRODUCT: ("sale.order:client_order_ref", "purchase.order:partner_ref"),
    K.RMA: ("purchase.order:partner_ref", "sale.order:client_order_ref"),
}
SURE, QUOTED, UNPROVEN, SENDER, NAMESAKE = 0.95, 0.8, 0.5, 0.3, 0.2
_MOST_PRODUCTS = 5
_MOST_IN_FILES = 5
#: Numbers that only we give.
_OURS = (K.SALE_ORDER, K.PURCHASE_ORDER, K.DELIVERY, K.INVOICE)
#: Words that many companies bear.
_COMMON = frozenset(
    ("hotel", "hotels", "group", "grand", "supply", "company", "trading", "logistics", "transport", "services", "international")
)


@dataclass(slots=True)
class Linked:
    sender: Record | None = None
    """The partner whose address, or domain of its own, stands in From, vouched for or not."""
    links: list[Link] = field(default_factory=list)
    candidates: list[Link] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """Numbers of ours that the ERP does not have."""
    strangers: list[Record] = field(default_factory=list)
    """Partners of records that the mail names though its sender is somebody else."""


def link(mail: ParsedMail, references: Sequence[Reference], trust: Trust, reader: ErpReader, *, guess: bool = False) -> Linked:
    """Look the numbers up; those of files link nothing where the mail itself names one of ours. Raises what the reader raises.

    `guess`: of a sender nobody knows, who names nothing that is there, partners of a similar name are offered.
    """
    sender = _partner_of(mail, reader)
    found = _find(references, reader)
    linked = Linked(sender)
    said = [one for one in references if not one.file]
    told = any(one.kind in _OURS for one in said)
    for reference in (*said, *_in_files(references)):
        records = found.get(normal(reference.value), []) if reference.kind in _PLACES else []
        aside = bool(reference.file) and told
        if not records and reference.kind in _OURS and not aside:
            linked.unknown.append(reference.value)
        believed = Trust.UNKNOWN if aside else trust
        for record in records:
            _judge(linked, record, reference, sender, believed, len(records), reader)
    if sender and not linked.links and not linked.candidates:
        linked.candidates.append(Link(sender, SENDER))
    if guess and not sender and not linked.links and not linked.candidates:
        linked.candidates += [Link(partner, NAMESAKE) for partner in namesakes(mail, reader)]
    _add_products(linked, references, reader)
    return linked


def _in_files(references: Sequence[Reference]) -> list[Reference]:
    """Those of ours that files name, unless it is a list of many: what the mail is about, such a file does not tell."""
    named = [one for one in references if one.file and one.kind in _PLACES]
    return named if sum(one.kind in _OURS for one in named) <= _MOST_IN_FILES else []


def _partner_of(mail: ParsedMail, reader: ErpReader) -> Record | None:
    if not mail.sender:
        return None
    named = [name for name in (mail.sender, company_domain(mail.sender)) if name]
    partners = reader.partners_by_email(named)
    return next((partners[name] for name in named if name in partners), None)


def _find(references: Iterable[Reference], reader: ErpReader) -> dict[str, list[Record]]:
    """Number → records, one read for each place."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for reference in references:
        for place in _PLACES.get(reference.kind, ()):
            wanted[place] += dict.fromkeys((normal(reference.value), reference.value))
    found: dict[str, list[Record]] = defaultdict(list)
    for place, numbers in wanted.items():
        for number, records in reader.find_by_number(place, list(dict.fromkeys(numbers))).items():
            found[normal(number)] += [record for record in records if record not in found[normal(number)]]
    return found


def _judge(
    linked: Linked, record: Record, reference: Reference, sender: Record | None, trust: Trust, count: int, reader: ErpReader
) -> None:
    if any(record == one.record for one in [*linked.links, *linked.candidates]):
        return
    owner = reader.partner_of_record(record)
    same = owner is not None and sender is not None and owner.id == sender.id
    if same and trust is Trust.ALIGNED and count == 1:
        linked.links.append(Link(record, QUOTED if reference.second_hand else SURE))
        return
    linked.candidates.append(Link(record, UNPROVEN if same else SENDER))
    if owner and not same:
        linked.strangers.append(owner)


def _add_products(linked: Linked, references: Sequence[Reference], reader: ErpReader) -> None:
    """Products are named by anyone, so they are offered, not linked."""
    codes = [reference.value for reference in references if reference.kind is K.PRODUCT]
    for code in codes[:_MOST_PRODUCTS]:
        for product in reader.search_products(code, limit=3):
            if product.code and product.code.upper() == code.upper():
                linked.candidates.append(Link(product.record, UNPROVEN))


def is_lookalike(domain: str, known: str) -> bool:
    """Nearly, but not, a domain we know: two characters apart, the same name under another ending, or with something added."""
    if not domain or not known or domain == known or domain.endswith(f".{known}") or known.endswith(f".{domain}"):
        return False
    if f".{domain}.".count(f".{known}."):
        return True  # our partner's whole domain, in front of somebody else's
    name, known_name = _skeleton(domain), _skeleton(known)
    if len(known_name) < 4:
        return False
    return name == known_name or known_name in name.split("-") or known_name in name or _distance(name, known_name) <= 2


def bears_name(domain: str, partner_name: str) -> bool:
    """The domain holds the first telling word of the partner's name: `kessler-payments.example` for Kessler Fördertechnik."""
    telling = [word for word in re.findall(r"[a-z0-9]{5,}", fold(partner_name)) if word not in _COMMON]
    return bool(telling) and bool(domain) and telling[0] in _skeleton(domain)


def _skeleton(domain: str) -> str:
    """The registrable name with look-alike characters made one."""
    labels = domain.split(".")
    name = labels[-2] if len(labels) > 1 else labels[0]
    if name in ("co", "com", "org", "net") and len(labels) > 2:
        name = labels[-3]
    return name.replace("rn", "m").replace("vv", "w").translate(str.maketrans("01358", "olesb"))


def _distance(one: str, other: str) -> int:
    """Levenshtein."""
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, right in enumerate(other, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (left != right))
    return row[-1]
