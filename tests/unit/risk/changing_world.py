"""A World that people work in: every change is dated as an ERP dates it, and nothing else tells of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from agent.domain.changes import Change, Noun
from agent.domain.purchasing import PurchaseLine
from agent.domain.sales import Customer, SaleOrder, SaleOrderLine
from agent.domain.stock import Move, Picking
from tests.unit.risk.builders import NOW, World, units
from tests.unit.risk.world_reader import WorldReader


class ChangingWorld(WorldReader):
    """`ErpReader` and `ErpChanges` over a World; the verbs are what happens there."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.time = NOW
        self.written: list[Change] = []

    def write(self, noun: Noun, key: int, of: int | None = None) -> None:
        self.time += timedelta(seconds=1)
        self.written.append(Change(noun, key, self.time, of))

    # what the port promises

    def calls_sent(self) -> int:
        return self.calls.total()

    def erp_time(self) -> datetime:
        self.calls["erp_time"] += 1
        return self.time

    def changes(self, since: datetime) -> list[Change] | None:
        self.calls["changes"] += 1
        latest = {(change.noun, change.id): change for change in self.written}
        return [change for change in latest.values() if change.written_at >= since]

    def orders_again(self, ids: Sequence[int]) -> list[SaleOrder]:
        self.calls["orders_again"] += 1
        return [order for order in self.open_sale_orders() if order.id in ids]

    def moves_again(self, ids: Sequence[int]) -> list[Move]:
        self.calls["moves_again"] += 1
        return [move for move in self.world.moves if move.id in ids]

    def pickings_again(self, ids: Sequence[int]) -> list[Picking]:
        self.calls["pickings_again"] += 1
        return [picking for picking in self.world.pickings if picking.id in ids]

    def purchase_lines_again(self, purchase_ids: Sequence[int], line_ids: Sequence[int]) -> list[PurchaseLine]:
        self.calls["purchase_lines_again"] += 1
        return [line for line in self.world.purchases if line.order_id in purchase_ids or line.id in line_ids]

    # what happens

    def change_order(self, order: SaleOrder, **given: Any) -> None:
        _put(self.world.orders, replace(order, **given))
        self.write(Noun.ORDER, order.id)

    def change_line(self, line: SaleOrderLine, **given: Any) -> None:
        _put(self.world.lines, replace(line, **given))
        self.write(Noun.ORDER_LINE, line.id, line.order_id)

    def change_move(self, move: Move, **given: Any) -> None:
        """What is reserved is reserved in the stock too; a receipt's date shows on its purchase line, which nobody writes."""
        new = replace(move, **given)
        _put(self.world.moves, new)
        self.write(Noun.MOVE, move.id, move.product_id)
        if new.purchase_line_id is not None:
            for line in [line for line in self.world.purchases if line.id == new.purchase_line_id]:
                _put(self.world.purchases, replace(line, receipt_expected_at=new.expected_at))
        if new.reserved != move.reserved and move.from_warehouse_id is not None:
            self.reserve(move.product_id, move.from_warehouse_id, (new.reserved - move.reserved).amount)

    def add_move(self, move: Move) -> None:
        self.write(Noun.MOVE, move.id, move.product_id)

    def finish_move(self, move: Move) -> None:
        """It is done: gone from the open ones, and the goods are where they were to go."""
        self.world.moves.remove(move)
        self.write(Noun.MOVE, move.id, move.product_id)
        for warehouse, sign in ((move.from_warehouse_id, -1), (move.to_warehouse_id, 1)):
            level = self.world.levels.get((move.product_id, warehouse or 0))
            if warehouse is not None:
                on_hand = (level.on_hand.amount if level else 0) + sign * move.demand.amount
                reserved = level.reserved.amount if level else 0
                self.world.stock(max(on_hand, 0), product=move.product_id, warehouse=warehouse, reserved=max(reserved, 0))

    def reserve(self, product: int, warehouse: int, amount: Any) -> None:
        level = self.world.levels.get((product, warehouse))
        if level:
            self.world.levels[product, warehouse] = replace(level, reserved=units(level.reserved.amount + amount))
            self.write(Noun.QUANT, product * 10 + warehouse, product)

    def count(self, product: int, warehouse: int, on_hand: float) -> None:
        self.world.stock(on_hand, product=product, warehouse=warehouse)
        self.write(Noun.QUANT, product * 10 + warehouse, product)

    def change_purchase(self, line: PurchaseLine, **given: Any) -> None:
        _put(self.world.purchases, replace(line, **given))
        self.write(Noun.PURCHASE_LINE, line.id, line.order_id)

    def cancel_purchase(self, line: PurchaseLine) -> None:
        self.world.purchases.remove(line)
        self.write(Noun.PURCHASE, line.order_id)
        for move in [move for move in self.world.moves if move.purchase_line_id == line.id]:
            self.world.moves.remove(move)
            self.write(Noun.MOVE, move.id, move.product_id)

    def change_customer(self, customer: Customer, **given: Any) -> None:
        """Orders name their customer, and nobody writes them when the name changes."""
        new = replace(customer, **given)
        self.world.customers[customer.id] = new
        for order in [order for order in self.world.orders if order.customer_id == customer.id]:
            _put(self.world.orders, replace(order, customer_name=new.name))
        self.write(Noun.PARTNER, customer.id, customer.id)

    def change_vendor(self, vendor_id: int, name: str, *classes: str) -> None:
        """Purchases and prices name their vendor, and nobody writes them when the name changes."""
        self.world.vendor_classes[vendor_id], self.world.vendor_names[vendor_id] = classes, name
        self.world.purchases[:] = [
            replace(line, vendor_name=name) if line.vendor_id == vendor_id else line for line in self.world.purchases
        ]
        self.world.prices[:] = [
            replace(price, vendor_name=name) if price.vendor_id == vendor_id else price for price in self.world.prices
        ]
        self.write(Noun.PARTNER, vendor_id, vendor_id)

    def rename_product(self, product_id: int, name: str) -> None:
        """Lines name their product, and nobody writes them when the name changes."""
        self.world.products = tuple(
            replace(product, name=name) if product.id == product_id else product for product in self.world.products
        )
        for line in [line for line in self.world.lines if line.product_id == product_id]:
            _put(self.world.lines, replace(line, product_name=name))
        for bought in [line for line in self.world.purchases if line.product_id == product_id]:
            _put(self.world.purchases, replace(bought, product_name=name))
        self.write(Noun.PRODUCT, product_id)


def _put(rows: list[Any], new: Any) -> None:
    rows[next(index for index, row in enumerate(rows) if row.id == new.id)] = new
