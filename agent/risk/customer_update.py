"""What a customer whose promise breaks is told, in the customer's language, for a person to review.

It names the order, its goods and a date that can be kept; never a cause, a vendor or another customer.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import yaml

from agent.risk.outlooks import LineOutlook
from agent.risk.situation import Situation
from agent.risk.wording import amount, day

LANGUAGES = frozenset({"en", "de", "fr", "nl", "es"})
#: Goods named one by one; of more only the first.
NAMED = 5


def customer_update(situation: Situation, waiting: Sequence[LineOutlook]) -> str:
    """Commits to nothing before a person has sent it. Languages we do not write fall back to English."""
    language = situation.customer.language if situation.customer else "en"
    words = _words(language if language in LANGUAGES else "en")
    order = situation.order
    reference = f" ({order.customer_reference})" if order.customer_reference else ""
    goods = "\n".join(f"- {amount(line.outstanding, line.unit)} {situation.product_name(line)}" for line in waiting[:NAMED])
    promised = day(order.promise_date, situation.zone) if order.promise_date else ""
    told = words["new_date"] if situation.projected else words["no_date"]
    new = day(situation.projected, situation.zone) if situation.projected else ""
    return "\n\n".join(
        [
            words["greeting"],
            words["late"].format(order=f"{order.name}{reference}", promised=promised),
            goods,
            told.format(date=new),
            words["choice"],
            words["closing"],
        ]
    )


@cache
def _words(language: str) -> Mapping[str, str]:
    text = files(__package__).joinpath("updates", f"{language}.yaml").read_text(encoding="utf-8")
    words: Mapping[str, str] = yaml.safe_load(text)
    return words
