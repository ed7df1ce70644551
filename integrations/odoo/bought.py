"""What a purchase line says of itself and of its order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from agent.domain.money import Money
from agent.domain.quantity import Quantity
from agent.domain.records import Record
from agent.domain.stock import Product
from integrations.odoo.along import Row
from integrations.odoo.lookups import PickingType, Stocked, Unit, received_in
from integrations.odoo.noun import Noun
from integrations.odoo.values import moment, money, quantity

#: What a line's order says of it.
OF_ORDERS = ["name", "state", "partner_id", "date_order", "date_approve", "picking_type_id", "currency_id"]


@dataclass(frozen=True, slots=True)
class Bought:
    """Some purchase lines with what they name, each read once."""

    unit: str
    """Name of the field with the line's unit."""
    products: Mapping[int, Stocked]
    units: Mapping[int, Unit]
    orders: Mapping[int, Row]
    vendors: Mapping[int, Record]
    types: Mapping[int, PickingType]
    currencies: Mapping[int, str]

    def order(self, line: Row) -> Row:
        return self.orders[line["order_id"]]

    def vendor(self, line: Row) -> Record:
        return self.vendors[self.order(line)["partner_id"]]

    def product(self, line: Row) -> Product:
        return self.products[line["product_id"]].product

    def quantity(self, line: Row, field: str) -> Quantity:
        """In the product's own unit."""
        stocked = self.products[line["product_id"]]
        rate = self.units[line[self.unit]].factor / stocked.factor
        return quantity(line[field] * rate, stocked.product.unit)

    def value(self, line: Row) -> Money:
        return money(line["price_subtotal"], self.currencies[self.order(line)["currency_id"]])

    def ordered_at(self, line: Row) -> datetime:
        order = self.order(line)
        return moment(order["date_approve"] or order["date_order"])

    def promised_at(self, line: Row) -> datetime:
        return moment(line["date_planned"] or self.order(line)["date_order"])

    def warehouse_id(self, line: Row) -> int | None:
        return received_in(self.types.get(self.order(line)["picking_type_id"]))


def bought(
    noun: Noun, lines: Sequence[Row], products: Mapping[int, Stocked], known: Mapping[int, Row] = MappingProxyType({})
) -> Bought:
    """Reads what the lines name, apart from their products; these decide which lines are of interest.

    `known`: orders that came along with the lines.
    """
    unit, lookups = noun.dialect.purchase_line_unit, noun.lookups
    units = lookups.units.by_id(line[unit] for line in lines)
    strange = {line["order_id"] for line in lines} - known.keys()
    orders = {**known, **noun.pages.read("purchase.order", strange, OF_ORDERS)}
    return Bought(
        unit=unit,
        products=products,
        units=units,
        orders=orders,
        vendors=lookups.companies.by_id(order["partner_id"] for order in orders.values()),
        types=lookups.picking_types.by_id(order["picking_type_id"] for order in orders.values()),
        currencies=lookups.currencies.by_id(order["currency_id"] for order in orders.values()),
    )
