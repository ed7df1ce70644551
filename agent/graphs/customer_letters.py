"""Whom to tell that orders come late because of a mail: one message for each customer, who loses most first.

Each was prepared on the ERP as it is now, from the approved template, so that it can be proposed as it stands.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from agent.actions import prepare
from agent.actions.answerable import SECURITY
from agent.actions.send_customer_update import MOST_ORDERS, NAME
from agent.domain.decisions import ProposalContent
from agent.domain.following import CustomerDraft
from agent.domain.impact import Impact, ImpactedOrder
from agent.domain.mail import MailClass, Trust
from agent.domain.mailbox import InboxMail
from agent.errors import PolicyRejected, PreconditionFailed, RecordMissing
from agent.ports.erp_reader import ErpReader

#: Customers who are written to because of one mail.
MOST = 50
ToldDelays = Callable[[Sequence[str]], Collection[tuple[str, date | None]]]
"""As `ProposalBook.delays_told`."""


def customer_letters(
    mail: InboxMail, impacts: Iterable[Impact], day: date | None, reader: ErpReader, now: datetime, told: ToldDelays,
    left_out: list[str],
) -> list[ProposalContent]:  # fmt: skip
    """`left_out` gets a sentence for whoever is not written to. Raises what the reader raises."""
    late = _late(impacts)
    if late and (why := _untellable(mail, day)):
        left_out.append(why)
        return []
    news = list(_not_told(late, told, left_out))
    customers = list(dict.fromkeys(order.customer_id for order in news))
    left_out += [
        f"{order.customer_name} is not written to: {MOST} customers at once are the most."
        for order in news
        if order.customer_id in customers[MOST:]
    ]
    return [
        letter
        for customer in customers[:MOST]
        for orders in _read_by_the_same([order for order in news if order.customer_id == customer], reader, left_out)
        if (letter := _prepared(orders, reader, now, left_out))
    ]


def draft_of(letter: ProposalContent) -> CustomerDraft:
    orders = tuple(late["order"] for late in letter.arguments["delays"])
    before = letter.before
    return CustomerDraft(
        letter.facts["customer"], tuple(before["recipients"]), orders, before["template"], letter.arguments["text"]
    )


def _late(impacts: Iterable[Impact]) -> list[ImpactedOrder]:
    """Each order once, as the worst of its causes has it, in the order in which the impact ranks them."""
    worst = dict[int, ImpactedOrder]()
    for order in sorted(
        (order for found in impacts for order in found.orders if order.endangered),
        key=lambda order: (-order.score, order.order.name),
    ):
        known = worst.get(order.order.id)
        later = known and known.ready_after and (order.ready_after is None or order.ready_after > known.ready_after)
        if known is None or later:
            worst[order.order.id] = order
    return list(worst.values())


def _untellable(mail: InboxMail, day: date | None) -> str | None:
    read: dict[str, Any] = dict(mail.triage or {})
    if SECURITY.intersection(read["flags"]) or read["trust"] == Trust.FAIL:
        return f"{mail.label} is suspicious, so no customer is written to because of it."
    if mail.mail_class is MailClass.AUTOMATED_NOISE:
        return f"{mail.label} is noise, so no customer is written to because of it; say first what it really is."
    if day is None:
        return f"{mail.label} names no new date, so no customer is written to because of it; ask its sender for one first."
    return None


def _not_told(late: Iterable[ImpactedOrder], told: ToldDelays, left_out: list[str]) -> Iterator[ImpactedOrder]:
    orders = list(late)
    known = told([order.order.name for order in orders]) if orders else ()
    for order in orders:
        expected = order.ready_after.date() if order.ready_after else None
        if (order.order.name, expected) in known:
            what = f"is expected on {expected}" if expected else "has no date yet"
            left_out.append(f"{order.customer_name} was told, or is about to be, that {order.order.name} {what}.")
        else:
            yield order


def _read_by_the_same(orders: Sequence[ImpactedOrder], reader: ErpReader, left_out: list[str]) -> list[list[ImpactedOrder]]:
    """Orders of one customer that go into one message: who reads of one may read of all. Nobody gets two messages."""
    groups = dict[frozenset[int], list[ImpactedOrder]]()
    for order in orders:
        people = frozenset(person.id for person in reader.addressees(order.order) if person.email)
        met = next((other for other in groups if other != people and other & people), None)
        group = groups.get(people, [])
        if met is not None:
            first = groups[met][0].order.name
            left_out.append(
                f"{order.order.name} is not in the message about {first}: others read of it too. Write about it by hand."
            )
        elif len(group) == MOST_ORDERS:
            left_out.append(f"{order.order.name} is in no message: {MOST_ORDERS} orders fit into one.")
        else:
            groups[people] = [*group, order]
    return list(groups.values())


def _prepared(orders: Sequence[ImpactedOrder], reader: ErpReader, now: datetime, left_out: list[str]) -> ProposalContent | None:
    """About those of the orders that can be told; the reasons of the others are put down."""
    try:
        return prepare(NAME, _wanted(orders), reader, now=now)
    except (PreconditionFailed, PolicyRejected, RecordMissing) as refused:
        fit = [order for order in orders if _prepared([order], reader, now, left_out)] if len(orders) > 1 else []
        if len(orders) == 1 or len(fit) == len(orders):
            left_out.append(f"{orders[0].customer_name} is not written to: {refused}")
            return None
        return _prepared(fit, reader, now, left_out) if fit else None


def _wanted(orders: Sequence[ImpactedOrder]) -> dict[str, Any]:
    delays = [
        {
            "order": order.order.name, "promised": order.promise_date, "expected": order.ready_after, "lines": order.line_ids,
        }
        for order in orders
    ]  # fmt: skip
    return {"order": orders[0].order.name, "delays": delays}
