"""Reading again what changed, and no more."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from agent.domain.changes import Change, Noun
from agent.domain.stock import Move
from agent.errors import ErpIncomplete, ErpRefused
from agent.guardrails.policy import ThresholdBook
from agent.ports.erp_changes import ErpChanges
from agent.ports.erp_reader import ErpReader
from agent.risk.live.table import Difference
from agent.risk.live.touched import Touched, trace_lines, trace_moves, trace_orders, trace_pickings, trace_purchase_lines
from agent.risk.live.trade import Trade
from agent.risk.live.world import World
from agent.risk.open_orders import goods_of


class Refresh:
    """Takes changes over into a world. `now` is the moment that dates are told by; raises what the reads raise."""

    def __init__(self, world: World, reader: ErpReader, changes: ErpChanges, now: datetime, limits: ThresholdBook) -> None:
        self._world = world
        self._reader = reader
        self._changes = changes
        self._now = now
        self._trade = Trade(world, reader, limits, now)

    def take_over(self, found: Sequence[Change], touched: Touched) -> None:
        """Read again what these changes are about, and add what depends on what differs to `touched`."""
        world = self._world
        ids, owners = by_noun(found)
        vendors = self._trade.vendors(ids, owners, touched)
        orders = ids[Noun.ORDER] | owners[Noun.ORDER_LINE]
        moves, purchases = ids[Noun.MOVE], ids[Noun.PURCHASE] | owners[Noun.PURCHASE_LINE]
        bought = world.purchase_lines.indexes["purchase_lines_by_product"].rows.keys() - world.products.keys()
        for product_id in (*self._products(ids[Noun.PRODUCT], touched), *(bought & ids[Noun.PRODUCT])):
            orders |= {line.order_id for line in world.lines.rows("lines_by_product", product_id)}
            moves |= {move.id for move in world.moves.rows("moves_by_product", product_id)}
            purchases |= {line.order_id for line in world.purchase_lines.rows("purchase_lines_by_product", product_id)}
        orders |= self._customers(owners[Noun.PARTNER], touched)
        self._orders(orders, touched)
        different = self._moves(moves, touched)
        self._pickings(ids[Noun.PICKING], touched)
        self._purchase_lines(purchases, different, touched)
        self._trade.take_over(ids, owners, vendors, touched)
        strange = self._stock(owners[Noun.QUANT] | _of_moves(world, found, different), touched)
        self._trade.prices(strange, touched)
        self._debts(owners[Noun.INVOICE], orders, touched)

    def _products(self, ids: set[int], touched: Touched) -> list[int]:
        """Those that are called, counted or measured differently now."""
        known = sorted(self._world.products.keys() & ids)
        found = self._reader.products(known) if known else []
        changed = {product.id: product for product in found if product != self._world.products[product.id]}
        self._world.products |= changed
        touched.products |= changed.keys()
        touched.surroundings |= changed.keys()
        return list(changed)

    def _customers(self, ids: set[int], touched: Touched) -> set[int]:
        """Orders that name a customer who is called differently now."""
        before = {key: self._world.customers[key] for key in self._world.customers.keys() & ids}
        self._read_customers(before.keys(), touched)
        renamed = [key for key, old in before.items() if self._world.customers[key].name != old.name]
        return {order.id for key in renamed for order in self._world.orders.rows("by_customer", key)}

    def _read_customers(self, ids: Iterable[int], touched: Touched) -> None:
        found = self._reader.customers(sorted(ids)) if ids else []
        known = self._world.customers
        changed = {customer.id: customer for customer in found if customer != known.get(customer.id)}
        for key, new in changed.items():
            if key in known and known[key].segment is not new.segment:  # whoever could take their goods weighs that
                orders = self._world.orders.rows("by_customer", key)
                touched.surroundings |= self._world.goods_of(order.id for order in orders)
        self._world.customers |= changed
        touched.customers |= changed.keys()

    def _orders(self, ids: set[int], touched: Touched) -> None:
        world = self._world
        found = self._changes.orders_again(sorted(ids)) if ids else []
        lines = goods_of(self._reader.sale_order_lines([order.id for order in found])) if found else []
        before = [line.id for order_id in ids for line in world.lines.rows("lines_by_order", order_id)]
        orders, different = world.orders.renew(ids, found), world.lines.renew(before, lines)
        world.set_parts({row.id for each in different for row in each.versions})
        trace_orders(world, touched, orders)
        trace_lines(world, touched, different)

    def _moves(self, ids: set[int], touched: Touched) -> list[Difference[Move]]:
        world = self._world
        different = world.moves.renew(ids, self._changes.moves_again(sorted(ids)) if ids else [])
        world.set_parts({row.sale_line_id for each in different for row in each.versions if row.sale_line_id is not None})
        trace_moves(world, touched, different)
        return different

    def _pickings(self, ids: set[int], touched: Touched) -> None:
        found = self._changes.pickings_again(sorted(ids)) if ids else []
        trace_pickings(touched, self._world.pickings.renew(ids, found))

    def _purchase_lines(self, purchases: set[int], moves: Sequence[Difference[Move]], touched: Touched) -> None:
        """Those of changed purchases, and those whose receipt changed: they say when it is expected."""
        lines = self._world.purchase_lines
        ids = {row.purchase_line_id for each in moves for row in each.versions if row.purchase_line_id is not None}
        if purchases or ids:
            asked = ids | {line.id for key in purchases for line in lines.rows("by_purchase", key)}
            found = self._changes.purchase_lines_again(sorted(purchases), sorted(ids))
            trace_purchase_lines(self._world, touched, lines.renew(asked, found))

    def _stock(self, ids: set[int], touched: Touched) -> set[int]:
        """Stock of what changed, and of what is wanted for the first time, which is returned; what nobody wants is dropped."""
        world = self._world
        wanted = {key for key in touched.products if world.wanted(key)}
        new = wanted - world.products.keys()
        world.products |= {product.id: product for product in self._reader.products(sorted(new))} if new else {}
        asked = sorted(new | (ids & world.products.keys()))
        changed = world.set_levels(asked, self._reader.stock_levels(asked)) if asked else set()
        for key in touched.products - wanted:
            world.products.pop(key, None)
            changed |= world.set_levels([key], [])
        touched.products |= changed
        touched.counted |= changed
        return new

    def _debts(self, invoiced: set[int], orders: set[int], touched: Touched) -> None:
        """What customers owe, and what those with a limit have taken up; of new customers too."""
        world = self._world
        customers = {order.customer_id for key in orders if (order := world.orders.by_id.get(key))}
        new = customers - world.customers.keys()
        limited = {key for key in (customers | invoiced) & world.customers.keys() if world.customers[key].credit_limit}
        self._read_customers(new | limited, touched)
        asked = new | (invoiced & world.customers.keys())
        if asked:
            self._invoices(asked, touched)
        for key in touched.customers & world.customers.keys():
            if not world.orders.rows("by_customer", key):
                del world.customers[key]
                world.invoices.renew([invoice.id for invoice in world.invoices.rows("overdue_by_customer", key)], [])

    def _invoices(self, customers: set[int], touched: Touched) -> None:
        table = self._world.invoices
        before = [invoice.id for key in customers for invoice in table.rows("overdue_by_customer", key)]
        try:
            found = self._reader.overdue_invoices(self._now, sorted(customers))
        except (ErpRefused, ErpIncomplete):
            return  # the full scan says what may not be seen
        touched.customers |= {row.customer_id for each in table.renew(before, found) for row in each.versions}


def by_noun(found: Iterable[Change]) -> tuple[defaultdict[Noun, set[int]], defaultdict[Noun, set[int]]]:
    """Ids of what changed, and of what it belongs to."""
    ids: defaultdict[Noun, set[int]] = defaultdict(set)
    owners: defaultdict[Noun, set[int]] = defaultdict(set)
    for change in found:
        ids[change.noun].add(change.id)
        if change.of is not None:
            owners[change.noun].add(change.of)
    return ids, owners


def _of_moves(world: World, found: Iterable[Change], different: Sequence[Difference[Move]]) -> set[int]:
    """Products whose stock these moves may have changed: they were done or dropped, or hold something else now."""
    same = {each.new.id for each in different if each.new and each.old and each.old.reserved == each.new.reserved}
    other = {each.new.id for each in different if each.new} - same
    moves = (change for change in found if change.noun is Noun.MOVE and change.of is not None)
    return {move.of for move in moves if move.of and (move.id in other or move.id not in world.moves.by_id)}
