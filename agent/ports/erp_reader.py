"""What may be learned from the ERP."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from agent.domain.purchasing import PurchaseLine, PurchaseOrder, Vendor, VendorPrice
from agent.domain.records import ErpDescription, Record
from agent.domain.sales import Customer, Delivery, OverdueInvoice, SaleOrder, SaleOrderLine
from agent.domain.stock import Move, Picking, Product, ReorderRule, StockLevel, Warehouse
from agent.ports.erp_details import ErpDetails


class ErpReader(ErpDetails, Protocol):
    """Batched reads; the number of calls depends on pages of 2,000 records, never on records.

    Order of results is not promised. Ids and names that do not exist are left out of the result.
    Every method raises ErpUnavailable (no answer in time), ErpRefused (login, access) or ErpIncomplete (module missing).
    """

    def describe(self) -> ErpDescription: ...

    def url(self, record: Record) -> str | None:
        """Where a person opens the record, None when the ERP has no web client."""

    def open_sale_orders(self, names: Sequence[str] | None = None) -> list[SaleOrder]:
        """Confirmed orders (`state = sale`) that are not completely delivered; `names` narrows."""

    def sale_orders(self, names: Sequence[str]) -> list[SaleOrder]:
        """Orders by name in any state."""

    def deliveries_of(self, order_ids: Sequence[int]) -> list[Delivery]:
        """Of each of these orders that exists, in any state: when the last of its goods left."""

    def completed_since(self, since: datetime) -> list[Delivery]:
        """Completely delivered orders of which the last goods left `since` (aware) or later."""

    def sale_order_lines(self, order_ids: Sequence[int]) -> list[SaleOrderLine]:
        """All product lines of these orders, sections and notes left out."""

    def open_order_lines(self, product_ids: Sequence[int]) -> list[SaleOrderLine]:
        """Lines of these products in open sale orders, whether or not a delivery was planned for them."""

    def orders_of_lines(self, line_ids: Sequence[int]) -> dict[int, SaleOrder]:
        """Sale order line id → its order; to name who is harmed or waited for."""

    def customers(self, ids: Sequence[int]) -> list[Customer]: ...

    def products(self, ids: Sequence[int]) -> list[Product]: ...

    def warehouses(self) -> list[Warehouse]: ...

    def stock_levels(self, product_ids: Sequence[int]) -> list[StockLevel]:
        """Per product and warehouse, internal locations only; pairs without stock are left out."""

    def open_moves(self, product_ids: Sequence[int] | None = None) -> list[Move]:
        """Moves not done or cancelled, drafts left out; `product_ids` narrows."""

    def moves_of_lines(self, sale_line_ids: Sequence[int]) -> list[Move]:
        """Open moves of these order lines, whatever they move: a kit leaves as its parts."""

    def moves_of_pickings(self, picking_ids: Sequence[int]) -> list[Move]:
        """Open moves of these transfers."""

    def open_pickings(self, order_ids: Sequence[int] | None = None) -> list[Picking]:
        """Transfers not done or cancelled, drafts left out; `order_ids` narrows to these sale orders' deliveries."""

    def open_purchase_lines(self, product_ids: Sequence[int] | None = None) -> list[PurchaseLine]:
        """Purchase lines still to be received, drafts and approvals included; what was cancelled or sent back does not come."""

    def purchases(self, ids: Sequence[int]) -> list[PurchaseOrder]: ...

    def vendors(self, ids: Sequence[int]) -> list[Vendor]: ...

    def vendor_prices(self, product_ids: Sequence[int]) -> list[VendorPrice]:
        """Every price list line of these products that is not over yet; of one product, the first choice first."""

    def reorder_rules(self) -> list[ReorderRule]:
        """Of active products; none where the ERP keeps none."""

    def sent_quotations(self, since: datetime) -> list[SaleOrder]:
        """Quotations sent and neither confirmed nor cancelled, dated `since` (aware) or later."""

    def overdue_invoices(self, now: datetime, customer_ids: Sequence[int] | None = None) -> list[OverdueInvoice]:
        """Posted customer invoices past due with a residual amount."""

    def search_products(self, text: str, limit: int = 10) -> list[Product]:
        """By code or part of the name, case ignored; best match first."""

    def search_vendors(self, text: str, limit: int = 10) -> list[Record]:
        """Partners that sell to us, by part of the name."""

    def find_by_number(self, model: str, numbers: Sequence[str]) -> dict[str, list[Record]]:
        """Exact numbers → records. Models: sale.order (name), purchase.order (name), stock.picking (name or tracking reference),
        account.move (name), and `sale.order:client_order_ref`, `purchase.order:partner_ref` for the other side's numbers."""

    def partner_of_record(self, record: Record) -> Record | None:
        """The commercial partner that a sale order, purchase, picking or invoice belongs to."""

    def partners_by_email(self, addresses: Sequence[str]) -> dict[str, Record]:
        """Mail address or bare domain (`acme.example`) → commercial partner; only unambiguous ones."""

    def partners_like(self, patterns: Sequence[str]) -> list[Record]:
        """Commercial partners, neither ours nor colleagues, whose name holds one of these, case ignored; `%` stands for any text.

        200 at most, in no order; where there are more, those that the most telling pattern finds are among them.
        """

    def note_exists(self, record: Record, marker: str) -> bool:
        """Whether the record's chatter holds a note with this marker, beside its text or in it (once taken back, a note carries
        the marker of the taking back in its text)."""

    def note_text(self, record: Record, marker: str) -> str | None:
        """What the note that was posted with this marker says now, on one line; None without exactly one."""
