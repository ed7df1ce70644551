"""Move goods between two of our own warehouses."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import Field

from agent.actions.base import AnyTime, Arguments, Effect
from agent.actions.cancel_transfer import CancelTransferAction
from agent.actions.finding import called, check_once_each, find_product, find_warehouse, subject_of
from agent.actions.goods import Goods, GoodsLine, listed, money_of, of, stored_goods, total
from agent.actions.goods import Warehouse as WarehouseName
from agent.actions.harm import Shift
from agent.actions.harmed import harm
from agent.actions.touched import touched
from agent.actions.wording import number
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.domain.money import Money
from agent.domain.quantity import ROUNDING, Quantity
from agent.domain.stock import Product, StockLevel, Warehouse
from agent.domain.stock_changes import Goods as Wanted
from agent.domain.stock_changes import TransferOrder
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter


class CreateTransfer(Arguments):
    from_warehouse: WarehouseName
    to_warehouse: WarehouseName
    goods: Goods
    confirmed: bool = Field(default=True, description="true: planned at once, with the goods reserved; false: a draft")


@dataclass(frozen=True, slots=True)
class _Load:
    product: Product
    quantity: Decimal
    there: StockLevel
    value: Money | None
    """At cost."""

    @property
    def told(self) -> str:
        return of(Quantity(self.quantity, self.product.unit), self.product.name)


class CreateTransferAction(AnyTime):
    """An internal transfer with the grant's marker in its origin."""

    name = "create_transfer"
    description = "Move goods from one of our warehouses to another: an internal transfer, planned or as a draft."
    undo = "the transfer is cancelled, as long as nothing of it was moved"
    arguments = CreateTransfer
    lost_answer = "marker: transfers are searched for it; one on its way is waited for before another is sent"
    repeatable = False
    editable = ("goods", "confirmed")

    def prepare(self, arguments: CreateTransfer, reader: ErpReader) -> ProposalContent:
        start, end = find_warehouse(arguments.from_warehouse, reader), find_warehouse(arguments.to_warehouse, reader)
        _check(start, end)
        loads = [_load(wanted, start, reader) for wanted in arguments.goods]
        check_once_each([load.product.id for load in loads])
        harmed = harm(reader, {(load.product.id, start.id): Shift(taken=load.quantity) for load in loads})
        value = total([load.value for load in loads])
        goods = listed([load.told for load in loads])
        kind = "planned" if arguments.confirmed else "draft"
        return ProposalContent(
            action=self.name,
            subject=subject_of(start.record),
            arguments={
                "from_warehouse": start.code, "to_warehouse": end.code, "confirmed": arguments.confirmed,
                "goods": stored_goods([(called(load.product), load.quantity) for load in loads]),
            },
            before={
                "from": start.id, "to": end.id,
                "free": {called(load.product): number(load.there.free.amount) for load in loads},
                "products": [load.product.id for load in loads],
                "value": str(value) if value else None,
            },
            facts={
                **harmed.facts(), "value": money_of(value), "from_warehouse": start.code, "to_warehouse": end.code,
            },
            preview=Preview(
                title=f"Move {goods} from {start.name} to {end.name}",
                changes=(
                    *(_change(load, start) for load in loads),
                    Change(label="Transfer", before="none", after=f"{kind}, {start.name} to {end.name}"),
                ),
                consequence=f"{start.name} gives up {goods}{f', worth {value} at cost' if value else ''}. {harmed.sentence()}",
                undo="The transfer is cancelled, as long as nothing of it was moved.",
            ),
            touches=touched(harmed.stock),
        )  # fmt: skip

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        given, before = content.arguments, content.before
        goods = [
            Wanted(product, Decimal(line["quantity"]))
            for product, line in zip(before["products"], given["goods"], strict=True)
        ]  # fmt: skip
        writer.create_transfer(TransferOrder(before["from"], before["to"], goods, given["confirmed"]), marker)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        made = reader.transfers_marked(marker)
        if not made:
            return Effect.BEFORE
        wanted = {
            (product, line["quantity"])
            for product, line in zip(content.before["products"], content.arguments["goods"], strict=True)
        }  # fmt: skip
        right = len(made) == 1 and {(line.product_id, number(line.demand.amount)) for line in made[0].lines} == wanted
        alive = made[0].state != "cancel" and (made[0].state != "draft") == content.arguments["confirmed"]
        return Effect.DONE if right and alive else Effect.OTHER

    def verified(self, content: ProposalContent) -> str:
        given = content.arguments
        return f"Read back: the transfer from {given['from_warehouse']} to {given['to_warehouse']} is there."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return CancelTransferAction.name, {"transfer": marker}


def _check(start: Warehouse, end: Warehouse) -> None:
    if start.id == end.id:
        raise PreconditionFailed(f"The goods are in {start.name} already; name two warehouses.")
    if start.company_id != end.company_id:
        raise PreconditionFailed(
            f"{start.name} and {end.name} belong to two companies; between them goods are sold and bought, not moved."
        )


def _load(wanted: GoodsLine, start: Warehouse, reader: ErpReader) -> _Load:
    product = find_product(wanted.product, reader)
    if not product.storable:
        raise PreconditionFailed(f"Stock of {product.name} is not counted, so none of it can be moved between warehouses.")
    nothing = Quantity(Decimal(0), product.unit)
    level = next(
        (each for each in reader.stock_levels([product.id]) if each.warehouse_id == start.id),
        StockLevel(product.id, start.id, nothing, nothing),
    )
    if level.free.amount < wanted.quantity - ROUNDING:
        raise PreconditionFailed(f"Only {of(level.free, product.name)} are free in {start.name}; move no more than that.")
    cost = reader.product_details([product.id])[0].cost
    return _Load(product, wanted.quantity, level, Money(cost.amount * wanted.quantity, cost.currency) if cost else None)


def _change(load: _Load, start: Warehouse) -> Change:
    left = Quantity(load.there.free.amount - load.quantity, load.product.unit)
    return Change(label=f"{load.product.name} free in {start.name}", before=str(load.there.free), after=str(left))
