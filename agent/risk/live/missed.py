"""What a full look finds that the incremental ones before it had not noticed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from agent.domain.changes import Change, Noun
from agent.risk.live.refresh import by_noun
from agent.risk.live.world import World
from agent.risk.snapshot import Snapshot

_Comparison = tuple[Noun, Mapping[Any, Any], Mapping[Any, Any], Callable[[Any], bool]]

#: Sentences; the rest is counted.
SHOWN = 20


def missed(kept: World, read: Snapshot, later: Iterable[Change]) -> tuple[str, ...]:
    """A sentence for each record that differs and is not among the `later` changes, which came while it was read."""
    found = list(_missed(kept, read, later))
    rest = len(found) - SHOWN
    return (*found[:SHOWN], f"{rest} more records had changed unnoticed.") if rest > 0 else tuple(found)


def _missed(kept: World, read: Snapshot, later: Iterable[Change]) -> Iterator[str]:
    for noun, before, after, expected in _compared(kept, read, later):
        for key in sorted(before.keys() | after.keys()):
            old, new = before.get(key), after.get(key)
            if old != new and not expected(old or new):
                yield _sentence(noun, key, old, new)


def _compared(kept: World, read: Snapshot, later: Iterable[Change]) -> Iterator[_Comparison]:
    """What was known, what was read, and which differences the later changes explain."""
    ids, owners = by_noun(later)
    orders = ids[Noun.ORDER] | owners[Noun.ORDER_LINE]
    purchases = ids[Noun.PURCHASE] | owners[Noun.PURCHASE_LINE]
    moving = owners[Noun.QUANT] | owners[Noun.MOVE]
    products = (kept.products.keys() & read.products.keys()) - ids[Noun.PRODUCT]
    customers = (kept.customers.keys() & read.customers.keys()) - owners[Noun.PARTNER] - owners[Noun.INVOICE]
    yield Noun.ORDER, kept.orders.by_id, read.orders, lambda row: row.id in orders
    yield Noun.ORDER_LINE, kept.lines.by_id, _by_id(read.lines), lambda row: row.order_id in orders
    yield Noun.MOVE, kept.moves.by_id, _by_id(read.moves), lambda row: row.id in ids[Noun.MOVE]
    yield Noun.PICKING, kept.pickings.by_id, _by_id(read.pickings), lambda row: row.id in ids[Noun.PICKING]
    purchase_lines = _by_id(read.purchase_lines)
    yield (
        Noun.PURCHASE_LINE,
        kept.purchase_lines.by_id,
        purchase_lines,
        lambda row: row.order_id in purchases or row.product_id in moving,
    )
    yield Noun.QUANT, kept.levels, read.levels, lambda row: row.product_id not in products or row.product_id in moving
    yield Noun.PRODUCT, kept.products, read.products, lambda row: row.id not in products
    yield Noun.PARTNER, kept.customers, read.customers, lambda row: row.id not in customers
    if kept.snapshot.now.date() == read.now.date():  # else invoices fell due by the clock alone
        yield Noun.INVOICE, kept.invoices.by_id, _by_id(read.overdue_invoices), lambda row: row.customer_id not in customers


def _by_id(rows: Iterable[Any]) -> dict[int, Any]:
    return {row.id: row for row in rows}


def _sentence(noun: Noun, key: object, old: Any, new: Any) -> str:
    """`sale.order 42 had changed unnoticed: promise_date was … and is ….`"""
    what = f"The stock of product {key[0]} in warehouse {key[1]}" if isinstance(key, tuple) else f"{noun} {key}"
    if old is None or new is None:
        return f"{what} had {'come' if old is None else 'gone'} unnoticed."
    pairs = ((field.name, getattr(old, field.name), getattr(new, field.name)) for field in fields(old))
    said = [f"{name} was {was} and is {is_now}" for name, was, is_now in pairs if was != is_now]
    return f"{what} had changed unnoticed: {'; '.join(said)}."
