"""Evidence in the words of the business; `--json` keeps the ERP's own names."""

from datetime import datetime

from app.cli import output
from app.contract.risk import EvidenceRow

THINGS = {
    "account.move": "invoice", "account.move.line": "invoice line", "product.product": "product",
    "product.supplierinfo": "price list", "purchase.order": "purchase", "purchase.order.line": "purchase line",
    "quality.check": "quality check", "res.partner": "customer or vendor", "sale.order": "order", "sale.order.line": "order line",
    "stock.move": "movement", "stock.picking": "transfer", "stock.picking.type": "kind of transfer", "stock.scrap": "write-off",
    "stock.warehouse": "warehouse", "stock.warehouse.orderpoint": "minimum stock",
}  # fmt: skip
FIELDS = {
    "amount_residual": "still to pay", "amount_untaxed": "amount without tax", "backorder_id": "rest of",
    "carrier_tracking_ref": "tracking number", "commitment_date": "promised", "create_date": "entered",
    "credit": "owed and ordered",
    "date": "expected", "date_done": "done", "date_order": "ordered", "date_planned": "vendor's date", "delay": "lead time",
    "due_at": "to be decided by", "effective_date": "delivered", "eta": "will arrive", "free_qty": "free",
    "invoice_date_due": "to be paid by", "lot_id": "lot", "min_qty": "smallest quantity", "partner_id": "customer or vendor",
    "picking_id": "transfer", "picking_ids": "deliveries", "price_subtotal": "amount of the line", "price_unit": "price of one",
    "product_min_qty": "minimum", "product_qty": "quantity", "product_uom_qty": "quantity", "proposed_at": "proposed",
    "qty_available": "on hand", "qty_delivered": "delivered", "qty_invoiced": "invoiced", "qty_received": "received",
    "said": "in the carrier's words", "scheduled_date": "planned", "scrap_qty": "written off", "user_id": "takes care of it",
    "write_date": "last changed",
}  # fmt: skip
#: Of transfers, movements, orders and purchases alike.
STATES = {
    "assigned": "ready", "cancel": "cancelled", "confirmed": "waits for goods", "partially_available": "partly ready",
    "purchase": "confirmed", "sale": "confirmed", "sent": "sent, not confirmed", "to approve": "waits for approval",
    "waiting": "waits for another step",
}  # fmt: skip


def evidence_line(fact: EvidenceRow) -> str:
    """`P00042 (purchase line), vendor's date: Sun 22 Nov`, and where to open it."""
    where = f"  {fact.url}" if fact.url else ""
    return f"{fact.name} ({THINGS.get(fact.model, fact.model)}), {_field(fact.field)}: {_value(fact)}{where}"


def _field(name: str) -> str:
    return FIELDS.get(name, name.removesuffix("_id").replace("_", " "))


def _value(fact: EvidenceRow) -> str:
    """Moments as people write days, states as people say them; all else as it is."""
    value = fact.value
    if fact.field == "state":
        return STATES.get(value, value)
    try:
        return output.day(datetime.fromisoformat(value)) if "T" in value else value
    except ValueError:
        return value
