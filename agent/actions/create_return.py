"""Plan that goods go back the way they came."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agent.actions.base import AnyTime, Arguments, Effect
from agent.actions.cancel_transfer import CancelTransferAction
from agent.actions.finding import check_once_each, find_product, find_transfer, segment_behind, subject_of
from agent.actions.goods import Goods, GoodsLine, TransferNumber, listed, money_of, of, stored_goods, total
from agent.actions.wording import number
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.domain.money import Money
from agent.domain.quantity import ROUNDING, Quantity
from agent.domain.stock import PickingKind
from agent.domain.stock_changes import ReturnOrder
from agent.domain.transfers import Transfer, TransferLine
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter


class CreateReturn(Arguments):
    transfer: TransferNumber
    goods: Goods


@dataclass(frozen=True, slots=True)
class _Back:
    line: TransferLine
    quantity: Decimal

    @property
    def amount(self) -> Quantity:
        return Quantity(self.quantity, self.line.moved.unit)


class CreateReturnAction(AnyTime):
    """A transfer back, with the grant's marker in its origin."""

    name = "create_return"
    description = "Plan that goods of a finished delivery or receipt come back, or go back to the vendor."
    undo = "the return is cancelled, as long as nothing of it was moved"
    arguments = CreateReturn
    lost_answer = "marker: transfers are searched for it; one on its way is waited for before another is sent"
    repeatable = False
    editable = ("goods",)

    def prepare(self, arguments: CreateReturn, reader: ErpReader) -> ProposalContent:
        transfer = find_transfer(arguments.transfer, reader)
        if transfer.state != "done":
            raise PreconditionFailed(f"{transfer.name} is not done, so nothing of it can come back.")
        if transfer.kind is PickingKind.INTERNAL:
            raise PreconditionFailed(f"{transfer.name} moved goods within the house; plan a transfer back instead of a return.")
        backs = [_back(wanted, transfer, reader) for wanted in arguments.goods]
        check_once_each([back.line.product_id for back in backs])
        costs = {each.product_id: each.cost for each in reader.product_details([back.line.product_id for back in backs])}
        value = total([_value(back, costs.get(back.line.product_id)) for back in backs])
        goods = listed([of(back.amount, back.line.product_name) for back in backs])
        return ProposalContent(
            action=self.name,
            subject=subject_of(transfer.record),
            arguments={
                "transfer": transfer.name, "goods": stored_goods([(back.line.product, back.quantity) for back in backs]),
            },
            before={
                "moves": [back.line.move_id for back in backs],
                "moved": [number(back.line.moved.amount) for back in backs],
                "returned": [number(back.line.returned.amount) for back in backs],
                "partner": transfer.partner_name,
            },
            facts={
                "kind": transfer.kind.value, "value": money_of(value), "currency": value.currency if value else None,
                "segment": segment_behind(transfer, reader),
            },
            preview=_preview(transfer, backs, goods, value),
        )  # fmt: skip

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        quantities = [Decimal(line["quantity"]) for line in content.arguments["goods"]]
        goods = tuple(zip(content.before["moves"], quantities, strict=True))
        writer.create_return(ReturnOrder(content.subject.id, goods), marker)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        made = reader.transfers_marked(marker)
        if not made:
            return Effect.BEFORE
        wanted = sorted(line["quantity"] for line in content.arguments["goods"])
        right = len(made) == 1 and sorted(number(line.demand.amount) for line in made[0].lines) == wanted
        return Effect.DONE if right and made[0].state not in ("draft", "cancel") else Effect.OTHER

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: the return of {content.subject.name} is planned."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return CancelTransferAction.name, {"transfer": marker}


def _preview(transfer: Transfer, backs: list[_Back], goods: str, value: Money | None) -> Preview:
    comes = transfer.kind is PickingKind.DELIVERY
    whom = f" {'from' if comes else 'to'} {transfer.partner_name}" if transfer.partner_name else ""
    changes = (
        Change(
            label=f"{back.line.product_name} {'coming' if comes else 'going'} back",
            before=f"{number(back.line.returned.amount)} of {back.line.moved}",
            after=f"{number(back.line.returned.amount + back.quantity)} of {back.line.moved}",
        )
        for back in backs
    )
    return Preview(
        title=f"Take {goods} of {transfer.name} back{whom}",
        changes=tuple(changes),
        consequence=f"A return of {goods}{f', worth {value} at cost,' if value else ''} is planned{whom}; "
        "nothing is credited by it.",
        undo="The return is cancelled, as long as nothing of it was moved.",
    )


def _back(wanted: GoodsLine, transfer: Transfer, reader: ErpReader) -> _Back:
    product = find_product(wanted.product, reader)
    lines = [line for line in transfer.lines if line.product_id == product.id and line.moved]
    if len(lines) != 1:
        lack = "has several lines of" if lines else "did not move any"
        raise PreconditionFailed(f"{transfer.name} {lack} {product.name}{'; plan the return in the ERP' if lines else ''}.")
    left = (lines[0].moved - lines[0].returned).at_least_zero()
    if left.amount < wanted.quantity - ROUNDING:
        raise PreconditionFailed(f"Only {of(left, product.name)} of {transfer.name} are not returned yet.")
    return _Back(lines[0], wanted.quantity)


def _value(back: _Back, cost: Money | None) -> Money | None:
    return Money(cost.amount * back.quantity, cost.currency) if cost else None
