"""Make the books agree with what was counted."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from agent.actions.base import Arguments, Effect
from agent.actions.finding import called, detail_of, find_product, find_warehouse, subject_of
from agent.actions.goods import ProductName, Warehouse, money_of, number
from agent.actions.losses import only_place
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.domain.money import Money
from agent.domain.quantity import ROUNDING, Quantity
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter


class AdjustStock(Arguments):
    product: ProductName
    warehouse: Warehouse
    counted: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=3)] = Field(
        description="What was counted there, in the stocking unit"
    )


class AdjustStockAction:
    """The quantity of one place, set to what was counted; the ERP books the difference as an inventory adjustment."""

    name = "adjust_stock"
    description = "Set the stock of a product in a warehouse to what was counted there."
    undo = "stock is set back to what the books said"
    arguments = AdjustStock
    lost_answer = "absolute value: the quantity in the place is read; it is the old one, the counted one, or another"
    repeatable = True
    editable = ("counted",)

    def prepare(self, arguments: AdjustStock, reader: ErpReader) -> ProposalContent:
        product, house = find_product(arguments.product, reader), find_warehouse(arguments.warehouse, reader)
        place = only_place(product, house, reader)
        counted = Quantity(arguments.counted, product.unit)
        difference = counted - place.on_hand
        if not difference:
            raise PreconditionFailed(f"The books say {place.on_hand} of {product.name} in {place.name} already.")
        if counted.amount < place.reserved.amount - ROUNDING:
            raise PreconditionFailed(f"{place.reserved} of {product.name} in {place.name} are reserved; free them first.")
        cost = detail_of(product, reader).cost
        value = Money(abs(difference.amount) * cost.amount, cost.currency) if cost else None
        up = difference.amount > 0
        more = f"{Quantity(abs(difference.amount), product.unit)} {'more' if up else 'less'}"
        return ProposalContent(
            action=self.name,
            subject=subject_of(product.record),
            arguments={"product": called(product), "warehouse": house.code, "counted": number(counted.amount)},
            before={
                "on_hand": number(place.on_hand.amount), "reserved": number(place.reserved.amount),
                "place": place.location_id, "warehouse": house.id,
            },
            facts={
                "direction": "up" if up else "down", "value": money_of(value), "currency": cost.currency if cost else None,
                "percent": _percent(difference.amount, place.on_hand.amount), "warehouse": house.code,
            },
            preview=Preview(
                title=f"Set the stock of {product.name} in {place.name} to what was counted",
                changes=(Change(label=f"{product.name} in {place.name}", before=str(place.on_hand), after=str(counted)),),
                consequence=f"The books show {more}{f', worth {value} at cost' if value else ''}; the difference is booked as "
                "an inventory adjustment.",
                undo=f"Stock is set back to {place.on_hand}.",
            ),
        )  # fmt: skip

    def check_time(self, content: ProposalContent, now: datetime) -> None:
        """A count can be entered at any time; what moved since makes the executor refuse."""

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        writer.set_counted(content.subject.record, content.before["place"], Decimal(content.arguments["counted"]))

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        places = reader.stock_places(content.subject.id, content.before["warehouse"])
        held = sum((each.on_hand.amount for each in places if each.location_id == content.before["place"]), Decimal(0))
        if number(held) == content.arguments["counted"]:
            return Effect.DONE
        return Effect.BEFORE if number(held) == content.before["on_hand"] else Effect.OTHER

    def verified(self, content: ProposalContent) -> str:
        given = content.arguments
        return f"Read back: the books say {given['counted']} of {content.subject.name} in {given['warehouse']}."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return self.name, {**content.arguments, "counted": content.before["on_hand"]}


def _percent(difference: Decimal, on_hand: Decimal) -> str | None:
    """Of what the books said; None when they said nothing."""
    return f"{abs(difference) / on_hand * 100:.1f}" if on_hand else None
