"""Reserve what is free for a transfer, and give it back."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from agent.actions.base import AnyTime, Arguments, Effect
from agent.actions.finding import called, check_once_each, find_product, find_transfer, segment_behind, subject_of
from agent.actions.goods import Goods, TransferNumber, stored_goods
from agent.actions.harm import Shift
from agent.actions.harmed import harm
from agent.actions.reservations import Step, effect_of, holding, lacking, less, more, stored_steps, targets
from agent.actions.touched import Stock, touched
from agent.actions.wording import number
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.domain.quantity import ROUNDING
from agent.domain.transfers import Transfer
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter


class ReserveStock(Arguments):
    transfer: TransferNumber


class ReleaseReservation(Arguments):
    transfer: TransferNumber
    goods: Goods


class ReserveStockAction(AnyTime):
    """`action_assign` of a transfer."""

    name = "reserve_stock"
    description = "Reserve what is free in the warehouse for a delivery or another transfer."
    undo = "what was reserved is free again"
    arguments = ReserveStock
    lost_answer = "state: what the transfer's moves have reserved is read; it is as before, as proposed, or neither"
    repeatable = True
    editable: Sequence[str] = ()

    def prepare(self, arguments: ReserveStock, reader: ErpReader) -> ProposalContent:
        transfer = find_transfer(arguments.transfer, reader)
        _check_open(transfer)
        steps = _gains(transfer, reader)
        harmed = harm(reader, _shifts(steps))
        return ProposalContent(
            action=self.name,
            subject=subject_of(transfer.record),
            arguments={"transfer": transfer.name},
            before=_before(transfer, steps),
            facts={**harmed.facts(), "segment": segment_behind(transfer, reader)},
            preview=Preview(
                title=f"Reserve what is free for {_called(transfer)}",
                changes=_changes(transfer, steps),
                consequence=f"{_called(transfer)} can then be picked as far as it is reserved. {harmed.sentence()}",
                undo="What was reserved is free again.",
            ),
            touches=_touches(transfer, steps),
        )

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        writer.reserve(content.subject.record)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        return effect_of(content.before["steps"], reader)

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: {content.subject.name} has the goods reserved."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return ReleaseReservationAction.name, {"transfer": content.subject.name, "goods": content.before["goods"]}


class ReleaseReservationAction(AnyTime):
    """Reservations of a transfer's moves, set to absolute quantities."""

    name = "release_reservation"
    description = "Free goods that are reserved for a delivery or another transfer."
    undo = "what is free is reserved for it again"
    arguments = ReleaseReservation
    lost_answer = "absolute value: what the transfer's moves have reserved is read; it is as before, as proposed, or neither"
    repeatable = True
    editable = ("goods",)

    def prepare(self, arguments: ReleaseReservation, reader: ErpReader) -> ProposalContent:
        transfer = find_transfer(arguments.transfer, reader)
        _check_open(transfer)
        moves = reader.moves_of_pickings([transfer.id])
        steps: list[Step] = []
        products = [find_product(wanted.product, reader) for wanted in arguments.goods]
        check_once_each([product.id for product in products])
        for product, wanted in zip(products, arguments.goods, strict=True):
            own = less(holding(moves, product.id), wanted.quantity)
            if sum((-step.by for step in own), Decimal(0)) < wanted.quantity - ROUNDING:
                raise PreconditionFailed(
                    f"Less than {wanted.quantity} {product.unit} of {product.name} are reserved for {transfer.name}."
                )
            steps += own
        goods = stored_goods([(called(product), each.quantity) for product, each in zip(products, arguments.goods, strict=True)])
        return ProposalContent(
            action=self.name,
            subject=subject_of(transfer.record),
            arguments={"transfer": transfer.name, "goods": goods},
            before=_before(transfer, steps),
            facts={"segment": segment_behind(transfer, reader)},
            preview=Preview(
                title=f"Free what is reserved for {_called(transfer)}",
                changes=_changes(transfer, steps),
                consequence=f"{_called(transfer)} waits until the goods are reserved for it again; others may take them.",
                undo="What is free then is reserved for it again.",
            ),
            touches=_touches(transfer, steps),
        )

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        writer.set_reserved(targets(content.before["steps"], growing=False), [])

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        return effect_of(content.before["steps"], reader)

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: the goods are no longer reserved for {content.subject.name}."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return ReserveStockAction.name, {"transfer": content.subject.name}


def _check_open(transfer: Transfer) -> None:
    if transfer.state not in ("confirmed", "waiting", "assigned"):
        word = {"draft": "is still a draft", "done": "is done", "cancel": "is cancelled"}.get(
            transfer.state, f"is {transfer.state}"
        )
        raise PreconditionFailed(f"{transfer.name} {word}, so nothing can be reserved for it.")


def _gains(transfer: Transfer, reader: ErpReader) -> list[Step]:
    """What Odoo would reserve: what each move lacks, as far as it is free in the warehouse that it starts in."""
    moves = reader.moves_of_pickings([transfer.id])
    products = sorted({move.product_id for move in moves})
    free = {(each.product_id, each.warehouse_id): each.free.amount for each in reader.stock_levels(products)}
    steps: list[Step] = []
    for product in products:
        wanting = lacking(moves, product)
        for house in sorted({move.from_warehouse_id for move in wanting if move.from_warehouse_id is not None}):
            own = [move for move in wanting if move.from_warehouse_id == house]
            steps += more(own, free.get((product, house), Decimal(0)))
    if not steps:
        raise PreconditionFailed(f"Nothing that {transfer.name} lacks is free in its warehouse; reserving changes nothing.")
    return steps


def _by_product(steps: Sequence[Step]) -> dict[int, list[Step]]:
    found: dict[int, list[Step]] = {}
    for step in steps:
        found.setdefault(step.move.product_id, []).append(step)
    return found


def _shifts(steps: Sequence[Step]) -> dict[Stock, Shift]:
    gains: dict[Stock, dict[int, Decimal]] = {}
    for step in steps:
        for stock in _stock([step]):
            gains.setdefault(stock, {})[step.move.id] = step.by
    return {stock: Shift(sum(own.values(), Decimal(0)), own) for stock, own in gains.items()}


def _stock(steps: Sequence[Step]) -> list[Stock]:
    houses = [(step.move.product_id, step.move.from_warehouse_id) for step in steps]
    return [(product, house) for product, house in houses if house is not None]


def _touches(transfer: Transfer, steps: Sequence[Step]) -> tuple[str, ...]:
    return touched(_stock(steps), [transfer.sale_order_id])


def _before(transfer: Transfer, steps: Sequence[Step]) -> dict[str, Any]:
    names = {line.product_id: line.product for line in transfer.lines}
    changed = {product: sum((abs(step.by) for step in own), Decimal(0)) for product, own in _by_product(steps).items()}
    return {
        "state": transfer.state,
        "partner": transfer.partner_name,
        "goods": stored_goods([(names[product], amount) for product, amount in changed.items()]),
        "steps": stored_steps(steps),
    }


def _changes(transfer: Transfer, steps: Sequence[Step]) -> tuple[Change, ...]:
    names = {line.product_id: line.product_name for line in transfer.lines}
    return tuple(
        Change(label=f"{names[product]} reserved", before=_told(own, Decimal(0)), after=_told(own, Decimal(1)))
        for product, own in _by_product(steps).items()
    )


def _told(steps: Sequence[Step], done: Decimal) -> str:
    held = sum((step.move.reserved.amount + step.by * done for step in steps), Decimal(0))
    demand = sum((step.move.demand.amount for step in steps), Decimal(0))
    return f"{number(held)} of {number(demand)} {steps[0].move.demand.unit}"


def _called(transfer: Transfer) -> str:
    return f"{transfer.name} ({transfer.partner_name})" if transfer.partner_name else transfer.name
