"""A purchase at another price than the vendor's list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.domain.money import CENT, Money
from agent.domain.purchasing import PurchaseLine, VendorPrice
from agent.guardrails.policy import Thresholds
from agent.risk.operations import Operations
from agent.risk.price_list import listed_prices
from agent.risk.snapshot import grouped
from agent.risk.wording import listed


@dataclass(frozen=True, slots=True)
class Variance:
    line: PurchaseLine
    paid: Money
    """For the whole line."""
    price: VendorPrice

    @property
    def due(self) -> Decimal:
        """What the whole line costs by the list."""
        return self.price.price.amount * self.line.ordered.amount

    @property
    def more(self) -> Decimal:
        """Negative when it is cheaper than the list."""
        return self.paid.amount - self.due

    @property
    def words(self) -> str:
        each, usual = self.paid.share(Decimal(1), self.line.ordered.amount), self.price.price
        share = f" ({abs(self.more) * 100 / self.due:.0f} % {'more' if self.more > 0 else 'less'})" if self.due else ""
        return f"{self.line.product_name} at {each} instead of the listed {usual}{share}"


def price_variance(operations: Operations) -> Iterator[Finding]:
    """One finding for each open purchase with a line outside the tolerance of the price that its vendor's list has for it.

    A request without a price has not been answered yet. Prices in different currencies are not compared.
    """
    found = (variance for line in operations.snapshot.purchase_lines if (variance := _variance(operations, line)))
    for variances in grouped(found, lambda variance: variance.line.order_id).values():
        yield _finding(operations, sorted(variances, key=lambda variance: -abs(variance.more)))


def _variance(operations: Operations, line: PurchaseLine) -> Variance | None:
    paid = line.value
    if paid is None or not line.ordered or (not line.confirmed and not paid.amount):
        return None
    prices = (
        price
        for price in listed_prices(operations.snapshot, line, operations.zone(line.warehouse_id))
        if price.price.currency == paid.currency
    )
    price = next(prices, None)
    if price is None:
        return None
    variance = Variance(line, paid, price)
    percent = operations.thresholds(line.warehouse_id, line.vendor_id).price_variance_percent
    # a line's value is rounded to cents, which is no difference
    return variance if abs(variance.more) > CENT and abs(variance.more) * 100 > percent * variance.due else None


def _finding(operations: Operations, variances: Sequence[Variance]) -> Finding:
    first = variances[0].line
    total = Money(sum((abs(variance.more) for variance in variances), Decimal(0)), variances[0].paid.currency)
    dearer = sum((variance.more for variance in variances if variance.more > 0), Decimal(0))
    purchase = operations.snapshot.purchases_by_id.get(first.order_id)
    return Finding(
        kind=FindingKind.PRICE_VARIANCE,
        severity=_severity(dearer, operations.thresholds(first.warehouse_id, first.vendor_id)),
        subject=first.record,
        since=first.ordered_at or (purchase.ordered_at if purchase else operations.now),
        summary=f"{first.order_name} from {first.vendor_name} buys {listed([each.words for each in variances], most=2)}: "
        f"{total} {_sense(dearer, total)}.",
        evidence=tuple(fact for variance in variances for fact in _evidence(variance)),
        at_stake=total,
        warehouse_id=first.warehouse_id,
    )


def _severity(dearer: Decimal, thresholds: Thresholds) -> Severity:
    if dearer >= thresholds.weighty_order_value:
        return Severity.HIGH
    return Severity.MEDIUM if dearer > thresholds.bill_variance_value else Severity.LOW


def _sense(dearer: Decimal, total: Money) -> str:
    if dearer == total.amount:
        return "more than by the list"
    return "of difference" if dearer else "less than by the list; the bill may ask for the listed price"


def _evidence(variance: Variance) -> Iterator[Evidence]:
    line, price = variance.line, variance.price
    yield Evidence(line.line_record, "price_subtotal", str(variance.paid))
    yield Evidence(line.line_record, "product_qty", str(line.ordered))
    yield Evidence(price.record, "price", str(price.price))
    if price.minimum:
        yield Evidence(price.record, "min_qty", f"{price.minimum.normalize():f} {line.ordered.unit}")
