"""Where the linked records stand in the ERP: what was promised, to whom, and how far the goods are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from agent.domain.mail import Link
from agent.domain.sales import SaleOrder, Segment
from agent.ports.erp_reader import ErpReader

_READY = ("assigned", "done")


@dataclass(frozen=True, slots=True)
class Standing:
    """Facts of the ERP that priority and drafts rest on."""

    orders: tuple[SaleOrder, ...] = ()
    """Linked sale orders, or those waiting for a linked purchase."""
    linked_orders: tuple[SaleOrder, ...] = ()
    purchases: tuple[str, ...] = ()
    segment: Segment = Segment.STANDARD
    amount: Decimal = Decimal(0)
    being_picked: bool = False
    past_promise: bool = False

    @property
    def earliest(self) -> SaleOrder | None:
        dated = [(order.promise_date, order.name, order) for order in self.orders if order.promise_date]
        return min(dated, key=lambda one: one[:2])[2] if dated else None

    @property
    def earliest_promise(self) -> date | None:
        order = self.earliest
        return order.promise_date.date() if order and order.promise_date else None

    @property
    def earliest_order(self) -> str:
        order = self.earliest
        return order.name if order else ""


def standing_of(links: Sequence[Link], reader: ErpReader, now: datetime) -> Standing:
    """Read what the links mean. Raises what the reader raises."""
    sales = [link.record.name for link in links if link.record.model == "sale.order"]
    purchases = [link.record for link in links if link.record.model == "purchase.order"]
    linked = reader.sale_orders(sales) if sales else []
    orders = [*linked, *_waiting_for({record.id for record in purchases}, reader)]
    customers = reader.customers(sorted({order.customer_id for order in orders})) if orders else []
    segments = {customer.segment for customer in customers}
    pickings = reader.open_pickings([order.id for order in linked]) if linked else []
    soon = now + timedelta(days=1)
    return Standing(
        orders=tuple(orders),
        linked_orders=tuple(linked),
        purchases=tuple(record.name for record in purchases),
        segment=Segment.STRATEGIC if Segment.STRATEGIC in segments else Segment.STANDARD,
        amount=max((order.amount.amount for order in orders), default=Decimal(0)),
        being_picked=any(picking.state in _READY or picking.scheduled_at <= soon for picking in pickings),
        past_promise=any(order.promise_date is not None and order.promise_date < now and not order.complete for order in linked),
    )


def _waiting_for(purchase_ids: set[int], reader: ErpReader) -> list[SaleOrder]:
    """Sale orders that were promised on the strength of these purchases."""
    if not purchase_ids:
        return []
    lines = [line for line in reader.open_purchase_lines() if line.order_id in purchase_ids]
    sale_lines = sorted({sale_line for line in lines for sale_line in line.for_sale_line_ids})
    orders = reader.orders_of_lines(sale_lines) if sale_lines else {}
    return list({order.id: order for order in orders.values()}.values())
