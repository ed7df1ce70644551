"""Which orders are looked at, what of them is still to ship, and who competes for the same goods."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.domain.order_numbers import all_spellings, no_such_order, spellings
from agent.domain.sales import SaleOrder, SaleOrderLine
from agent.domain.stock import Move, Product
from agent.errors import RecordMissing
from agent.ports.erp_reader import ErpReader

STATES = {"draft": "still a quotation", "sent": "a quotation that was sent and not confirmed", "cancel": "cancelled"}


@dataclass(frozen=True, slots=True)
class OpenOrders:
    """Orders with their goods still to ship, the products of these, and every open movement of them."""

    subjects: frozenset[int]
    """Ids of the orders looked at; the others compete with them."""
    orders: Sequence[SaleOrder]
    lines: Sequence[SaleOrderLine]
    products: Mapping[int, Product]
    moves: Sequence[Move]

    @property
    def customer_ids(self) -> list[int]:
        return sorted({order.customer_id for order in self.orders if order.id in self.subjects})


@dataclass(frozen=True, slots=True)
class OpenGoods:
    """Every open order with its goods still to ship."""

    orders: Sequence[SaleOrder]
    lines: Sequence[SaleOrderLine]
    products: dict[int, Product]


def open_goods(reader: ErpReader) -> OpenGoods:
    orders = reader.open_sale_orders()
    return OpenGoods(orders, *_goods(reader, frozenset(order.id for order in orders)))


def all_open_orders(reader: ErpReader, goods: OpenGoods, moves: Sequence[Move]) -> OpenOrders:
    """`moves`: every open movement there is."""
    subjects = frozenset(order.id for order in goods.orders)
    products = goods.products | _parts(reader, goods.products, goods.lines, moves)
    return OpenOrders(subjects, goods.orders, goods.lines, products, moves)


def named_orders(reader: ErpReader, names: Sequence[str]) -> OpenOrders:
    """Those named, with what competes with them. Raises RecordMissing when one does not exist or is not open."""
    orders = reader.open_sale_orders(all_spellings(names))
    _demand_all(names, orders, reader)
    subjects = frozenset(order.id for order in orders)
    lines, products = _goods(reader, subjects)
    products |= _parts(reader, products, lines, _moves_of_kits(reader, products, lines))
    moves = reader.open_moves(sorted(products))
    rivals = _rivals(reader, lines, moves, sorted(products))
    return OpenOrders(subjects, [*orders, *_orders_of(reader, rivals)], [*lines, *rivals], products, moves)


def _goods(reader: ErpReader, subjects: frozenset[int]) -> tuple[list[SaleOrderLine], dict[int, Product]]:
    lines = goods_of(reader.sale_order_lines(sorted(subjects)))
    return lines, {product.id: product for product in reader.products(sorted({line.product_id for line in lines}))}


def goods_of(lines: Iterable[SaleOrderLine]) -> list[SaleOrderLine]:
    """Lines with something left to ship; the others decide nothing."""
    return [line for line in lines if line.goods and line.delivered < line.ordered]


def _moves_of_kits(reader: ErpReader, products: Mapping[int, Product], lines: Sequence[SaleOrderLine]) -> list[Move]:
    kits = [line.id for line in lines if line.product_id in products and products[line.product_id].kit]
    return reader.moves_of_lines(kits) if kits else []


def _parts(
    reader: ErpReader, products: Mapping[int, Product], lines: Iterable[SaleOrderLine], moves: Iterable[Move]
) -> dict[int, Product]:
    """What leaves for these lines and is none of their products: the parts of kits."""
    own = {line.id for line in lines}
    parts = sorted({move.product_id for move in moves if move.sale_line_id in own} - products.keys())
    return {product.id: product for product in reader.products(parts)} if parts else {}


def _rivals(
    reader: ErpReader, lines: Sequence[SaleOrderLine], moves: Iterable[Move], product_ids: Sequence[int]
) -> list[SaleOrderLine]:
    """Lines of other open orders that want the same products, also those of kits that they are parts of."""
    known = {line.id for line in lines}
    rivals = {line.id: line for line in goods_of(reader.open_order_lines(product_ids)) if line.id not in known}
    strange = sorted({move.sale_line_id for move in moves if move.sale_line_id is not None} - known - rivals.keys())
    if strange:
        still_open = {
            order.id for order in reader.orders_of_lines(strange).values() if order.state == "sale" and not order.complete
        }
        more = goods_of(reader.sale_order_lines(sorted(still_open))) if still_open else []
        rivals |= {line.id: line for line in more if line.id in set(strange)}
    return list(rivals.values())


def _orders_of(reader: ErpReader, lines: Sequence[SaleOrderLine]) -> list[SaleOrder]:
    """Other orders that want the same products."""
    found = reader.orders_of_lines(sorted(line.id for line in lines))
    return list({order.id: order for order in found.values()}.values())


def _demand_all(names: Sequence[str], found: Iterable[SaleOrder], reader: ErpReader) -> None:
    known = {order.name for order in found}
    absent = sorted(name for name in set(names) if known.isdisjoint(spellings(name)))
    if not absent:
        return
    other = {order.name: order for order in reader.sale_orders(all_spellings(absent))}
    named = {name: next((other[each] for each in spellings(name) if each in other), None) for name in absent}
    raise RecordMissing(" ".join(_why_absent(name, order) for name, order in named.items()))


def _why_absent(name: str, order: SaleOrder | None) -> str:
    if order is None:
        return no_such_order(name)
    if order.state in STATES:
        state = f"{STATES[order.state]} (state {order.state})"
        return f"{order.name} is {state}, not a confirmed order; nothing is promised yet or any more."
    return f"{order.name} has nothing left to deliver: it went out completely, or its rest was cancelled."
