"""Make the books agree with what was counted."""

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from agent.actions.base import AnyTime, Arguments, Effect
from agent.actions.finding import called, detail_of, find_product, find_warehouse, subject_of
from agent.actions.goods import ProductName, Warehouse, money_of
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


class AdjustStock(Arguments):
    product: ProductName
    warehouse: Warehouse
    counted: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=3)] | None = Field(
        default=None, description="What was counted there, in the stocking unit"
    )
    by: Annotated[Decimal, Field(max_digits=14, decimal_places=3)] | None = Field(
        default=None, description="Instead of what was counted: how much more than the books say, or less with a minus"
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.counted is None) == (self.by is None):
            raise ValueError("say what was counted with `counted`, or the difference with `by`")
        return self


class AdjustStockAction(AnyTime):
    """The quantity of one place, set to what was counted; the ERP books the difference with the marker.

    Stock moves by itself, so what lies there does not tell whether the count was booked, nor what taking it back leaves.
    """

    name = "adjust_stock"
    description = "Set the stock of a product in a warehouse to what was counted there."
    undo = "the difference is booked the other way, on what is there then"
    arguments = AdjustStock
    lost_answer = "marker: the product's counts are searched for it; one on its way is waited for before another is sent"
    repeatable = False
    editable = ("counted",)

    def prepare(self, arguments: AdjustStock, reader: ErpReader) -> ProposalContent:
        product, house = find_product(arguments.product, reader), find_warehouse(arguments.warehouse, reader)
        place = only_place(product, house, reader)
        counted = Quantity(_target(arguments.counted, arguments.by, place.on_hand.amount), product.unit)
        difference = counted - place.on_hand
        if not difference:
            raise PreconditionFailed(f"The books say {place.on_hand} of {product.name} in {place.name} already.")
        if counted.amount < 0:
            raise PreconditionFailed(f"Only {place.on_hand} of {product.name} lie in {place.name}; so much less cannot be there.")
        if counted.amount < place.reserved.amount - ROUNDING:
            raise PreconditionFailed(f"{place.reserved} of {product.name} in {place.name} are reserved; free them first.")
        cost = detail_of(product, reader).cost
        value = Money(abs(difference.amount) * cost.amount, cost.currency) if cost else None
        harmed = harm_told(reader, {(product.id, house.id): Shift(taken=-difference.amount)})
        up = difference.amount > 0
        size = Quantity(abs(difference.amount), product.unit)
        given = {"by": number(arguments.by)} if arguments.by is not None else {"counted": number(counted.amount)}
        return ProposalContent(
            action=self.name,
            subject=subject_of(product.record),
            arguments={"product": called(product), "warehouse": house.code, **given},
            before={
                "on_hand": number(place.on_hand.amount), "reserved": number(place.reserved.amount),
                "place": place.location_id, "warehouse": house.id,
            },
            facts={
                **harmed.facts(cost.currency if cost else None), "direction": "up" if up else "down", "value": money_of(value),
                "percent": _percent(difference.amount, place.on_hand.amount), "warehouse": house.code,
            },
            preview=Preview(
                title=f"Set the stock of {product.name} in {place.name} to {counted}",
                changes=(Change(label=f"{product.name} in {place.name}", before=str(place.on_hand), after=str(counted)),),
                consequence=f"The books show {size} {'more' if up else 'less'}{f', worth {value} at cost' if value else ''}; "
                f"the difference is booked as an inventory adjustment. {harmed.sentence()}",
                undo=f"{size} {'less' if up else 'more'} are booked, on what is there then.",
            ),
            touches=touched(harmed.stock),
        )  # fmt: skip

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        writer.set_counted(content.subject.record, content.before["place"], _target_of(content), marker)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        return Effect.DONE if reader.count_booked(content.subject.id, marker) else Effect.BEFORE

    def verified(self, content: ProposalContent) -> str:
        where = content.arguments["warehouse"]
        return f"Read back: the count that set {content.subject.name} in {where} to {number(_target_of(content))} is booked."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        back = Decimal(content.before["on_hand"]) - _target_of(content)
        return self.name, {**{key: content.arguments[key] for key in ("product", "warehouse")}, "by": number(back)}


def _target(counted: Decimal | None, by: Decimal | None, on_hand: Decimal) -> Decimal:
    return counted if counted is not None else on_hand + (by or 0)


def _target_of(content: ProposalContent) -> Decimal:
    """What the books are to say. Of a difference too an absolute number is sent: the books were read just before."""
    given = content.arguments
    counted, by = (Decimal(given[key]) if key in given else None for key in ("counted", "by"))
    return _target(counted, by, Decimal(content.before["on_hand"]))


def _percent(difference: Decimal, on_hand: Decimal) -> str | None:
    """Of what the books said; None when they said nothing."""
    return f"{abs(difference) / on_hand * 100:.1f}" if on_hand else None
