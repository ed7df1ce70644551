"""Which mails are answered, and where the answer may go: to the sender, or where a person says that the mail wants it."""

import re
from enum import StrEnum

from agent.domain.letters import Letter
from agent.domain.mail import MailClass, Trust
from agent.domain.mail_domains import company_domain
from agent.errors import PreconditionFailed

MOST_A_DAY = 4
#: A mail that carries one of these may be a trick; whoever answers it does so from the mailbox, with open eyes.
SECURITY = frozenset(
    {
        "bank_change", "bank_account", "injection_text", "lookalike_domain", "phishing", "hidden_text", "msgid_collision",
        "sender_unclear", "unreadable",
    }
)  # fmt: skip
_ATOM, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=.{{3,254}}$)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")


class Recipient(StrEnum):
    """Where an answer goes, seen from the sender."""

    SENDER = "sender"
    SAME_DOMAIN = "same_domain"
    ELSEWHERE = "elsewhere"


def check_answerable(letter: Letter) -> None:
    """Raises PreconditionFailed with the reason why this mail is not answered."""
    refusals = {
        f"{letter.label} was not read yet; try again in a minute.": letter.mail_class is None,
        f"{letter.label} was sent by a machine; two machines would answer each other for ever.": _by_a_machine(letter),
        f"{letter.label} carries {_flags(letter)}; whoever answers it does so from the mailbox.": bool(letter.flags & SECURITY),
        f"Our mail server says that the sender of {letter.label} is forged; it is not answered.": letter.trust is Trust.FAIL,
        f"{letter.label} was answered, or may have been, with P{letter.answered_by}.": letter.answered_by is not None,
        f"The sender of {letter.label} got {letter.answers_lately} answers in 24 hours, and {MOST_A_DAY} are the most.": (
            letter.answers_lately >= MOST_A_DAY
        ),
    }
    for sentence, applies in refusals.items():
        if applies:
            raise PreconditionFailed(sentence)


def recipient_of(letter: Letter, wanted: str | None) -> str:
    """The one address that the answer goes to: the sender's, or the one of the mail's own that was chosen.

    A mail that wants its answers elsewhere decides nothing: without a choice it is not answered. Raises PreconditionFailed.
    """
    known = tuple(dict.fromkeys(one for one in (letter.sender, *letter.reply_to) if one))
    chosen = wanted.strip().lower() if wanted else None
    if chosen is None and len(known) > 1:
        raise PreconditionFailed(
            f"{letter.label} came from {letter.sender} and wants answers at {' and '.join(known[1:])}; say to which one it goes."
        )
    address = chosen or letter.sender
    if address not in known:
        raise PreconditionFailed(
            f"{address or 'Nobody'} is no address of {letter.label}; an answer goes to {' or '.join(known) or 'nobody'}."
        )
    if not is_address(address):
        raise PreconditionFailed(f"{address} is an address that mail from here does not reach.")
    return address


def is_address(text: str) -> bool:
    """One that every mail server takes: ASCII, without quotes, comments and the beginning of an encoded word."""
    return "=?" not in text and _ADDRESS.fullmatch(text) is not None


def seen_from_sender(letter: Letter, address: str) -> Recipient:
    if address == letter.sender:
        return Recipient.SENDER
    same = company_domain(address) is not None and company_domain(address) == company_domain(letter.sender)
    return Recipient.SAME_DOMAIN if same else Recipient.ELSEWHERE


def _by_a_machine(letter: Letter) -> bool:
    return letter.automatic or letter.mail_class is MailClass.AUTOMATED_NOISE


def _flags(letter: Letter) -> str:
    return " and ".join(sorted(flag.replace("_", " ") for flag in letter.flags & SECURITY))
