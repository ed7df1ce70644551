"""Who an unknown sender may be: partners whose names resemble what the mail calls itself. Offered to a person, never linked."""

from agent.domain.company_names import CLOSE, bare, closeness, named_in, patterns_for
from agent.domain.mail import ParsedMail
from agent.domain.mail_domains import company_domain
from agent.domain.records import Record
from agent.ports.erp_reader import ErpReader

MOST = 3
#: A signature stands at the end of what is new.
_SIGNATURE = 600
_MOST_NAMES = 4


def namesakes(mail: ParsedMail, reader: ErpReader) -> list[Record]:
    """The closest first; one look into the ERP, none where the mail gives no name. Raises what the reader raises."""
    names = _names(mail)
    patterns = list(dict.fromkeys(pattern for name in names for pattern in patterns_for(name)))
    if not patterns:
        return []
    bares = [bare(name) for name in names]
    scored = [(max(closeness(one, bare(partner.name)) for one in bares), partner) for partner in reader.partners_like(patterns)]
    close = sorted(
        ((score, partner) for score, partner in scored if score >= CLOSE), key=lambda each: (-each[0], each[1].name, each[1].id)
    )
    return [partner for _, partner in close[:MOST]]


def _names(mail: ParsedMail) -> list[str]:
    """What stands beside the address, in the signature, and before the ending of a domain of its own; not our own names."""
    domain = company_domain(mail.sender) if mail.sender else None
    label = domain.split(".")[-2].replace("-", " ") if domain and "." in domain else ""
    ours = {bare(_label(one)) for one in mail.to}
    said = [mail.sender_name, label, *named_in(_signature(mail))]
    names = [name for name in dict.fromkeys(said) if len(bare(name)) >= 4]
    return [name for name in names if not any(closeness(bare(name), one) >= CLOSE for one in ours)][:_MOST_NAMES]


def _label(address: str) -> str:
    labels = address.rpartition("@")[2].split(".")
    return labels[-2].replace("-", " ") if len(labels) > 1 else ""


def _signature(mail: ParsedMail) -> str:
    first = min((start for start, _ in mail.quoted), default=len(mail.text))
    return mail.text[max(0, first - _SIGNATURE) : first] if first else mail.text[-_SIGNATURE:]
