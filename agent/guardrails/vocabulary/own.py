"""Facts of changes to Expediter itself, and of answers to mails that it keeps."""

from collections.abc import Mapping
from enum import StrEnum

from agent.domain.mail import MailClass, Trust
from agent.guardrails.vocabulary.base import WHOLE, Fact


class Touches(StrEnum):
    """Whether a new policy changes who decides on new policies."""

    YES = "yes"
    NO = "no"


class Known(StrEnum):
    """Whether the ERP has the sender's address, or its domain."""

    YES = "known"
    NO = "unknown"


class NamesMoney(StrEnum):
    """Whether an answer names an amount of money."""

    YES = "yes"
    NO = "no"


_KIND = Fact(values=frozenset({"sale order", "purchase", "delivery"}))

OWN: Mapping[str, Mapping[str, Fact]] = {
    "activate_policy": {
        "rules_changed": WHOLE,
        "settings_changed": WHOLE,
        "changes_its_own_rules": Fact(values=frozenset(Touches)),
    },
    "file_mail": {
        "kind": _KIND,
        "mail_class": Fact(values=frozenset(set(MailClass) - {MailClass.AUTOMATED_NOISE})),
        "trust": Fact(values=frozenset(set(Trust) - {Trust.FAIL})),
        "length": WHOLE,
    },
    "strike_filed_mail": {"kind": _KIND, "length": WHOLE},
    "reply_to_mail": {
        "mail_class": Fact(values=frozenset(set(MailClass) - {MailClass.AUTOMATED_NOISE})),
        "trust": Fact(values=frozenset(set(Trust) - {Trust.FAIL})),
        "sender": Fact(values=frozenset(Known)),
        "recipient": Fact(values=frozenset({"sender", "same_domain", "elsewhere"})),
        "answers_before": WHOLE,
        "changed_percent": WHOLE,
        "money": Fact(values=frozenset(NamesMoney)),
    },
}
