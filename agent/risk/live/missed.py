"""What a full look finds that the incremental ones before it had not noticed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from agent.domain.changes import Change, Noun
from agent.domain.findings import FindingKind
from agent.guardrails.policy import ThresholdBook
from agent.risk.live.refresh import by_noun
from agent.risk.live.world import World
from agent.risk.snapshot import Snapshot
from agent.risk.taking import KEPT_IN_STORE, LISTED

_Comparison = tuple[str, Mapping[Any, Any], Mapping[Any, Any], Callable[[Any], bool]]

_Ids = defaultdict[Noun, set[int]]

#: Sentences; the rest is counted.
SHOWN = 20


def missed(kept: World, full_at: datetime, read: Snapshot, later: Iterable[Change], limits: ThresholdBook) -> tuple[str, ...]:
    """A sentence for each record that differs and is not among the `later` changes, which came while it was read.

    What one of the two could not look at is not compared, nor what changes from day to day by the clock alone when the full look
    before, `full_at`, was on another day.
    """
    same_day = full_at.date() == read.now.date()
    found = list(_missed(kept, read, later, limits, same_day))
    rest = len(found) - SHOWN
    return (*found[:SHOWN], f"{rest} more records had changed unnoticed.") if rest > 0 else tuple(found)


def _missed(kept: World, read: Snapshot, later: Iterable[Change], limits: ThresholdBook, same_day: bool) -> Iterator[str]:
    ids, owners = by_noun(later)
    for noun, before, after, expected in (
        *_compared(kept, read, ids, owners, same_day),
        *_trade(kept, read, ids, owners, limits),
        *_priced(kept, read, owners, same_day),
    ):
        for key in sorted(before.keys() | after.keys()):
            old, new = before.get(key), after.get(key)
            if old != new and not expected(old or new):
                yield _sentence(noun, key, old, new)


def _compared(kept: World, read: Snapshot, ids: _Ids, owners: _Ids, same_day: bool) -> Iterator[_Comparison]:
    """What was known, what was read, and which differences the later changes explain."""
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
    quants = _there(kept.levels), _there(read.levels)
    yield Noun.QUANT, *quants, lambda row: row.product_id not in products or row.product_id in moving
    yield Noun.PRODUCT, kept.products, read.products, lambda row: row.id not in products
    yield Noun.PARTNER, kept.customers, read.customers, lambda row: row.id not in customers
    if same_day and _seen(kept, read, (FindingKind.CREDIT_HOLD,)):
        yield Noun.INVOICE, kept.invoices.by_id, _by_id(read.overdue_invoices), lambda row: row.customer_id not in customers


def _trade(kept: World, read: Snapshot, ids: _Ids, owners: _Ids, limits: ThresholdBook) -> Iterator[_Comparison]:
    """Likewise, of what is bought, kept in store and offered."""
    lines, moving = (*kept.purchase_lines.by_id.values(), *read.purchase_lines), owners[Noun.QUANT] | owners[Noun.MOVE]
    arriving = {line.order_id for line in lines if line.product_id in moving}
    purchases = ids[Noun.PURCHASE] | owners[Noun.PURCHASE_LINE] | arriving
    yield Noun.PURCHASE, _by_id(kept.rest("purchases")), _by_id(read.purchases), lambda row: row.id in purchases
    before, after = kept.rest("vendors"), read.vendors
    both, partners = before.keys() & after.keys(), ids[Noun.PARTNER] | owners[Noun.PARTNER]
    yield Noun.PARTNER, _only(before, both), _only(after, both), lambda row: row.id in partners
    forgotten = read.now - timedelta(days=limits.longest(["quotation_forgotten_days"]))
    offers = _by_id(kept.rest("quotations")), _by_id(read.quotations)
    yield Noun.ORDER, *offers, lambda row: row.id in ids[Noun.ORDER] or row.ordered_at < forgotten
    if _seen(kept, read, KEPT_IN_STORE):
        yield Noun.RULE, _by_id(kept.rest("reorder_rules")), _by_id(read.reorder_rules), lambda row: row.id in ids[Noun.RULE]


def _priced(kept: World, read: Snapshot, owners: _Ids, same_day: bool) -> Iterator[_Comparison]:
    if same_day and _seen(kept, read, LISTED):
        products = (kept.products.keys() & read.products.keys()) - owners[Noun.PRICE]
        prices = _by_product(kept.rest("vendor_prices")), _by_product(read.vendor_prices)
        yield Noun.PRICE, *prices, lambda row: row.product_id not in products


def _seen(kept: World, read: Snapshot, kinds: Iterable[FindingKind]) -> bool:
    """Both could look at what these rest on."""
    return not (kept.snapshot.unjudged | read.unjudged) & set(kinds)


def _only(rows: Mapping[int, Any], keys: Set[int]) -> dict[int, Any]:
    return {key: rows[key] for key in keys}


def _by_product(rows: Iterable[Any]) -> dict[tuple[int, int], Any]:
    """A price of a product with variants stands once for each."""
    return {(row.id, row.product_id): row for row in rows}


def _there(levels: Mapping[Any, Any]) -> dict[Any, Any]:
    """Nothing in store is as good as no record of it: the ERP drops such records when it likes."""
    return {key: level for key, level in levels.items() if level.on_hand or level.reserved}


def _by_id(rows: Iterable[Any]) -> dict[int, Any]:
    return {row.id: row for row in rows}


def _sentence(noun: str, key: object, old: Any, new: Any) -> str:
    """`sale.order 42 had changed unnoticed: promise_date was … and is ….`"""
    what = f"{noun} {key}"
    if isinstance(key, tuple):
        stock = noun == Noun.QUANT
        what = f"The stock of product {key[0]} in warehouse {key[1]}" if stock else f"{noun} {key[0]} of product {key[1]}"
    if old is None or new is None:
        return f"{what} had {'come' if old is None else 'gone'} unnoticed."
    pairs = ((field.name, getattr(old, field.name), getattr(new, field.name)) for field in fields(old))
    said = [f"{name} was {was} and is {is_now}" for name, was, is_now in pairs if was != is_now]
    return f"{what} had changed unnoticed: {'; '.join(said)}."
