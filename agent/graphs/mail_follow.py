"""From a mail's links to what a person may want to do: enter the vendor's date, put the mail on its record, leave notes,
promise customers new dates, write to them.

Only links count, never candidates. Each offer was prepared on the ERP as it is now, so that it can be proposed as it stands.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from agent.actions import NO_OWN, OwnActions, prepare
from agent.actions.any_record import KINDS
from agent.actions.file_mail import NAME as FILE_MAIL
from agent.domain.asked_days import arrival
from agent.domain.decisions import ProposalContent
from agent.domain.following import Following, Offer, OfferKind
from agent.domain.impact import Impact
from agent.domain.mailbox import InboxMail
from agent.domain.records import Record
from agent.errors import PolicyRejected, PreconditionFailed, RecordMissing
from agent.graphs.customer_letters import ToldDelays, customer_letters, draft_of
from agent.guardrails.policy import Policy
from agent.ports.erp_reader import ErpReader
from agent.risk.causes import cause_of_picking, cause_of_purchase, snapshot_of_cause
from agent.risk.impact import impact
from agent.triage.fields import day_of

NOON = time(12, tzinfo=UTC)
CONFIRM = "confirm_vendor_date"
PURCHASE, TRANSFER, ORDER = "purchase.order", "stock.picking", "sale.order"
#: Notes on more orders than these nobody reads one by one.
MOST_NOTES = 5
LONGEST_SUBJECT = 150
Refused = (PreconditionFailed, PolicyRejected, RecordMissing)


def following(
    mail: InboxMail, reader: ErpReader, policy: Policy, now: datetime, own: OwnActions = NO_OWN,
    filed: Collection[tuple[int, str, int]] = (), told: ToldDelays = lambda _: (),
) -> Following:  # fmt: skip
    """`filed`: which mail hangs on which record already, or is about to: it is not offered again. `told`: likewise of delays.

    Raises PreconditionFailed for a mail that is not read or linked, and what the reader raises.
    """
    links = _links(mail)
    left_out = list[str]()
    day, impacts = impacts_of(mail, reader, policy, now, left_out)
    letters = customer_letters(mail, impacts, day, reader, now, told, left_out)
    offers = [
        *_vendor_dates(mail, links, day, reader, now, left_out),
        *filings(mail, [link for link in links if (mail.id, link.model, link.id) not in filed], day, reader, now, own, left_out),
        *_notes(mail, links, impacts, day, reader, now, left_out),
        *_new_dates(mail, impacts, day),
        *_customer_updates(mail, letters),
    ]
    orders = {order.order.id: order for found in impacts for order in found.orders}
    said = "; ".join(found.said for found in impacts) or f"{mail.label} is about {', '.join(link.name for link in links)}"
    return Following(said, day, tuple(orders.values()), tuple(offers), tuple(dict.fromkeys(left_out)))


def impacts_of(
    mail: InboxMail, reader: ErpReader, policy: Policy, now: datetime, left_out: list[str]
) -> tuple[date | None, list[Impact]]:
    """The new date that it names, and what each purchase or transfer that it is linked to endangers. Raises as `following`."""
    links = _links(mail)
    read: dict[str, Any] = dict(mail.triage or {})
    day = day_of(read["fields"], "new_eta")
    return day, [found for link in links if (found := _impact(link, day, reader, policy, now, left_out))]


def _links(mail: InboxMail) -> list[Record]:
    if mail.triage is None:
        raise PreconditionFailed(f"{mail.label} was not read yet; look again in a minute.")
    links = [Record(link["model"], link["id"], link["name"]) for link in mail.triage["links"]]
    if not links:
        perhaps = ", ".join(link["name"] for link in mail.triage["candidates"][:5])
        hint = f" It may be about {perhaps}:" if perhaps else ""
        raise PreconditionFailed(
            f"{mail.label} is linked to nothing, so nothing follows from it.{hint} "
            f"`expediter mail correct {mail.label} --link NUMBER` says what it is about."
        )
    return links


def _impact(
    link: Record, day: date | None, reader: ErpReader, policy: Policy, now: datetime, left_out: list[str]
) -> Impact | None:
    if link.model not in (PURCHASE, TRANSFER):
        return None
    try:
        cause = cause_of_purchase(reader, link) if link.model == PURCHASE else cause_of_picking(reader, link)
        comes = arrival(datetime.combine(day, NOON), now) if day else None
        return impact(snapshot_of_cause(reader, cause, now), policy, cause, comes)
    except (RecordMissing, PreconditionFailed) as nothing:
        left_out.append(str(nothing))
        return None


def _vendor_dates(
    mail: InboxMail, links: Iterable[Record], day: date | None, reader: ErpReader, now: datetime, left_out: list[str]
) -> Iterator[Offer]:
    """For the whole purchase; where its goods are expected on different days, for each product that the mail names.

    Not for a day on which nothing comes: a purchase that is put off by decades is nobody's to approve in passing.
    """
    purchases = [link for link in links if link.model == PURCHASE]
    if day is None or not purchases:
        return
    try:
        arrives = arrival(datetime.combine(day, NOON), now).date().isoformat()
    except PreconditionFailed as implausible:
        left_out.append(str(implausible))
        return
    for link in purchases:
        wanted = {"purchase": link.name, "arrives": arrives}
        refused = list[str]()
        if whole := _prepared(mail, CONFIRM, wanted, reader, now, refused):
            yield whole
            continue
        asked = ({**wanted, "product": product} for product in _named_products(mail))
        parts = [offer for one in asked if (offer := _prepared(mail, CONFIRM, one, reader, now, []))]
        left_out += refused if not parts else []
        yield from parts


def _named_products(mail: InboxMail) -> list[str]:
    lines = (mail.triage or {}).get("fields", {}).get("lines", [])
    return list(dict.fromkeys(line["sku"] for line in lines))


def filings(
    mail: InboxMail, links: Iterable[Record], day: date | None, reader: ErpReader, now: datetime, own: OwnActions,
    left_out: list[str],
) -> Iterator[Offer]:  # fmt: skip
    """The mail itself, on each record that it is about."""
    for link in links if FILE_MAIL in own else ():
        if link.model in KINDS:
            wanted = {"mail": mail.id, "record": link.name, "text": gist(mail, day)}
            if filing := _prepared(mail, FILE_MAIL, wanted, reader, now, left_out, own):
                yield filing


def _notes(
    mail: InboxMail, links: Iterable[Record], impacts: Iterable[Impact], day: date | None, reader: ErpReader, now: datetime,
    left_out: list[str],
) -> Iterator[Offer]:  # fmt: skip
    """On the sale orders whose promise breaks because of it. Whose mail it is, their colleagues need not see there."""
    told = {link.name for link in links if link.model == ORDER}
    endangered = {order.order.name: found.cause.name for found in impacts for order in found.orders if order.endangered}
    for name, cause in [(name, cause) for name, cause in endangered.items() if name not in told][:MOST_NOTES]:
        note = _prepared(mail, "post_note", {"order": name, "text": gist(mail, day, cause)}, reader, now, left_out)
        if note:
            yield note


def gist(mail: InboxMail, day: date | None, cause: str = "") -> str:
    """What colleagues who open the record need to know of the mail, in a few lines. The subject is quoted: it is not ours."""
    read: Mapping[str, Any] = mail.triage or {}
    came = (mail.sent_at or mail.received_at).date().isoformat()
    lines = [
        f"{mail.label} from {mail.sender or 'no single sender'} of {came}: {read['class'].replace('_', ' ')}.",
        f"Subject: “{' '.join(mail.subject.split())[:LONGEST_SUBJECT]}”",
        f"{f'{cause} is' if cause else 'It names a new date:'} {f'announced for {day}' if cause else day}." if day else "",
    ]
    return "\n".join(line for line in lines if line)


def _new_dates(mail: InboxMail, impacts: Iterable[Impact], day: date | None) -> Iterator[Offer]:
    for found in impacts:
        endangered = sum(order.endangered for order in found.orders)
        if day and endangered:
            noun = "a new promise date for one order that waits" if endangered == 1 else (
                f"new promise dates for {endangered} orders that wait"
            )  # fmt: skip
            arguments = {"cause": found.cause.name, "new_date": day.isoformat()}
            yield Offer(OfferKind.NEW_DATES, f"Ask for {noun} for {found.cause.name}", "new_dates", arguments, why(mail))


def _customer_updates(mail: InboxMail, letters: Sequence[ProposalContent]) -> Iterator[Offer]:
    drafts = tuple(map(draft_of, letters))
    if drafts:
        told, orders = len({draft.customer for draft in drafts}), sum(len(draft.orders) for draft in drafts)
        whom = drafts[0].customer if told == 1 else f"{told} customers"
        title = f"Write to {whom} about {'one order that comes' if orders == 1 else f'{orders} orders that come'} late"
        yield Offer(OfferKind.CUSTOMER_UPDATES, title, "customer_updates", {"mail": mail.id}, why(mail), drafts)


def _prepared(
    mail: InboxMail, action: str, arguments: dict[str, Any], reader: ErpReader, now: datetime, refused: list[str],
    own: OwnActions = NO_OWN,
) -> Offer | None:  # fmt: skip
    try:
        content = prepare(action, arguments, reader, now=now, own=own)
    except Refused as refusal:
        refused.append(str(refusal))
        return None
    return Offer(OfferKind.CHANGE, content.preview.title, action, arguments, why(mail))


def why(mail: InboxMail) -> str:
    """What is proposed because of it, as whoever approves reads it."""
    came = (mail.sent_at or mail.received_at).date().isoformat()
    return f"{mail.label} of {came} from {(mail.sender or 'no single sender')[:200]} says so."
