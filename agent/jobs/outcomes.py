"""Looking how orders ended, so that findings can be scored."""

from dataclasses import replace
from datetime import timedelta

from agent.domain.sales import Delivery
from agent.ports.clock import Clock
from agent.ports.erp_reader import ErpReader
from agent.ports.scorebook import Scorebook

#: Deliveries are looked at again for as long: one may be entered with yesterday's date.
OVERLAP = timedelta(days=1)


def settle(reader: ErpReader, book: Scorebook, clock: Clock) -> int:
    """Note the orders that were delivered or cancelled since the last look; how many are new. Raises as reader and book do."""
    unsettled = book.unsettled()
    if unsettled is None:
        return 0
    until = clock()
    since = max(unsettled.beginning, (unsettled.settled_until or unsettled.beginning) - OVERLAP)
    completed = reader.completed_since(since)
    known = {delivery.order.id for delivery in completed}
    others = reader.deliveries_of([order_id for order_id in unsettled.order_ids if order_id not in known])
    ended = (delivery for delivery in others if delivery.order.complete or delivery.order.state == "cancel")
    return book.settle([_ending(delivery) for delivery in (*completed, *ended)], until)


def _ending(delivery: Delivery) -> Delivery:
    """Of a cancelled order it is no matter that some of it had left: nobody waits for the rest."""
    return replace(delivery, delivered_at=None) if delivery.order.state == "cancel" else delivery
