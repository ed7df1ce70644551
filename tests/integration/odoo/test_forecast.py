"""Our projection says what Odoo's own forecast says of every open move, but for the named traps."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from rich.console import Console
from rich.table import Table

from agent.risk.terms import terms_of
from evals.forecast import Comparison, compare, everything, odoo_forecast
from evals.forecast_traps import TRAPS
from integrations.odoo.reader import OdooReader
from tests.fixtures.odoo import ODOO_UP, Odoo, odoo_of_ones_own
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.fixtures.situations import plant
from tests.fixtures.supply_chains import SupplyChains

ORDERS = 3_000
LEAST = 0.99
pytestmark = pytest.mark.timeout(900)


class Mixture(SupplyChains):
    """What the generated orders lack: starred deliveries, steps, transfers, other units, backorders, more than one warehouse."""

    def all_of_it(self) -> None:
        self.starred()
        self.promised_otherwise()
        self.in_steps()
        self.transfers_between()
        self.made_to_order_in_part()
        self.by_the_dozen()
        self.put_away()
        self.delivery_cancelled()

    def unreserved(self, order: int, **values: str) -> None:
        pickings = self.transfers(order)
        self.call("stock.picking", "do_unreserve", ids=pickings)
        if values:
            self.call("stock.picking", "write", ids=pickings, vals=values)

    def starred(self) -> None:
        goods = self.goods("starred")
        self.stock(goods, 12)
        for promise, priority in ((2, "0"), (8, "1"), (4, "0"), (6, "1")):
            self.unreserved(self.sold(goods, 10, promise), priority=priority)
        for day in (3, 9):
            self.bought({goods: 10}, day)

    def promised_otherwise(self) -> None:
        """The promise is moved; the deliveries stay planned as they were."""
        goods = self.goods("promised-otherwise")
        orders = [self.sold(goods, 5, promise) for promise in (2, 4)]
        self.bought({goods: 5}, 3)
        self.call("sale.order", "write", ids=[orders[0]], vals={"commitment_date": self.day(9)})

    def in_steps(self) -> None:
        place = self.warehouse("FC1", delivery_steps="pick_pack_ship")
        goods = self.goods("in-steps")
        self.stock(goods, 9, place)
        begun = self.sold(goods, 7, warehouse=place)
        self.sold(goods, 6, 8, warehouse=place)
        self.done(self.transfers(begun, "assigned")[0], 4)
        self.bought({goods: 3}, 4, place)

    def transfers_between(self) -> None:
        goods = self.goods("transferred")
        self.stock(goods, 4, self.lyon)
        for promise in (3, 6):
            self.sold(goods, 5, promise)
        self.transfer(goods, 10, self.lyon, self.home, 2)

    def made_to_order_in_part(self) -> None:
        goods = self.made_to_order("in-part")
        orders = [self.sold(goods, amount) for amount in (8, 5)]
        lines = self.connection.ask(
            "purchase.order.line", "search_read", domain=[("product_id", "=", goods)], fields=["order_id"], load=""
        )
        for purchase in {line["order_id"] for line in lines}:
            self.call("purchase.order", "button_confirm", ids=[purchase])
            for receipt in self.receipts(purchase)[:1]:
                self.done(receipt, 3)
        assert orders

    def by_the_dozen(self) -> None:
        goods = self.goods("by-the-dozen")
        self.stock(goods, 30)
        customer = self.customer("Buyer of dozens")
        for promise in (3, 5):
            self.order(customer, promise, {goods: 2}, unit=self.ref("uom.product_uom_dozen"))
        self.bought({goods: 20}, 4)

    def put_away(self) -> None:
        place = self.warehouse("FC2", reception_steps="three_steps")
        goods = self.goods("put-away")
        for promise in (4, 7):
            self.sold(goods, 4, promise, warehouse=place)
        self.done(self.receipts(self.bought({goods: 6}, 2, place))[0])

    def delivery_cancelled(self) -> None:
        goods = self.goods("cancelled")
        self.stock(goods, 5)
        first = self.sold(goods, 5, 1)
        self.call("stock.picking", "action_cancel", ids=self.transfers(first))
        self.unreserved(self.sold(goods, 5, 4))


@pytest.fixture(scope="module")
def comparison(request: pytest.FixtureRequest) -> Iterator[Comparison]:
    with odoo_of_ones_own(request) as odoo:
        connection = odoo.connection("admin", timeout_s=120)
        plant(connection, odoo.sql)
        Mixture(connection, odoo.sql).all_of_it()
        _scale(odoo)
        reader = odoo.connection("reader", timeout_s=120)
        snapshot = everything(OdooReader(reader), datetime.now(UTC))
        compared = compare(snapshot, terms_of(PACKAGED_POLICY, snapshot), odoo_forecast(reader, snapshot))
        _show(compared)
        yield compared


def test_outside_the_named_traps_both_say_the_same(comparison: Comparison) -> None:
    assert comparison.moves > ORDERS
    assert comparison.agreement >= LEAST, [each for each in comparison.disagreements if not each.reasons][:10]


def test_with_every_trap_cured_both_say_the_same_of_every_move(comparison: Comparison) -> None:
    assert comparison.differing_when_cured <= (1 - LEAST) * comparison.moves


@pytest.mark.parametrize("trap", [trap.name for trap in TRAPS])
def test_each_trap_is_met(comparison: Comparison, trap: str) -> None:
    """What never explains anything would be no trap, but an excuse."""
    assert any(trap in each.reasons for each in comparison.disagreements)


def _scale(odoo: Odoo) -> None:
    scale = ODOO_UP.with_name("odoo-scale")
    subprocess.run([sys.executable, str(scale), str(ORDERS), "--db", odoo.database], check=True, capture_output=True)


def _show(comparison: Comparison) -> None:
    table = Table(title=f"{comparison.moves} open moves beside Odoo's forecast: {comparison.agreement:.2%} outside the traps")
    for heading in ("moves", "differ because"):
        table.add_column(heading)
    for reason, moves in comparison.by_reason().most_common():
        table.add_row(str(moves), reason)
    Console().print(table)
