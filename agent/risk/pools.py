"""One warehouse's stock and supply of one product, shared out among everybody who wants it."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from itertools import accumulate

from agent.domain.quantity import ROUNDING
from agent.risk.supply import Supply

ZERO = Decimal(0)

PoolKey = tuple[int, int]
"""Product and warehouse."""

Turn = tuple[bool, datetime, datetime, int]


def turn(urgent: bool, need_by: datetime, ordered_at: datetime, number: int) -> Turn:
    """In which order demands are served: what a person starred first, then by need date, order date and number.

    Odoo reserves by `priority desc, date, id`, where `date` is the day planned for the move. Ours is the day promised: a promise
    that was moved does not move the plan.
    """
    return not urgent, need_by, ordered_at, number


@dataclass(frozen=True, slots=True)
class Peg:
    """A quantity of a supply that one demand counts on."""

    supply: Supply
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Demand:
    """Goods that a warehouse still has to find for someone."""

    need_by: datetime
    ordered_at: datetime
    id: int
    """Of the sale order line, or of the move when no order line stands behind it: then negative."""
    amount: Decimal
    urgent: bool = False

    @property
    def turn(self) -> "Turn":
        return turn(self.urgent, self.need_by, self.ordered_at, self.id)


@dataclass(frozen=True, slots=True)
class Allocation:
    """What one demand gets: free stock now, pegged supply, and what nothing covers."""

    from_stock: Decimal
    pegs: tuple[Peg, ...]
    missing: Decimal

    def ready(self, now: datetime) -> datetime | None:
        """When the last unit can leave; None when some unit has no supply that can be counted on. `now`: when the stock can."""
        if self.missing > ROUNDING:
            return None
        last = now
        for peg in self.pegs:
            if peg.supply.expected is None:
                return None
            last = max(last, peg.supply.expected)
        return last


@dataclass(frozen=True)
class Pool:
    """All that one warehouse has and expects of one product, and everybody who wants it, who is served first in front.

    What everybody who lacks some of it asks for is put together once: hence no slots.
    """

    free: Decimal
    supplies: tuple[tuple[Supply, Decimal], ...]
    """With what is left of each after make-to-order lines took theirs; earliest first."""
    demands: tuple[Demand, ...]
    ships: datetime
    """When what is there now can leave."""

    @property
    def spare(self) -> Decimal:
        """Free stock that none of this warehouse's own demand needs."""
        return max(self.free - self._asked[-1], ZERO)

    @cached_property
    def own(self) -> Mapping[int, Demand]:
        """By the demand's id."""
        return {demand.id: demand for demand in self.demands}

    def asked_before(self, place: Turn) -> Decimal:
        """By all who are served before that turn."""
        return self._asked[bisect_left(self._turns, place)]

    @cached_property
    def _turns(self) -> Sequence[Turn]:
        return [demand.turn for demand in self.demands]

    @cached_property
    def _asked(self) -> Sequence[Decimal]:
        """By those in front of each demand, and at last by all together."""
        return list(accumulate((demand.amount for demand in self.demands), initial=ZERO))


def fill(pool: Pool, free: Decimal) -> list[Allocation]:
    """Serve the pool's demands in their order from `free` stock, then from its supplies; one allocation each."""
    allocations = []
    queue = iter(pool.supplies)
    supply, rest = next(queue, (None, ZERO))
    for demand in pool.demands:
        from_stock = min(free, demand.amount)
        free -= from_stock
        need = demand.amount - from_stock
        pegs = []
        while need > ROUNDING and supply is not None:
            taken = min(need, rest)
            if taken > ROUNDING:
                pegs.append(Peg(supply, taken))
                need -= taken
                rest -= taken
            if rest <= ROUNDING:
                supply, rest = next(queue, (None, ZERO))
        allocations.append(Allocation(from_stock, tuple(pegs), need if need > ROUNDING else ZERO))
    return allocations


def covered(pool: Pool, asked: Decimal) -> datetime | None:
    """When everybody up to somebody in the queue is served, who ask for so much together."""
    asked -= pool.free
    if asked <= ROUNDING:
        return pool.ships
    for supply, left in pool.supplies:
        asked -= left
        if asked <= ROUNDING:
            return max(pool.ships, supply.expected or supply.due)
    return None
