"""Whom a change of stock or supply harms, on the ERP as it is; the number of reads does not depend on how many goods."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from agent.actions.harm import NO_HARM, ZERO, Harm, Shift, Wait, harm_known, harm_of, waits_longer
from agent.actions.touched import Stock
from agent.domain.sales import Customer, SaleOrder, SaleOrderLine
from agent.domain.stock import Move
from agent.ports.erp_reader import ErpReader

Shifts = Mapping[Stock, Shift]
"""What a change does to each product in each warehouse."""
NOTHING: Shifts = MappingProxyType({})


def harm(reader: ErpReader, after: Shifts, before: Shifts = NOTHING) -> Harm:
    """Raises PreconditionFailed when something waits that is no customer's order: nobody could tell what that costs."""
    waits = _waiting(reader, after, before)
    harmed = harm_of(waits, *_owners(reader, [move.sale_line_id for move, _ in waits])) if waits else NO_HARM
    return replace(harmed, stock=frozenset(after))


def harm_told(reader: ErpReader, after: Shifts, surely: Sequence[Wait] = (), before: Shifts = NOTHING) -> Harm:
    """Where refusing would help nobody: what is no customer's order is named, and its value is not known.

    `surely` wait whatever is in stock, like those to whom a vendor delivers directly.
    """
    known = {wait.sale_line_id for wait in surely}
    found = [Wait(move.sale_line_id, amount, move.reference) for move, amount in _waiting(reader, after, before)]
    waits = [*surely, *(wait for wait in found if wait.sale_line_id is None or wait.sale_line_id not in known)]
    harmed = harm_known(waits, *_owners(reader, [wait.sale_line_id for wait in waits])) if waits else NO_HARM
    return replace(harmed, stock=frozenset(after))


def _waiting(reader: ErpReader, after: Shifts, before: Shifts) -> list[tuple[Move, Decimal]]:
    products = sorted({product for product, _ in after})
    if not products:
        return []
    moves, bought = reader.open_moves(products), reader.open_purchase_lines(products)
    free = {(level.product_id, level.warehouse_id): level.free.amount for level in reader.stock_levels(products)}
    return [
        wait
        for product, house in sorted(after)
        for wait in waits_longer(
            [move for move in moves if move.product_id == product],
            house,
            free.get((product, house), ZERO),
            after[product, house],
            before.get((product, house), Shift()),
            [line for line in bought if line.product_id == product],
        )
    ]


def _owners(
    reader: ErpReader, line_ids: Sequence[int | None]
) -> tuple[Mapping[int, SaleOrder], Mapping[int, SaleOrderLine], Mapping[int, Customer]]:
    """Of these sale order lines: order by line, line by id, customer by id."""
    wanted = sorted({line for line in line_ids if line is not None})
    orders = reader.orders_of_lines(wanted) if wanted else {}
    lines = reader.sale_order_lines(sorted({order.id for order in orders.values()})) if orders else []
    customers = reader.customers(sorted({order.customer_id for order in orders.values()})) if orders else []
    return orders, {line.id: line for line in lines}, {each.id: each for each in customers}
