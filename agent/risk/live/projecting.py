"""The projection that is kept: products projected again are put in, and it tells whom that concerns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from agent.risk.kits import assembled
from agent.risk.live.surroundings import Offers, differing, gifts_differing, surroundings_of
from agent.risk.outlooks import LineOutlook
from agent.risk.pools import PoolKey
from agent.risk.projection import ProductProjection, Projection
from agent.risk.snapshot import grouped

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Shifts:
    """What differs since products were projected again. What is asked for every order is put together once: hence no slots."""

    lines: frozenset[int]
    """Order lines whose outlook differs."""
    gifts: Mapping[PoolKey, Offers]
    """Where others could give something else, or would get it again on another day; with those who give the same."""
    stock: frozenset[PoolKey]
    """Where something else could be sent from."""
    empty: frozenset[PoolKey]
    """Where other transfers have nothing to bring."""

    @cached_property
    def senders(self) -> Mapping[int, frozenset[int]]:
        """Product id → the warehouses of `stock`."""
        found = grouped(self.stock, lambda key: key[0])
        return {product_id: frozenset(warehouse_id for _, warehouse_id in keys) for product_id, keys in found.items()}


class LiveProjection:
    """`projection` is one object that shows how things stand now to everybody who keeps it."""

    def __init__(self, whole: Projection) -> None:
        self._products = dict(whole.products)
        self._lines, self._pools, self._empty = dict(whole.lines), dict(whole.pools), dict(whole.empty)
        self._outlooks: dict[int, dict[int, LineOutlook]] = {}
        for product in self._products.values():
            for outlook in product.outlooks:
                self._outlooks.setdefault(outlook.line.id, {})[product.product_id] = outlook
        self.projection = replace(whole, products=self._products)
        vars(self.projection).update(lines=self._lines, pools=self._pools, empty=self._empty)

    def renew(self, changed: Iterable[ProductProjection]) -> Shifts:
        """Take these products in."""
        lines: set[int] = set()
        gifts: dict[PoolKey, Offers] = {}
        stock: set[PoolKey] = set()
        empty: set[PoolKey] = set()
        for new in changed:
            old = self._products.get(new.product_id) or ProductProjection(new.product_id, (), {}, {}, None)
            shifted = self._renew_outlooks(old, new)
            if shifted or old.pools != new.pools or old.empty != new.empty:
                before, after = surroundings_of(old), surroundings_of(new)
                lines |= shifted
                gifts |= gifts_differing(before.gifts, after.gifts)
                stock |= differing(before.stock, after.stock)
                empty |= differing(before.empty, after.empty)
            _renew(self._pools, old.pools, new.pools.items())
            _renew(self._empty, old.empty, new.empty.items())
            self._products[new.product_id] = new
        for line_id in lines:
            self._put_together(line_id)
        return Shifts(frozenset(lines), gifts, frozenset(stock), frozenset(empty))

    def _renew_outlooks(self, old: ProductProjection, new: ProductProjection) -> set[int]:
        """Lines whose outlook differs."""
        before = {outlook.line.id: outlook for outlook in old.outlooks}
        after = {outlook.line.id: outlook for outlook in new.outlooks}
        lines = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        for line_id in lines:
            of_line = self._outlooks.setdefault(line_id, {})
            if line_id in after:
                of_line[new.product_id] = after[line_id]
            else:
                del of_line[new.product_id]
        return lines

    def _put_together(self, line_id: int) -> None:
        """A line's own outlook, or of a kit's those of its parts."""
        of_line = self._outlooks[line_id]
        parts = [outlook for outlook in of_line.values() if outlook.product_id != outlook.line.product_id]
        if parts:
            self._lines[line_id] = assembled(parts)
        elif of_line:
            self._lines[line_id] = next(iter(of_line.values()))
        else:
            self._lines.pop(line_id, None)
            del self._outlooks[line_id]


def _renew(kept: dict[Key, Value], old: Iterable[Key], new: Iterable[tuple[Key, Value]]) -> None:
    for key in old:
        kept.pop(key, None)
    kept.update(new)
