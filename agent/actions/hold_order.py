"""Hold an order, and let it go on."""

from decimal import Decimal
from typing import Any

from agent.actions.base import AnyTime, Effect
from agent.actions.on_order import OneOrder, OnOrder, again, confirmed
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter

HELD, OPEN = "on hold: locked against changes", "open"


class _Locking(AnyTime):
    """The ERP's own lock. It stops changes of the order; no edition of Odoo can stop a delivery that way."""

    name: str
    holds: bool
    """Whether the order is locked afterwards."""
    arguments = OneOrder
    lost_answer = "state: the order is read, and it is locked or not"
    repeatable = True
    editable = ()

    def prepare(self, arguments: OneOrder, reader: ErpReader) -> ProposalContent:
        on = confirmed(arguments.order, reader, locked=True)
        if on.order.locked == self.holds:
            raise PreconditionFailed(f"{on.order.name} is {'on hold already' if self.holds else 'not on hold'}.")
        if on.order.complete:
            raise PreconditionFailed(f"{on.order.name} is completely delivered; a hold no longer matters.")
        facts = on.facts() if self.holds else on.facts(over_limit=on.over_limit())
        return on.content(self.name, {}, on.before(), facts, self._preview(on))

    def _preview(self, on: OnOrder) -> Preview:
        before, after = (OPEN, HELD) if self.holds else (HELD, OPEN)
        return Preview(
            title=f"{'Hold' if self.holds else 'Release'} {on.order.name} ({on.customer.name}, {on.order.amount})",
            changes=(Change(label="Order", before=before, after=after),),
            consequence=self._consequence(on),
            undo="The order is released again." if self.holds else "The order is held again.",
        )

    def _consequence(self, on: OnOrder) -> str:
        if self.holds:
            return (
                f"Nobody can change the order of {on.who} until it is released; a delivery that is ready can still leave, "
                "so tell the warehouse as well."
            )
        over = on.over_limit()
        if over is None:
            credit = "whose credit limit cannot be read"
        elif Decimal(over):
            credit = f"who would owe {over} {on.order.amount.currency} beyond the credit limit"
        else:
            credit = "who is within the credit limit"
        return f"The order of {on.who}, {credit}, can be changed and shipped again."

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        (writer.lock_order if self.holds else writer.unlock_order)(content.subject.record)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        order = again(content, reader)
        if order is None or order.state != "sale":
            return Effect.OTHER
        return Effect.DONE if order.locked == self.holds else Effect.BEFORE

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: {content.subject.name} is {'on hold' if self.holds else 'open again'}."


class HoldOrderAction(_Locking):
    name = "hold_order"
    description = "Lock a confirmed order, so that nobody changes it until it is released."
    undo = "the order is released"
    holds = True

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return ReleaseOrderAction.name, {"order": content.subject.name}


class ReleaseOrderAction(_Locking):
    name = "release_order"
    description = "Release an order that is on hold, whatever its customer owes."
    undo = "the order is held again"
    holds = False

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return HoldOrderAction.name, {"order": content.subject.name}
