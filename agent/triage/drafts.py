"""A reply for a person to review: a template in the sender's language, with facts of the ERP only. It commits to nothing."""

from collections.abc import Sequence
from datetime import datetime

from agent.domain.mail import Link, MailClass
from agent.guardrails.templates import template
from agent.triage.flags import HOSTILE
from agent.triage.standing import Standing

_NEVER = (MailClass.AUTOMATED_NOISE, MailClass.OTHER)


def draft_for(
    mail_class: MailClass,
    language: str,
    links: Sequence[Link],
    standing: Standing,
    flags: frozenset[str],
    now: datetime,
) -> str | None:
    """The reply, or None: a hostile mail and a mail nobody understood get none.

    Facts are told only about linked records, whose owner is the sender. A date that has passed is not repeated.
    """
    if flags & HOSTILE or mail_class in _NEVER:
        return None
    words = template("reply", language).words
    records = ", ".join(link.record.name for link in links[:5])
    first = words["thanks_about"].format(records=records) if records else words["thanks"]
    promises = [
        words["promise"].format(order=order.name, date=order.promise_date.date().isoformat())
        for order in standing.linked_orders
        if order.promise_date and order.promise_date >= now
    ]
    return "\n\n".join([words["greeting"], "\n".join([first, *promises]), words[mail_class], words["closing"]])
