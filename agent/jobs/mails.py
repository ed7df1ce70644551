"""What people ask about mails of the shared inbox that takes a look into the ERP. Nothing here can change it."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from agent.actions.any_record import find_record
from agent.domain.asked_mail import AskedFollowing, AskedMailLink
from agent.domain.chat import Inbound, PartKind
from agent.domain.decisions import Person
from agent.domain.following import Following
from agent.graphs.mail_follow import following
from agent.graphs.release import Part, Release
from agent.guardrails.permissions import Permission, demand
from agent.jobs.worker import WorkerContext, answer_with
from agent.ports.mail_ledger import InboxReading, MailLinking
from agent.tools import ToolContext

RULES = {"origin": "rules"}


def link_mail(inbound_id: int, context: WorkerContext, linking: MailLinking) -> None:
    """Link a mail as a person said; the question's text is an `AskedMailLink`. The record is looked up first."""

    def answering(inbound: Inbound, person: Person, turn: ToolContext, _: WorkerContext) -> Iterator[Part]:
        demand(person, Permission.HANDLE_MAILS)
        asked = AskedMailLink.model_validate_json(inbound.text)
        record = find_record(asked.record, turn.reader)
        linking.link(asked.mail, inbound.id, record, asked.reason, asked.seen)
        release = Release(inbound.text, turn, turn.now())
        yield from release.rules_say(f"M{asked.mail} is linked to {record.name}, as {person.name} said.")
        yield from release.final(RULES)

    answer_with(inbound_id, context, answering)


def follow_mail(inbound_id: int, context: WorkerContext, inbox: InboxReading) -> None:
    """Say what follows from a mail; the question's text is an `AskedFollowing`. The answer's `follow` has the offers."""

    def answering(inbound: Inbound, person: Person, turn: ToolContext, now: WorkerContext) -> Iterator[Part]:
        demand(person, Permission.HANDLE_MAILS)
        mail = inbox.mail(AskedFollowing.model_validate_json(inbound.text).mail)
        found = following(mail, turn.reader, now.policy, turn.now(), now.own, inbox.filed([mail]), turn.book.delays_told)
        release = Release(inbound.text, turn, turn.now())
        yield from release.rules_say(_told(found))
        for part in release.final(RULES):
            row = {"label": mail.label, **following_row(found)}
            yield replace(part, body=part.body | {"follow": row}) if part.kind is PartKind.FINAL else part

    answer_with(inbound_id, context, answering)


def following_row(found: Following) -> dict[str, Any]:
    """As the JSON contract has it. Without money: who handles mails need not see any."""
    return {
        "said": found.said,
        "new_date": found.new_date.isoformat() if found.new_date else None,
        "orders": [
            {
                "order": order.order.name, "customer": order.customer_name, "promise_date": _iso(order.promise_date),
                "ready": _iso(order.ready_after), "days_late": order.days_late, "endangered": order.endangered,
                "goods": order.goods,
            }
            for order in found.orders
        ],
        "offers": [
            {"number": number, **asdict(offer), "kind": offer.kind.value, "arguments": dict(offer.arguments)}
            for number, offer in enumerate(found.offers, start=1)
        ],
        "left_out": list(found.left_out),
    }  # fmt: skip


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _told(found: Following) -> str:
    breaks = sum(order.endangered for order in found.orders)
    offered = len(found.offers)
    sum_up = f"{found.said}. {breaks} of {len(found.orders)} customer orders that wait for it would miss their promise."
    offers = f"{offered} {'thing' if offered == 1 else 'things'} could be proposed because of it." if offered else (
        "Nothing can be proposed because of it."
    )  # fmt: skip
    return f"{sum_up if found.orders else f'{found.said}.'}\n{offers}"
