"""Send an order with another carrier, and charge another freight."""

from decimal import Decimal
from typing import Any

from pydantic import Field

from agent.actions.base import AnyTime, Effect
from agent.actions.on_order import OneOrder, OnOrder, confirmed
from agent.actions.wording import number
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.domain.money import Money
from agent.domain.order_terms import Carriage
from agent.domain.records import Record
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter


class ChangeCarrier(OneOrder):
    carrier: str | None = Field(max_length=128, description="Name of the carrier as the ERP knows it; empty for none")
    freight: Decimal = Field(
        ge=0, max_digits=10, decimal_places=2, description="What the customer pays for the carriage, before taxes; 0 for nothing"
    )


class ChangeCarrierAction(AnyTime):
    """The carrier of the order and of its deliveries that have not left, and the order's freight line."""

    name = "change_carrier"
    description = "Send what has not left of a confirmed order with another carrier, and charge the customer another freight."
    undo = "the old carrier and the old freight are set again, for deliveries that have not left"
    arguments = ChangeCarrier
    lost_answer = "absolute values, written together: carrier and freight are read; they are the old, the new, or somebody else's"
    repeatable = True
    editable = ("carrier", "freight")

    def prepare(self, arguments: ChangeCarrier, reader: ErpReader) -> ProposalContent:
        on = confirmed(arguments.order, reader)
        old, chosen = reader.carriage(on.order.record), _carrier(arguments.carrier, reader)
        freight = Money(arguments.freight, on.order.amount.currency) if chosen and arguments.freight else None
        _check(on, old, chosen, freight)
        paid = freight.amount if freight else Decimal(0)
        facts = on.facts(
            carrier=chosen.name if chosen else None,
            freight=f"{paid:f}",
            freight_change=f"{paid - (old.freight.amount if old.freight else 0):f}",
        )
        given = {"carrier": chosen.name if chosen else None, "freight": number(paid)}
        before = on.before(
            carrier=old.carrier.name if old.carrier else None,
            freight=number(old.freight.amount if old.freight else Decimal(0)),
            deliveries=[delivery.name for delivery in old.deliveries],
            carriers_of_deliveries=list(old.carriers_of_deliveries),
            carrier_id=chosen.id if chosen else None,
        )
        return on.content(self.name, given, before, facts, _preview(on, old, chosen, freight))

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        name, key = content.arguments["carrier"], content.before["carrier_id"]
        freight = Decimal(content.arguments["freight"])
        writer.set_carriage(content.subject.record, Record("delivery.carrier", key, name) if name else None, freight or None)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        now = reader.carriage(content.subject.record)
        carriers = {now.carrier.name if now.carrier else None, *now.carriers_of_deliveries}
        freight = number(now.freight.amount if now.freight else Decimal(0))
        if (carriers, freight) == ({content.arguments["carrier"]}, content.arguments["freight"]):
            return Effect.DONE
        before = content.before
        unchanged = carriers == {before["carrier"], *before["carriers_of_deliveries"]} and freight == before["freight"]
        return Effect.BEFORE if unchanged else Effect.OTHER

    def verified(self, content: ProposalContent) -> str:
        carrier, freight = content.arguments["carrier"] or "no carrier", content.arguments["freight"]
        return f"Read back: {content.subject.name} goes with {carrier}, freight {freight} {content.facts['currency']}."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        old = {key: content.before[key] for key in ("carrier", "freight")}
        return self.name, {"order": content.subject.name, **old}


def _carrier(name: str | None, reader: ErpReader) -> Record | None:
    if not name or not name.strip():
        return None
    known = reader.carriers()
    found = [carrier for carrier in known if carrier.name.casefold() == name.strip().casefold()]
    if len(found) != 1:
        names = ", ".join(carrier.name for carrier in known[:12]) or "none"
        what = "no carrier" if not found else f"{len(found)} carriers"
        raise PreconditionFailed(f"The ERP has {what} of that name; it has {names}.")
    return found[0]


def _check(on: OnOrder, old: Carriage, chosen: Record | None, freight: Money | None) -> None:
    if on.order.complete:
        raise PreconditionFailed(f"{on.order.name} is completely delivered; its carrier no longer matters.")
    if chosen is None and freight is None and old.carrier is None and old.freight is None:
        raise PreconditionFailed(f"{on.order.name} has no carrier and no freight already.")
    settled = {old.carrier, *({chosen} if set(old.carriers_of_deliveries) <= {chosen and chosen.name} else {None})} == {chosen}
    if settled and old.freight == freight:
        raise PreconditionFailed(f"{on.order.name} goes with that carrier for that freight already.")


def _preview(on: OnOrder, old: Carriage, chosen: Record | None, freight: Money | None) -> Preview:
    was, then = old.carrier.name if old.carrier else "none", chosen.name if chosen else "none"
    deliveries = ", ".join(delivery.name for delivery in old.deliveries) or "no delivery yet"
    return Preview(
        title=f"Send {on.order.name} ({on.customer.name}) with {then}, freight {freight or 'none'}",
        changes=(
            Change(label="Carrier", before=was, after=then),
            Change(label="Freight charged, before taxes", before=str(old.freight or "none"), after=str(freight or "none")),
        ),
        consequence=f"What has not left for {on.who} ({deliveries}) goes with {then}; the customer pays "
        f"{freight or 'nothing'} for it.",
        undo=f"{old.carrier.name if old.carrier else 'No carrier'} again, for {old.freight or 'nothing'}, unless it left.",
    )
