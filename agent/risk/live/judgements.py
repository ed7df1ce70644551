"""What was found, kept by order; only what is touched is judged again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from agent.domain.findings import Finding, OrderRisk
from agent.domain.sales import Customer
from agent.guardrails.policy import Policy
from agent.risk.assess import Hit, assess_order, findings_beyond_orders, findings_by_order, findings_of, seen_by
from agent.risk.credit import CreditStanding
from agent.risk.operations import Operations
from agent.risk.projection import Projection
from agent.risk.situation import Situation, situations_of, standings
from agent.risk.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What differs since the judgement before."""

    orders: tuple[OrderRisk, ...]
    findings: tuple[Finding, ...]
    orders_gone: frozenset[int]
    resolved: frozenset[str]


NOTHING = Verdicts((), (), frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Around:
    """What orders see that no record of theirs shows."""

    orders: frozenset[int] = frozenset()
    """Those that see something else of who wants, or has, the same goods."""
    products: frozenset[int] = frozenset()
    """Of which everybody who wants some may see something else."""


EVERYTHING_THE_SAME = Around()


class Judgements:
    """Pure of reading: `snapshot` and `projection` show the world as it stands whenever they are asked."""

    def __init__(self, snapshot: Snapshot, projection: Projection, policy: Policy) -> None:
        self.risks: dict[int, OrderRisk] = {}
        self.own: dict[int, list[Finding]] = {}
        self.general: list[Finding] = []
        self._situations: dict[int, Situation] = {}
        self._credit: dict[int, CreditStanding] = {}
        self._by_order: defaultdict[int, list[Hit]] = defaultdict(list)
        self._snapshot = snapshot
        self._projection = projection
        self._policy = policy
        self.judge(snapshot.subjects, snapshot.customers)

    def judge(self, order_ids: Iterable[int], customer_ids: Iterable[int], around: Around = EVERYTHING_THE_SAME) -> Verdicts:
        """Judge these orders, those of customers who stand with us differently, and whoever shares a trouble that changed."""
        situations = dict(self._situations)
        orders = {*order_ids, *around.orders, *self._of_customers(customer_ids)}
        before = {key: self.own.get(key, []) for key in orders}
        self._look_at(orders)
        general = self._look_beyond_orders()
        changed = orders | self._hit_by(general)
        risks = {key: self.risks.get(key) for key in changed}
        for key in changed:
            self._assess(key, as_before=key not in orders or self._can_do_the_same(key, situations.get(key), around))
        own = _difference(
            (finding for each in before.values() for finding in each),
            (finding for key in orders for finding in self.own.get(key, ())),
        )
        return Verdicts(
            orders=tuple(risk for key, old in risks.items() if (risk := self.risks.get(key)) and risk != old),
            findings=(*own.new, *general.new),
            orders_gone=frozenset(key for key, old in risks.items() if old and key not in self.risks),
            resolved=frozenset(finding.fingerprint for finding in (*own.gone, *general.gone)),
        )

    def beside(self, before: "Judgements") -> Verdicts:
        """What differs from another judgement of everything."""
        own = _difference(before.everything(), self.everything())
        return Verdicts(
            orders=tuple(risk for key, risk in self.risks.items() if risk != before.risks.get(key)),
            findings=tuple(own.new),
            orders_gone=frozenset(before.risks.keys() - self.risks.keys()),
            resolved=frozenset(finding.fingerprint for finding in own.gone),
        )

    def everything(self) -> Iterator[Finding]:
        """Every finding: each order's own, then the others."""
        for key in sorted(self.own):
            yield from self.own[key]
        yield from self.general

    def _of_customers(self, ids: Iterable[int]) -> set[int]:
        """Orders of those of these customers who are others than before; of those who only owe something else, their standing."""
        ids = set(ids)
        found = standings(self._snapshot, self._policy.limits, ids)
        changed = {key for key in ids if found.get(key) != self._credit.get(key)}
        others = {key for key in changed if _seen(found.get(key)) != _seen(self._credit.get(key))}
        for key in changed:
            self._credit.pop(key, None)
        self._credit |= found
        orders = [order for order in self._snapshot.orders.values() if order.customer_id in changed] if changed else []
        for order in orders:
            if situation := self._situations.get(order.id):
                credit = found.get(order.customer_id)
                self._situations[order.id] = replace(situation, credit=credit, customer=credit.customer if credit else None)
        return {order.id for order in orders if order.customer_id in others}

    def _look_at(self, orders: set[int]) -> None:
        for key in orders:
            self._situations.pop(key, None)
            self.own.pop(key, None)
        for situation in situations_of(self._snapshot, self._projection, self._policy.limits, orders, self._credit):
            self._situations[situation.order.id] = situation
            self.own[situation.order.id] = findings_of(situation)

    def _can_do_the_same(self, order_id: int, before: Situation | None, around: Around) -> bool:
        """Only its transfers, or how they are planned, changed: nothing that an option is made of."""
        now = self._situations.get(order_id)
        if before is None or now is None or order_id in around.orders or before != now:
            return False
        return around.products.isdisjoint(goods.product_id for goods in now.goods)

    def _look_beyond_orders(self) -> "_Difference":
        situations = [self._situations[key] for key in sorted(self._situations)]
        found = findings_beyond_orders(Operations(self._snapshot, self._projection, self._policy.limits, situations))
        difference = _difference(self.general, found)
        self.general = found
        return difference

    def _hit_by(self, general: "_Difference") -> set[int]:
        """Orders that a trouble of several hits differently now."""
        self._by_order = findings_by_order(self.general)
        old = {finding.fingerprint: finding for finding in general.old}
        found = {key for finding in general.new for key in _hit_differently(old.get(finding.fingerprint), finding)}
        return found | {key for finding in general.gone for key in finding.order_ids}

    def _assess(self, order_id: int, as_before: bool) -> None:
        """`as_before`: what can be done did not change."""
        situation, before = self._situations.get(order_id), self.risks.get(order_id) if as_before else None
        found = seen_by(self.own.get(order_id, ()), self._by_order.get(order_id, ()))
        risk = assess_order(situation, found, self._policy, before) if situation else None
        if risk:
            self.risks[order_id] = risk
        else:
            self.risks.pop(order_id, None)


@dataclass(frozen=True, slots=True)
class _Difference:
    old: Sequence[Finding]
    """As those of `new` were before."""
    new: Sequence[Finding]
    gone: Sequence[Finding]


def _difference(before: Iterable[Finding], after: Iterable[Finding]) -> _Difference:
    old = {finding.fingerprint: finding for finding in before}
    new = {finding.fingerprint: finding for finding in after}
    changed = [finding for key, finding in new.items() if old.get(key) != finding]
    return _Difference(
        old=[old[finding.fingerprint] for finding in changed if finding.fingerprint in old],
        new=changed,
        gone=[finding for key, finding in old.items() if key not in new],
    )


def _seen(credit: CreditStanding | None) -> Customer | None:
    """What the rules of one order see of a customer: not the money, which only rules beyond orders look at."""
    return replace(credit.customer, credit_limit=None, exposure=None) if credit else None


def _hit_differently(old: Finding | None, new: Finding) -> frozenset[int]:
    """Ids of the orders that see something else of it."""
    if old is None or replace(old, affects=new.affects) != new:
        return new.order_ids | (old.order_ids if old else frozenset())
    before = {affected.order.id: affected for affected in old.affects}
    after = {affected.order.id: affected for affected in new.affects}
    return frozenset(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
