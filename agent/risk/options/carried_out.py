"""How an option is carried out: its action's arguments, and the facts that the policy decides on as the action reads them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from decimal import Decimal
from typing import Any

from agent.actions.buying import Wanted, against_list, at_least_list, priced_facts
from agent.actions.finding import called
from agent.actions.goods import money_of, stored_goods, total
from agent.actions.harm import ZERO, Harm, Shift, harm_of, together, waits_longer
from agent.actions.reservations import added, holding, lacking, less, more
from agent.domain.money import Money
from agent.domain.purchasing import PurchaseLine, Vendor
from agent.domain.quantity import ROUNDING
from agent.errors import PreconditionFailed
from agent.risk.options.ground import Ground
from agent.risk.outlooks import LineOutlook

Loads = Sequence[tuple[LineOutlook, Decimal]]
"""Goods, and how many of them."""


def transfer(ground: Ground, from_id: int, loads: Loads) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Arguments and facts of `create_transfer`; None when it would be refused."""
    houses = ground.situation.snapshot.warehouses
    targets = {leaf.warehouse_id for leaf, _ in loads}
    goods = _added_up(loads)
    target = houses.get(targets.pop() or 0) if len(targets) == 1 else None
    harmed = _harm(ground, [(product, from_id, Shift(taken=amount)) for product, amount in goods.items()])
    if target is None or harmed is None:
        return None
    start = houses[from_id]
    arguments = {"from_warehouse": start.code, "to_warehouse": target.code, "goods": _named(ground, goods), "confirmed": True}
    worth = money_of(total([_cost(leaf, amount) for leaf, amount in loads]))
    return arguments, {**harmed.facts(), "value": worth, "from_warehouse": start.code, "to_warehouse": target.code}


def reassignment(ground: Ground, givers: Sequence[LineOutlook], takers: Loads) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Arguments and facts of `reassign_reservation`.

    None when it would be refused, and when several orders give, for each is a change of its own.
    """
    snapshot, order = ground.situation.snapshot, ground.situation.order
    giving = {giver.line.order_id for giver in givers}
    goods = _added_up(takers)
    if len(giving) != 1:
        return None
    giver = snapshot.orders[giving.pop()]
    shifts = []
    for product, amount in goods.items():
        moves = snapshot.moves_by_product.get(product, ())
        gives = holding([move for move in moves if _order_of(ground, move.sale_line_id) == giver.id], product)
        takes = lacking([move for move in moves if _order_of(ground, move.sale_line_id) == order.id], product)
        steps = (*less(gives, amount), *more(takes, amount))
        if abs(added(steps) - 2 * amount) > ROUNDING:
            return None
        shifts.append((product, takers[0][0].warehouse_id or 0, Shift(reserved={step.move.id: step.by for step in steps})))
    harmed = _harm(ground, shifts)
    if harmed is None:
        return None
    arguments = {"from_order": giver.name, "to_order": order.name, "goods": _named(ground, goods)}
    owner = snapshot.customers.get(giver.customer_id)
    segments = {"segment": ground.situation.segment.value, "segment_giving": owner.segment.value if owner else None}
    return arguments, {**harmed.facts(), **segments}


def confirmation(ground: Ground, purchase: PurchaseLine) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments and facts of `confirm_purchase`. Of a purchase that was not read as a whole, the lines that were are counted."""
    snapshot = ground.situation.snapshot
    whole = snapshot.purchases_by_id.get(purchase.order_id)
    lines = [line.value for line in snapshot.purchase_lines if line.order_id == purchase.order_id]
    cost = whole.amount if whole else total(lines)
    vendor = _vendor(ground, purchase.vendor_id, purchase.vendor_name)
    facts = priced_facts(_at_least_list(ground, purchase, cost), cost, vendor) if cost else {"vendor": vendor.name}
    return {"purchase": purchase.order_name}, {**facts, "state": purchase.order_state}


def message(ground: Ground, purchase: PurchaseLine, fee: Money | None) -> dict[str, Any]:
    """Facts of `send_vendor_message`; how many read it is known when it is written."""
    offered = fee or Money(ZERO, ground.situation.order.amount.currency)
    return {"cost": f"{offered.amount:f}", "currency": offered.currency, "vendor": purchase.vendor_name}


def purchase(
    ground: Ground, leaf: LineOutlook, quantity: Decimal, price: Money, vendor: tuple[int, str], arrives: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments and facts of `create_rfq`, at a price of the vendor's own list."""
    house = ground.situation.snapshot.warehouses.get(leaf.warehouse_id or 0)
    goods = _named(ground, {leaf.product_id: quantity})
    arguments = {
        "vendor": vendor[1],
        "warehouse": house.code if house else "",
        "goods": goods,
        "arrives": arrives,
        "prices": [{"product": goods[0]["product"], "price": f"{price.amount:f}"}],
        "currency": price.currency,
    }
    cost = Money(price.amount * quantity, price.currency)
    return arguments, {**priced_facts(cost, cost, _vendor(ground, *vendor)), **against_list(["0.0"])}


def _at_least_list(ground: Ground, purchase: PurchaseLine, cost: Money) -> Money:
    snapshot = ground.situation.snapshot
    lines = [
        Wanted(
            line.product_id, line.ordered, line.value.share(Decimal(1), line.ordered.amount),
            line.vendor_promise_date.astimezone(UTC).date(),
        )
        for line in snapshot.purchase_lines
        if line.order_id == purchase.order_id and line.value
    ]  # fmt: skip
    known = [price for line in lines for price in snapshot.prices_by_product.get(line.product_id, ())]
    return at_least_list(cost, purchase.vendor_id, lines, known)


def _vendor(ground: Ground, vendor_id: int, name: str) -> Vendor:
    return ground.situation.snapshot.vendors.get(vendor_id) or Vendor(vendor_id, name, frozenset())


def _added_up(loads: Loads) -> dict[int, Decimal]:
    goods: dict[int, Decimal] = {}
    for leaf, amount in loads:
        goods[leaf.product_id] = goods.get(leaf.product_id, ZERO) + amount
    return goods


def _named(ground: Ground, goods: Mapping[int, Decimal]) -> list[dict[str, str]]:
    products = ground.situation.snapshot.products
    return stored_goods([(called(products[product]), amount) for product, amount in goods.items()])


def _cost(leaf: LineOutlook, amount: Decimal) -> Money | None:
    """Of a kit's part nobody knows it here."""
    line = leaf.line
    return line.cost.share(amount, line.ordered.amount) if line.cost and line.product_id == leaf.product_id else None


def _order_of(ground: Ground, line_id: int | None) -> int | None:
    line = ground.situation.snapshot.lines_by_id.get(line_id or 0)
    return line.order_id if line else None


def _harm(ground: Ground, shifts: Iterable[tuple[int, int, Shift]]) -> Harm | None:
    """None when something that is no customer's order waits: the action would be refused."""
    snapshot = ground.situation.snapshot
    lines = snapshot.lines_by_id
    harms = []
    for product, house, shift in shifts:
        level = snapshot.levels.get((product, house))
        moves, bought = snapshot.moves_by_product.get(product, ()), snapshot.purchase_lines_by_product.get(product, ())
        waits = waits_longer(moves, house, level.free.amount if level else ZERO, shift, bought=bought)
        waiting = {move.sale_line_id for move, _ in waits if move.sale_line_id}
        known = {line: snapshot.orders[lines[line].order_id] for line in waiting & lines.keys()}
        try:
            harms.append(harm_of(waits, known, lines, snapshot.customers))
        except PreconditionFailed:
            return None
    return together(harms)
