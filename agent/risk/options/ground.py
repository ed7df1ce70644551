"""What options are made from, and the arithmetic they share."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from agent.domain.calendars import day_of, days_between
from agent.domain.findings import Affected, Claim
from agent.domain.money import Money
from agent.domain.sales import SaleOrderLine, Segment
from agent.errors import PolicyRejected
from agent.guardrails.policy import Policy, Thresholds
from agent.guardrails.vocabulary import NOBODY
from agent.risk.outlooks import LineOutlook
from agent.risk.pools import ZERO, Pool, PoolKey
from agent.risk.situation import Situation
from agent.risk.wording import amount

NOON = time(12)
NO_RULE = "nobody: the policy has no rule that allows it"
Leaf = tuple[int, int]
"""Sale order line and product: a line of goods, or one part of a kit."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Stock that is spoken for."""

    free: Mapping[PoolKey, Decimal] = field(default_factory=dict)
    reserved: Mapping[Leaf, Decimal] = field(default_factory=dict)

    def with_these(self, claims: Iterable[Claim]) -> "Claimed":
        free, reserved = defaultdict(Decimal, self.free), defaultdict(Decimal, self.reserved)
        for claim in claims:
            if claim.from_line is None:
                free[claim.product_id, claim.warehouse_id] += claim.amount
            else:
                reserved[claim.from_line, claim.product_id] += claim.amount
        return Claimed(dict(free), dict(reserved))


NOTHING_CLAIMED = Claimed()


@dataclass(frozen=True, slots=True)
class Ground:
    """One order's situation, the rules, and what is spoken for."""

    situation: Situation
    policy: Policy
    held: bool
    """By the customer's credit."""
    claimed: Claimed

    def after(self, claims: Iterable[Claim]) -> "Ground":
        """What is left when this is spoken for too: two lines of one order may want the same goods."""
        return replace(self, claimed=self.claimed.with_these(claims))

    @property
    def now(self) -> datetime:
        return self.situation.now

    @property
    def zone(self) -> tzinfo:
        return self.situation.zone

    @property
    def thresholds(self) -> Thresholds:
        return self.situation.thresholds

    @property
    def leaves(self) -> list[LineOutlook]:
        """The goods to ship: order lines, and instead of a kit its parts."""
        return self.situation.goods

    def ships(self, warehouse_id: int | None, moment: datetime | None = None) -> datetime:
        """When goods that are in that warehouse then, or now, can leave it."""
        return self.situation.projection.terms.ships(warehouse_id, max(moment, self.now) if moment else self.now)

    def pool(self, product_id: int, warehouse_id: int | None) -> Pool | None:
        """What a warehouse has and expects of a product, without what is spoken for."""
        if warehouse_id is None:
            return None
        pool = self.situation.projection.pools.get((product_id, warehouse_id))
        taken = self.claimed.free.get((product_id, warehouse_id), ZERO)
        return replace(pool, free=max(pool.free - taken, ZERO)) if pool and taken else pool

    def reserved_for(self, leaf: LineOutlook) -> Decimal:
        """What is set aside for it and not spoken for."""
        return max(leaf.reserved - self.claimed.reserved.get((leaf.line.id, leaf.product_id), ZERO), ZERO)

    def ready_if(self, changed: Mapping[Leaf, datetime | None]) -> datetime | None:
        """When the last of the order could ship if these goods were ready then; None when some have no date."""
        dates = [changed.get((leaf.line.id, leaf.product_id), leaf.ready) for leaf in self.leaves]
        known = [max(date, self.now) for date in dates if date is not None]
        return max(known) if len(known) == len(dates) else None

    def approval(self, action: str, facts: Mapping[str, Any]) -> str:
        """Who would have to approve, in words."""
        try:
            return self.policy.require(action, facts).words()
        except PolicyRejected:
            return NO_RULE

    def facts(self, cost: Money | None, harms: Sequence[Affected]) -> dict[str, Any]:
        """What the policy decides an option on. Of costs in a currency nobody knows, and of harms in several, no sum is told."""
        values = [harm.value for harm in harms]
        currencies = {value.currency for value in values}
        return {
            "segment": self.situation.segment.value,
            "cost": f"{cost.amount:f}" if cost else "0",
            "currency": cost.currency if cost else self.situation.order.amount.currency,
            "orders_harmed": len(harms),
            "value_harmed": f"{sum((value.amount for value in values), ZERO):f}" if len(currencies) <= 1 else None,
            "segment_harmed": self._most_important(harms),
        }

    def _most_important(self, harms: Sequence[Affected]) -> str:
        """The segment of the most important customer who is harmed; customers of orders that are not looked at are unknown."""
        if not harms:
            return NOBODY
        snapshot = self.situation.snapshot
        customers = (snapshot.customers.get(snapshot.orders[harm.order.id].customer_id) for harm in harms)
        segments = [customer.segment if customer else Segment.STRATEGIC for customer in customers]
        return min(segments, key=list(Segment).index).value

    def harm(self, line: SaleOrderLine, need_by: datetime, old: datetime | None, new: datetime | None) -> Affected | None:
        """A promise that would be missed, or missed by more, if these goods were ready at `new` instead of at `old`.

        None when it is kept all the same. Without a promise `need_by` stands for it; without a new date the days are counted to
        the end of the horizon.
        """
        order = self.situation.snapshot.orders[line.order_id]
        due = max(order.promise_date or need_by, old or need_by)
        if new is not None and new <= due:
            return None
        horizon = self.now + timedelta(days=self.thresholds.at_risk_horizon_days)
        late = days_between(due, new, self.zone) if new else max(days_between(due, horizon, self.zone), 1)
        return Affected(order.record, order.customer_name, late, line.outstanding_value)

    def goods(self, leaf: LineOutlook, quantity: Decimal) -> str:
        product = self.situation.snapshot.products.get(leaf.product_id)
        return f"{amount(quantity, leaf.unit)} of {product.name if product else leaf.line.product_name}"


def by_order(harms: Sequence[Affected]) -> tuple[Affected, ...]:
    """One for each order: how late it would be at most, the value of all its goods that wait."""
    merged: dict[int, Affected] = {}
    for harm in harms:
        other = merged.get(harm.order.id)
        value = harm.value + other.value if other else harm.value
        merged[harm.order.id] = Affected(harm.order, harm.customer_name, max(harm.days, other.days if other else 0), value)
    return tuple(merged.values())


def noon_of(moment: datetime, days: int, zone: tzinfo) -> datetime:
    """Midday so many days later, in UTC: goods that are announced for a day are counted on from its middle."""
    return datetime.combine(day_of(moment, zone) + timedelta(days=days), NOON, zone).astimezone(UTC)
