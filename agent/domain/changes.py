"""What somebody wrote into the ERP."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Noun(StrEnum):
    """What can change, by Odoo's names: those under which people know the records."""

    ORDER = "sale.order"
    ORDER_LINE = "sale.order.line"
    MOVE = "stock.move"
    PICKING = "stock.picking"
    QUANT = "stock.quant"
    PURCHASE = "purchase.order"
    PURCHASE_LINE = "purchase.order.line"
    PRODUCT = "product.product"
    PARTNER = "res.partner"
    INVOICE = "account.move"
    PRICE = "product.supplierinfo"
    RULE = "stock.warehouse.orderpoint"


@dataclass(frozen=True, slots=True)
class Change:
    """One record that was created or written; the same record written twice is a different change."""

    noun: Noun
    id: int
    written_at: datetime
    """As the ERP keeps it: it may be the start of a transaction that was committed much later, cut to whole seconds."""
    of: int | None = None
    """What it belongs to: the order of a line, the purchase of a line, the product of a move, quant or price, the commercial
    partner of an invoice or partner."""
