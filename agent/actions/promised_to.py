"""Customers' orders that a purchase was made for: they get it from nowhere else."""

from collections.abc import Sequence
from datetime import UTC, datetime

from agent.actions.harm import Wait
from agent.domain.purchase_papers import PaperLine, PurchasePaper
from agent.domain.purchasing import PurchaseLine
from agent.domain.quantity import ROUNDING
from agent.domain.sales import SaleOrder
from agent.ports.erp_reader import ErpReader


def waiting_for(
    purchase: PurchasePaper, lines: Sequence[PaperLine], reader: ErpReader, comes: datetime | None = None
) -> list[Wait]:
    """Who waits when these lines never come, or come at that moment.

    Of what comes into a warehouse only what is not confirmed yet, and only when it never comes: the rest is supply of that
    warehouse, of which `harmed` knows. To whom a vendor delivers directly without our knowing whom is harmed too.
    """
    wanted = {line.id for line in lines if line.received < line.ordered}
    bought = [line for line in reader.open_purchase_lines(sorted({line.product_id for line in lines})) if line.id in wanted]
    own = [line for line in bought if line.warehouse_id is None or (comes is None and not line.confirmed)]
    sold = sorted({each for line in own for each in line.for_sale_line_ids})
    orders = reader.orders_of_lines(sold) if sold else {}
    return [wait for line in own for wait in _of(line, purchase, orders, comes)]


def _of(line: PurchaseLine, purchase: PurchasePaper, orders: dict[int, SaleOrder], comes: datetime | None) -> list[Wait]:
    if comes is not None and comes.astimezone(UTC).date() <= line.vendor_promise_date.astimezone(UTC).date():
        return []
    if not line.for_sale_line_ids:
        return [Wait(None, line.outstanding.amount, f"whoever {purchase.name} goes to")] if line.warehouse_id is None else []
    late = [each for each in line.for_sale_line_ids if each not in orders or _too_late(orders[each], comes)]
    return [Wait(each, line.outstanding.amount, purchase.name) for each in late if line.outstanding.amount > ROUNDING]


def _too_late(order: SaleOrder, comes: datetime | None) -> bool:
    """An order without a promise waits from the first day on."""
    if comes is None or order.promise_date is None:
        return True
    return comes.astimezone(UTC).date() > order.promise_date.astimezone(UTC).date()
