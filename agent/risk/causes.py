"""Finding what people mean when they ask what something endangers, and the orders to look at."""

from collections.abc import Sequence
from datetime import datetime

from agent.domain.records import Record
from agent.errors import RecordMissing
from agent.ports.erp_reader import ErpReader
from agent.risk.impact import Cause
from agent.risk.snapshot import Snapshot
from agent.risk.taking import take_snapshot
from agent.risk.wording import listed


def find_cause(reader: ErpReader, named: str) -> Cause:
    """A purchase or transfer by number, a product by code or name, or a vendor by name, in this order.

    Raises RecordMissing where nothing has that name, or several things have.
    """
    text = named.strip()
    for model, of in (("purchase.order", cause_of_purchase), ("stock.picking", cause_of_picking)):
        records = reader.find_by_number(model, [text]).get(text, [])
        if len(records) == 1:
            return of(reader, records[0])
    products = reader.search_products(text, 5)
    exact = [product for product in products if text.casefold() in ((product.code or "").casefold(), product.name.casefold())]
    if len(exact or products) == 1:
        product = (exact or products)[0]
        return Cause(product.record, f"{product.name} does not come, or comes late", product_ids=frozenset((product.id,)))
    vendors = reader.search_vendors(text, 5)
    if len(vendors) == 1:
        return cause_of_vendor(reader, vendors[0])
    raise RecordMissing(_which(named, [vendor.name for vendor in vendors] + [product.name for product in products]))


def cause_of_purchase(reader: ErpReader, purchase: Record) -> Cause:
    lines = [line for line in reader.open_purchase_lines() if line.order_id == purchase.id]
    if not lines:
        raise RecordMissing(f"Nothing of {purchase.name} is still expected: it came completely, or was cancelled.")
    goods = listed([f"{line.outstanding} of {line.product_name}" for line in lines])
    said = f"{purchase.name} from {lines[0].vendor_name} still brings {goods}"
    return Cause(purchase, said, purchase_line_ids=frozenset(line.id for line in lines))


def cause_of_vendor(reader: ErpReader, vendor: Record) -> Cause:
    lines = [line for line in reader.open_purchase_lines() if line.vendor_id == vendor.id]
    if not lines:
        raise RecordMissing(f"Nothing is expected from {vendor.name} at the moment.")
    orders = sorted({line.order_name for line in lines})
    return Cause(vendor, f"{vendor.name} still brings {listed(orders)}", purchase_line_ids=frozenset(line.id for line in lines))


def cause_of_picking(reader: ErpReader, picking: Record) -> Cause:
    moves = reader.moves_of_pickings([picking.id])
    if not moves:
        raise RecordMissing(f"{picking.name} is finished or cancelled; nothing waits for it any more.")
    return Cause(picking, f"{picking.name} brings goods that are not here yet", picking_ids=frozenset((picking.id,)))


def snapshot_of_cause(reader: ErpReader, cause: Cause, now: datetime) -> Snapshot:
    """Every open order that wants a product the cause is about, with all that competes for it."""
    wanted = set(cause.product_ids)
    wanted |= {line.product_id for line in reader.open_purchase_lines() if line.id in cause.purchase_line_ids}
    wanted |= {move.product_id for move in reader.moves_of_pickings(sorted(cause.picking_ids))}
    return take_snapshot(reader, now, _orders_wanting(reader, sorted(wanted)))


def _orders_wanting(reader: ErpReader, product_ids: Sequence[int]) -> list[str]:
    """Names of open orders with a line, or a part of a kit, of one of these products."""
    lines = {line.id for line in reader.open_order_lines(product_ids)}
    lines |= {move.sale_line_id for move in reader.open_moves(product_ids) if move.sale_line_id is not None}
    orders = {order.id: order for order in reader.orders_of_lines(sorted(lines)).values()}
    return sorted(order.name for order in orders.values() if order.state == "sale" and not order.complete)


def _which(named: str, candidates: Sequence[str]) -> str:
    if not candidates:
        return f"No purchase, transfer, product or vendor is called {named}; give a number like P00042, a product code or a name."
    return f"{named} may be {listed(list(dict.fromkeys(candidates)), most=5)}; say which one."
