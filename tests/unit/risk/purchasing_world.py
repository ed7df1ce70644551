"""The small distributor with a purchasing department: purchases, vendors, price lists, and a past."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from agent.domain.findings import Finding
from agent.domain.history import History, InvoicedLine, InvoiceKind, Receipt
from agent.domain.money import Money
from agent.domain.purchasing import PurchaseLine, PurchaseOrder, Vendor, VendorPrice
from agent.domain.records import Record
from agent.guardrails.policy import Policy, ThresholdBook
from agent.guardrails.thresholds import ThresholdException, Thresholds, Where
from agent.risk.assess import assess
from agent.risk.snapshot import Snapshot
from tests.unit.risk.builders import CHAIR, MAIN, NOW, POLICY, World, euros, in_days, units

VENDOR = (901, "Nordholz")
LATELY = in_days(-2)


@dataclass
class PurchasingWorld(World):
    bought: list[PurchaseOrder] = field(default_factory=list)
    prices: list[VendorPrice] = field(default_factory=list)
    vendors: dict[int, Vendor] = field(default_factory=dict)
    receipts: list[Receipt] = field(default_factory=list)
    invoiced: list[InvoicedLine] = field(default_factory=list)

    def vendor_class(self, *classes: str) -> None:
        self.vendors[VENDOR[0]] = Vendor(*VENDOR, frozenset(classes))

    def order_of(self, line: PurchaseLine, **given: Any) -> PurchaseOrder:
        """The purchase that a line stands in."""
        plain: dict[str, Any] = {
            "id": line.order_id, "name": line.order_name, "state": line.order_state, "vendor_id": line.vendor_id,
            "vendor_name": line.vendor_name, "ordered_at": in_days(-10), "changed_at": in_days(-10), "amount": euros(1200),
            "acknowledged": None, "buyer": None, "warehouse_id": MAIN,
        }  # fmt: skip
        self.bought.append(PurchaseOrder(**{**plain, **given}))
        return self.bought[-1]

    def price(
        self, price: float, *, lead_days: int = 10, product: int = CHAIR, vendor: tuple[int, str] = VENDOR, **given: Any
    ) -> None:
        plain = {"minimum": units(0).amount, "valid_from": None, "valid_until": None}
        amount = given.pop("money", euros(price))
        self.prices.append(VendorPrice(next(self.ids), *vendor, product, amount, lead_days=lead_days, **{**plain, **given}))

    def receipt(
        self, received: float = 10, ordered: float = 10, *, arrived: datetime, promised: datetime | None = None,
        product: int = CHAIR, vendor: tuple[int, str] = VENDOR, value: Money | None = None, **given: Any,
    ) -> Receipt:  # fmt: skip
        """What came of one purchase line; a purchase and a receipt of its own unless they are given."""
        number = next(self.ids)
        name = next(known.name for known in self.products if known.id == product)
        plain: dict[str, Any] = {
            "purchase": Record("purchase.order", number, f"P{number:05}"),
            "picking": Record("stock.picking", number, f"MA/IN/{number:05}"),
            "open": False, "ordered_at": in_days(-200), "warehouse_id": MAIN,
        }  # fmt: skip
        receipt = Receipt(
            purchase_line_id=number, vendor_id=vendor[0], vendor_name=vendor[1], product_id=product, product_name=name,
            ordered=units(ordered), received=units(received), promised_at=promised or arrived, arrived_at=arrived, value=value,
            **{**plain, **given},
        )  # fmt: skip
        self.receipts.append(receipt)
        return receipt

    def bill(
        self, price: float, ordered_price: float = 10, quantity: float = 10, *, at: datetime = LATELY,
        fulfilled: float | None = None, invoiced: float | None = None, product: int = CHAIR,
        partner: tuple[int, str] = VENDOR, kind: InvoiceKind = InvoiceKind.BILL, **given: Any,
    ) -> InvoicedLine:  # fmt: skip
        """A line of a document; a document and an order of its own unless they are given."""
        number = next(self.ids)
        name = next(known.name for known in self.products if known.id == product)
        model, letter = ("purchase.order", "P") if kind is InvoiceKind.BILL else ("sale.order", "S")
        plain: dict[str, Any] = {
            "document": Record("account.move", number, f"{kind.value.upper()}/{number:05}"),
            "order": Record(model, number, f"{letter}{number:05}"),
            "price": euros(price), "ordered_price": euros(ordered_price),
        }  # fmt: skip
        line = InvoicedLine(
            number, kind, partner_id=partner[0], partner_name=partner[1], product_id=product, product_name=name,
            invoiced=units(quantity if invoiced is None else invoiced),
            fulfilled=units(quantity if fulfilled is None else fulfilled), quantity=units(quantity), at=at, **{**plain, **given},
        )  # fmt: skip
        self.invoiced.append(line)
        return line

    def snapshot(self) -> Snapshot:
        return replace(
            World.snapshot(self),
            purchases=self.bought,
            vendor_prices=self.prices,
            vendors=self.vendors,
            history=History(in_days(-210), NOW, receipts=tuple(self.receipts), invoiced=tuple(self.invoiced)),
        )

    def of_kind(self, kind: str, exceptions: Mapping[str, int] | None = None, /, **thresholds: int) -> list[Finding]:
        """Findings of one kind. `exceptions` hold for vendors of the class `patient` only."""
        found = assess(self.snapshot(), _policy(exceptions, thresholds)).findings
        return [finding for finding in found if finding.kind == kind]


def _policy(exceptions: Mapping[str, int] | None, thresholds: Mapping[str, int]) -> Policy:
    special = (
        (ThresholdException(where=Where(vendor_class="patient"), thresholds=Thresholds(**exceptions)),) if exceptions else ()
    )
    return replace(POLICY, limits=ThresholdBook(POLICY.thresholds.model_copy(update=dict(thresholds)), special))
