"""What a change touches beside its subject: of what touches the same, only one is carried out at a time."""

from collections.abc import Iterable

#: Stock of a product in a warehouse, by their ids.
Stock = tuple[int, int]


def touched(stock: Iterable[Stock], orders: Iterable[int | None] = ()) -> tuple[str, ...]:
    """`stock:12@1` for product 12 in warehouse 1, `sale.order:42` for an order; each once, in one order."""
    names = {f"stock:{product}@{warehouse}" for product, warehouse in stock}
    return tuple(sorted(names | {f"sale.order:{order}" for order in orders if order is not None}))
