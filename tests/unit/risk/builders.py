"""A small distributor to situate the rules in: say only what matters, the rest is plain."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from agent.domain.affairs import Affairs
from agent.domain.calendars import WarehouseCalendar
from agent.domain.findings import Finding, OrderRisk
from agent.domain.history import History
from agent.domain.money import Money
from agent.domain.purchasing import PurchaseLine, VendorPrice
from agent.domain.quantity import Quantity
from agent.domain.sales import Customer, OverdueInvoice, SaleOrder, SaleOrderLine, Segment
from agent.domain.stock import Move, Picking, PickingKind, Product, StockLevel, Warehouse
from agent.guardrails.policy import Policy, ThresholdBook, Thresholds
from agent.guardrails.thresholds import ThresholdException, Where
from agent.risk.assess import assess
from agent.risk.projection import LineOutlook, Projection, project
from agent.risk.snapshot import Snapshot
from agent.risk.terms import Terms, terms_of
from tests.fixtures.packaged_policy import PACKAGED_POLICY as POLICY

NOW = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)
A_MOMENT = timedelta(seconds=1)
MAIN, NORTH = 1, 2
CHAIR, DESK, FILM = 101, 102, 103
THRESHOLDS: Thresholds = POLICY.thresholds
GRACE = timedelta(days=THRESHOLDS.receipt_grace_days)


def in_days(number: float) -> datetime:
    return NOW + timedelta(days=number)


IN_FIVE_DAYS = in_days(5)


def units(amount: float | Decimal) -> Quantity:
    return Quantity(Decimal(str(amount)), "Units")


def euros(amount: float) -> Money:
    return Money(Decimal(str(amount)), "EUR")


@dataclass
class World:
    """Collects records; `snapshot()` is what the rules see of them."""

    orders: list[SaleOrder] = field(default_factory=list)
    lines: list[SaleOrderLine] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    pickings: list[Picking] = field(default_factory=list)
    purchases: list[PurchaseLine] = field(default_factory=list)
    levels: dict[tuple[int, int], StockLevel] = field(default_factory=dict)
    invoices: list[OverdueInvoice] = field(default_factory=list)
    customers: dict[int, Customer] = field(default_factory=dict)
    prices: list[VendorPrice] = field(default_factory=list)
    more: defaultdict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    """Other fields of the snapshot by name: quotations, reorder_rules."""
    vendor_classes: dict[int, tuple[str, ...]] = field(default_factory=dict)
    vendor_names: dict[int, str] = field(default_factory=dict)
    """Of those that were renamed."""
    past: defaultdict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    """Fields of the history by name; without any the past was not read."""
    affairs: defaultdict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    """Fields of our own affairs by name."""
    past_since: datetime = NOW - timedelta(days=180)
    ids: Any = field(default_factory=lambda: count(1))
    products: tuple[Product, ...] = (
        Product(CHAIR, "Blue Chair", "CH", "Units", storable=True),
        Product(DESK, "Oak Desk", "DE", "Units", storable=True),
        Product(FILM, "Stretch Film", "FI", "Units", storable=False),
    )
    calendars: dict[str, WarehouseCalendar] = field(default_factory=dict)
    warehouses: tuple[Warehouse, ...] = (Warehouse(MAIN, "Main", "MA"), Warehouse(NORTH, "North", "NO"))

    def customer(self, name: str = "Acme", segment: Segment = Segment.STANDARD, **given: Any) -> Customer:
        plain = {"language": "en", "email": None, "credit_limit": None}
        customer = Customer(next(self.ids), name, segment, **{**plain, **given})
        self.customers[customer.id] = customer
        return customer

    def order(self, promise: datetime | None = IN_FIVE_DAYS, customer: Customer | None = None, **given: Any) -> SaleOrder:
        buyer = customer or next(iter(self.customers.values()), None) or self.customer()
        number = next(self.ids)
        plain: dict[str, Any] = {
            "id": number, "name": f"S{number:05}", "customer_id": buyer.id, "customer_name": buyer.name, "state": "sale",
            "ordered_at": in_days(-10), "promise_date": promise, "amount": euros(1000), "warehouse_id": MAIN, "complete": False,
            "locked": False, "customer_reference": None, "salesperson": None,
        }  # fmt: skip
        order = SaleOrder(**{**plain, **given})
        self.orders.append(order)
        return order

    def line(
        self, order: SaleOrder, ordered: float = 10, *, product: int = CHAIR, delivered: float = 0, reserved: float = 0,
        value: float = 1000, goods: bool = True, waits_for: tuple[int, ...] = (), move: bool = True, **given: Any,
    ) -> SaleOrderLine:  # fmt: skip
        """An order line with its delivery move."""
        name = next(known.name for known in self.products if known.id == product)
        line = SaleOrderLine(
            next(self.ids), order.id, product, name, goods, units(ordered), units(delivered), euros(value), **given
        )  # fmt: skip
        self.lines.append(line)
        if move:
            self.move(
                product, ordered - delivered, origin=order.warehouse_id, reserved=reserved, sale_line_id=line.id,
                at=order.promise_date or order.ordered_at, waits_for=waits_for,
            )  # fmt: skip
        return line

    def move(
        self, product: int, amount: float, *, at: datetime, origin: int | None = None, target: int | None = None,
        reserved: float = 0, **given: Any,
    ) -> Move:  # fmt: skip
        kind = (
            PickingKind.DELIVERY
            if origin and not target
            else PickingKind.RECEIPT
            if target and not origin
            else PickingKind.INTERNAL
        )
        plain = {
            "picking_id": None, "state": "confirmed", "sale_line_id": None, "purchase_line_id": None, "waits_for": (),
            "reference": "MA/INT/00001",
        }  # fmt: skip
        move = Move(
            id=next(self.ids), product_id=product, kind=kind, demand=units(amount), reserved=units(reserved), expected_at=at,
            from_warehouse_id=origin, to_warehouse_id=target, **{**plain, **given},
        )  # fmt: skip
        self.moves.append(move)
        return move

    def stock(self, on_hand: float, *, product: int = CHAIR, warehouse: int = MAIN, reserved: float = 0) -> None:
        self.levels[product, warehouse] = StockLevel(product, warehouse, units(on_hand), units(reserved))

    def purchase(
        self, amount: float = 10, *, at: datetime, receipt_at: datetime | None = None, product: int = CHAIR,
        warehouse: int = MAIN, state: str = "purchase", for_lines: tuple[int, ...] = (),
        vendor: tuple[int, str] = (901, "Nordholz"), received: float = 0, receipt: bool = True,
    ) -> PurchaseLine:  # fmt: skip
        """A purchase line that the vendor promised for `at`, with the receipt that stands for it once it is confirmed."""
        number = next(self.ids)
        name = next(known.name for known in self.products if known.id == product)
        confirmed = state == "purchase" and receipt
        line = PurchaseLine(
            number, number, f"P{number:05}", state, *vendor, product, name, units(amount), units(received), at,
            (receipt_at or at) if confirmed else None, for_lines,
        )  # fmt: skip
        self.purchases.append(line)
        if confirmed:
            self.move(product, amount - received, at=receipt_at or at, target=warehouse, purchase_line_id=number)
        return line

    def picking(self, order: SaleOrder, scheduled: datetime, **given: Any) -> Picking:
        number = next(self.ids)
        plain: dict[str, Any] = {
            "id": number, "name": f"MA/OUT/{number:05}", "kind": PickingKind.DELIVERY, "state": "assigned",
            "scheduled_at": scheduled, "created_at": in_days(-10), "warehouse_id": MAIN, "sale_order_id": order.id,
            "purchase_order_id": None,
            "responsible": None, "backorder_of": None,
        }  # fmt: skip
        picking = Picking(**{**plain, **given})
        self.pickings.append(picking)
        return picking

    def invoice(self, customer: Customer, due: datetime, residual: float = 500) -> OverdueInvoice:
        number = next(self.ids)
        invoice = OverdueInvoice(number, f"INV/{number:05}", customer.id, due, euros(residual))
        self.invoices.append(invoice)
        return invoice

    def price(
        self, price: float, lead_days: int, *, vendor: tuple[int, str] = (902, "Bergmann"), product: int = CHAIR, **given: Any
    ) -> None:
        """A line of a vendor's price list."""
        plain: dict[str, Any] = {"minimum": Decimal(0), "valid_from": None, "valid_until": None}
        self.prices.append(VendorPrice(next(self.ids), *vendor, product, euros(price), lead_days=lead_days, **{**plain, **given}))

    def snapshot(self) -> Snapshot:
        return Snapshot(
            now=NOW,
            orders={order.id: order for order in self.orders},
            subjects=frozenset(order.id for order in self.orders),
            lines=self.lines,
            products={product.id: product for product in self.products},
            warehouses={warehouse.id: warehouse for warehouse in self.warehouses},
            levels=self.levels,
            moves=self.moves,
            pickings=self.pickings,
            purchase_lines=self.purchases,
            customers=self.customers,
            overdue_invoices=self.invoices,
            vendor_prices=self.prices,
            history=History(self.past_since, NOW, **_tuples(self.past)) if self.past else None,
            affairs=Affairs(**_tuples(self.affairs)) if self.affairs else None,
            **self.more,
        )

    def projection(self) -> Projection:
        return project(self.snapshot(), self.terms())

    def terms(self) -> Terms:
        return terms_of(replace(POLICY, calendars=self.calendars), self.snapshot())

    def outlook(self, line: SaleOrderLine) -> LineOutlook:
        return self.projection().lines[line.id]

    def risks(self, **thresholds: int) -> list[OrderRisk]:
        return list(assess(self.snapshot(), replace(policy(**thresholds), calendars=self.calendars)).orders)

    def kinds_under(self, rules: Policy) -> list[str]:
        return [finding.kind.value for finding in assess(self.snapshot(), rules).findings]

    def findings(self, **thresholds: int) -> list[Finding]:
        return list(assess(self.snapshot(), replace(policy(**thresholds), calendars=self.calendars)).findings)

    def kinds(self, **thresholds: int) -> list[str]:
        return [finding.kind.value for finding in self.findings(**thresholds)]

    def kinds_at(self, now: datetime) -> list[str]:
        """As judged at another moment than `NOW`."""
        return [
            finding.kind.value
            for finding in assess(replace(self.snapshot(), now=now), replace(POLICY, calendars=self.calendars)).findings
        ]

    def one(self, kind: str, **thresholds: int) -> Finding:
        """The only finding of a kind."""
        (found,) = [finding for finding in self.findings(**thresholds) if finding.kind == kind]
        return found


def _tuples(fields: dict[str, list[Any]]) -> dict[str, Any]:
    return {name: tuple(rows) for name, rows in fields.items()}


def policy(**thresholds: int) -> Policy:
    return replace(POLICY, limits=ThresholdBook(THRESHOLDS.model_copy(update=thresholds)))


def except_where(where: dict[str, Any], **thresholds: int) -> Policy:
    """The packaged numbers, and these where `where` holds."""
    exception = ThresholdException(where=Where(**where), thresholds=Thresholds(**thresholds))
    return replace(POLICY, limits=ThresholdBook(THRESHOLDS, (exception,)))
