"""Scrap goods that cannot be sold."""

from decimal import Decimal
from typing import Any

from agent.actions.base import AnyTime, Arguments, Effect
from agent.actions.finding import called, detail_of, find_product, find_warehouse, subject_of
from agent.actions.goods import Amount, ProductName, Warehouse, money_of, of
from agent.actions.harm import Shift
from agent.actions.harmed import harm_told
from agent.actions.losses import only_place
from agent.actions.touched import touched
from agent.actions.wording import number
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.domain.money import Money
from agent.domain.quantity import ROUNDING, Quantity
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter


class WriteOff(Arguments):
    product: ProductName
    warehouse: Warehouse
    quantity: Amount


class WriteOffAction(AnyTime):
    """A scrap with the grant's marker in its origin."""

    name = "write_off"
    description = "Write off goods of a warehouse that are damaged, spoilt or lost: they are scrapped."
    undo = "irreversible"
    arguments = WriteOff
    lost_answer = "marker: finished scraps are searched for it; one on its way is waited for before another is sent"
    repeatable = False
    editable = ("quantity",)

    def prepare(self, arguments: WriteOff, reader: ErpReader) -> ProposalContent:
        product, house = find_product(arguments.product, reader), find_warehouse(arguments.warehouse, reader)
        place = only_place(product, house, reader)
        free = (place.on_hand - place.reserved).at_least_zero()
        if free.amount < arguments.quantity - ROUNDING:
            raise PreconditionFailed(f"Only {of(free, product.name)} in {place.name} are not reserved; free the rest first.")
        lost = Quantity(arguments.quantity, product.unit)
        harmed = harm_told(reader, {(product.id, house.id): Shift(taken=lost.amount)})
        cost = detail_of(product, reader).cost
        value = Money(lost.amount * cost.amount, cost.currency) if cost else None
        return ProposalContent(
            action=self.name,
            subject=subject_of(product.record),
            arguments={"product": called(product), "warehouse": house.code, "quantity": number(lost.amount)},
            before={
                "on_hand": number(place.on_hand.amount), "reserved": number(place.reserved.amount), "place": place.location_id,
            },
            facts={
                **harmed.facts(cost.currency if cost else None), "value": money_of(value), "warehouse": house.code,
            },
            preview=Preview(
                title=f"Write off {of(lost, product.name)} in {place.name}",
                changes=(
                    Change(label=f"{product.name} in {place.name}", before=str(place.on_hand), after=str(place.on_hand - lost)),
                ),
                consequence=f"The goods{f', worth {value} at cost,' if value else ''} are scrapped and can no longer be sold. "
                f"{harmed.sentence()}",
                undo="irreversible",
            ),
            touches=touched(harmed.stock),
        )  # fmt: skip

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        quantity = Decimal(content.arguments["quantity"])
        writer.write_off(content.subject.record, content.before["place"], quantity, marker)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        return Effect.DONE if reader.written_off(marker) else Effect.BEFORE

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: {content.arguments['quantity']} of {content.subject.name} are scrapped."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return None
