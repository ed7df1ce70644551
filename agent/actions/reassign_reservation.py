"""Give one customer's order what is reserved for another's."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agent.actions.base import AnyTime, Arguments, Effect, OrderNumber, find_customer, find_order
from agent.actions.finding import called, check_not_by_lot, check_once_each, detail_of, find_product, subject_of
from agent.actions.goods import Goods, listed, of, stored_goods
from agent.actions.harm import Harm, Shift
from agent.actions.harmed import harm
from agent.actions.reservations import Step, added, effect_of, holding, lacking, less, more, stored_steps, targets
from agent.actions.touched import Stock, touched
from agent.actions.wording import moment, number, stored
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.domain.quantity import ROUNDING, Quantity
from agent.domain.sales import Customer, SaleOrder
from agent.domain.stock import Move, Product
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter


class ReassignReservation(Arguments):
    from_order: OrderNumber
    to_order: OrderNumber
    goods: Goods


@dataclass(frozen=True, slots=True)
class _Gift:
    product: Product
    quantity: Decimal
    had: Decimal
    """What the giver has reserved."""
    has: Decimal
    """What the taker has reserved."""
    steps: tuple[Step, ...]

    @property
    def amount(self) -> Quantity:
        return Quantity(self.quantity, self.product.unit)


class ReassignReservationAction(AnyTime):
    """Reservations of stock moves, set to absolute quantities: less for the giver's, as much more for the taker's."""

    name = "reassign_reservation"
    description = "Give one customer's order goods that are reserved for another's."
    undo = "the goods are reserved for the first order again"
    arguments = ReassignReservation
    lost_answer = "absolute value: what the moves of both orders have reserved is read; it is as before, as proposed, or neither"
    repeatable = True
    editable = ("goods",)

    def prepare(self, arguments: ReassignReservation, reader: ErpReader) -> ProposalContent:
        giver, taker = find_order(arguments.from_order, reader), find_order(arguments.to_order, reader)
        _check(giver, taker)
        owners = find_customer(giver, reader), find_customer(taker, reader)
        gifts = _gifts(giver, taker, arguments, reader)
        harmed = harm(reader, dict(_shift(gift) for gift in gifts))
        goods = stored_goods([(called(gift.product), gift.quantity) for gift in gifts])
        return ProposalContent(
            action=self.name,
            subject=subject_of(taker.record),
            arguments={"from_order": giver.name, "to_order": taker.name, "goods": goods},
            before={
                "from": _of(giver, owners[0]), "to": _of(taker, owners[1]),
                "steps": stored_steps([step for gift in gifts for step in gift.steps]),
            },
            facts={**harmed.facts(), "segment": owners[1].segment.value, "segment_giving": owners[0].segment.value},
            preview=_preview(giver, taker, owners, gifts, harmed),
            touches=touched(harmed.stock, [giver.id, taker.id]),
        )  # fmt: skip

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        steps = content.before["steps"]
        writer.set_reserved(targets(steps, growing=False), targets(steps, growing=True))

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        return effect_of(content.before["steps"], reader)

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: {content.subject.name} has the goods reserved, and {content.arguments['from_order']} no longer has."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        given = content.arguments
        return self.name, {"from_order": given["to_order"], "to_order": given["from_order"], "goods": given["goods"]}


def _check(giver: SaleOrder, taker: SaleOrder) -> None:
    if giver.id == taker.id:
        raise PreconditionFailed(f"{giver.name} cannot give to itself; name two orders.")
    for order in (giver, taker):
        if order.state != "sale" or order.complete:
            raise PreconditionFailed(f"{order.name} is not an open order, so nothing is reserved for it.")


def _gifts(giver: SaleOrder, taker: SaleOrder, arguments: ReassignReservation, reader: ErpReader) -> list[_Gift]:
    lines = reader.sale_order_lines([giver.id, taker.id])
    moves = reader.moves_of_lines([line.id for line in lines])
    owner = {line.id: line.order_id for line in lines}
    gives = [move for move in moves if owner.get(move.sale_line_id or 0) == giver.id]
    takes = [move for move in moves if owner.get(move.sale_line_id or 0) == taker.id]
    products = [find_product(wanted.product, reader) for wanted in arguments.goods]
    check_once_each([product.id for product in products])
    return [
        _gift(product, wanted.quantity, gives, takes, arguments, reader)
        for product, wanted in zip(products, arguments.goods, strict=True)
    ]


def _gift(
    product: Product,
    quantity: Decimal,
    gives: Sequence[Move],
    takes: Sequence[Move],
    names: ReassignReservation,
    reader: ErpReader,
) -> _Gift:
    check_not_by_lot(product, detail_of(product, reader))
    held = holding(gives, product.id)
    houses = {move.from_warehouse_id for move in held}
    wants = [move for move in lacking(takes, product.id) if move.from_warehouse_id in houses]
    had = sum((move.reserved.amount for move in held), Decimal(0))
    if had < quantity - ROUNDING:
        raise PreconditionFailed(f"Only {of(Quantity(had, product.unit), product.name)} are reserved for {names.from_order}.")
    if len(houses) > 1:
        raise PreconditionFailed(
            f"{product.name} is reserved for {names.from_order} in several warehouses; change it in the ERP."
        )
    wanting = sum((move.demand.amount - move.reserved.amount for move in wants), Decimal(0))
    if wanting < quantity - ROUNDING:
        there = Quantity(wanting, product.unit)
        raise PreconditionFailed(
            f"{names.to_order} lacks only {of(there, product.name)} in the warehouse where they are reserved."
        )
    steps = (*less(held, quantity), *more(wants, quantity))
    has = sum((move.reserved.amount for move in takes if move.product_id == product.id), Decimal(0))
    if added(steps) != 2 * quantity:
        exactly = Quantity(quantity, product.unit)
        raise PreconditionFailed(
            f"What is reserved of {product.name} cannot be split into exactly {exactly}; name another quantity."
        )
    return _Gift(product, quantity, had, has, steps)


def _shift(gift: _Gift) -> tuple[Stock, Shift]:
    house = gift.steps[0].move.from_warehouse_id
    assert house is not None  # only moves that start in a warehouse hold its goods
    return (gift.product.id, house), Shift(reserved={step.move.id: step.by for step in gift.steps})


def _of(order: SaleOrder, customer: Customer) -> dict[str, Any]:
    return {
        "order": order.name,
        "promise_date": stored(order.promise_date),
        "customer": customer.name,
        "segment": customer.segment.value,
        "amount": f"{order.amount.amount:f}",
        "currency": order.amount.currency,
    }


def _preview(
    giver: SaleOrder, taker: SaleOrder, owners: tuple[Customer, Customer], gifts: Sequence[_Gift], harmed: Harm
) -> Preview:
    changes = [
        Change(
            label=f"{gift.product.name} reserved for {order.name}",
            before=f"{number(now)} {gift.product.unit}",
            after=f"{number(now + by)} {gift.product.unit}",
        )
        for gift in gifts
        for order, now, by in ((giver, gift.had, -gift.quantity), (taker, gift.has, gift.quantity))
    ]
    goods = listed([of(gift.amount, gift.product.name) for gift in gifts])
    return Preview(
        title=f"Give {taker.name} {goods} reserved for {giver.name}",
        changes=tuple(changes),
        consequence=f"{_told(taker, owners[1])} gets the goods before {_told(giver, owners[0])}. {harmed.sentence()}",
        undo=f"The goods are reserved for {giver.name} again.",
    )


def _told(order: SaleOrder, customer: Customer) -> str:
    return f"{customer.name} ({customer.segment}; {order.name} over {order.amount}, promised for {moment(order.promise_date)})"
