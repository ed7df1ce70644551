"""Cancel an order."""

from typing import Any

from agent.actions.base import NOT_CONFIRMED, AnyTime, Effect, effect_on_state
from agent.actions.on_order import OneOrder, again, on_order
from agent.actions.wording import moment
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter

STATES = {"draft": "quotation", "sent": "quotation, sent", "sale": "confirmed"}


class CancelOrderAction(AnyTime):
    """A transition. Irreversible: it can be made a quotation again by hand, but its deliveries and what was reserved are gone."""

    name = "cancel_order"
    description = "Cancel a sale order with its deliveries, as long as nothing was delivered or invoiced."
    undo = "irreversible"
    arguments = OneOrder
    lost_answer = "state: the order is read; it is cancelled, or still what it was"
    repeatable = True
    editable = ()

    def prepare(self, arguments: OneOrder, reader: ErpReader) -> ProposalContent:
        on = on_order(arguments.order, reader)
        order, lines = on.order, reader.line_terms(on.order.id)
        if order.state not in STATES:
            raise PreconditionFailed(f"{order.name} {NOT_CONFIRMED.get(order.state, f'is in state {order.state}')}.")
        if order.locked:
            raise PreconditionFailed(f"{order.name} is on hold; release it before it is cancelled.")
        if any(line.delivered for line in lines) or order.complete:
            raise PreconditionFailed(f"Goods of {order.name} have left already; take them back with a return instead.")
        if any(line.invoiced for line in lines):
            raise PreconditionFailed(f"{order.name} is on an invoice; cancel or credit that first.")
        goods = ", ".join(f"{line.quantity} {line.label}" for line in lines)
        preview = Preview(
            title=f"Cancel {order.name} ({on.customer.name}, {order.amount})",
            changes=(Change(label="Order", before=STATES[order.state], after="cancelled"),),
            consequence=f"{on.who} gets none of it ({goods or 'no goods'}; promised {moment(order.promise_date)}); "
            "what was reserved for it is free for others.",
            undo="irreversible",
        )
        before = on.before(goods=goods, promise_date=order.promise_date and order.promise_date.isoformat())
        return on.content(self.name, {}, before, on.facts(), preview)

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        writer.cancel_order(content.subject.record)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        return effect_on_state(again(content, reader), content, {"cancel"})

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: {content.subject.name} is cancelled."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return None
