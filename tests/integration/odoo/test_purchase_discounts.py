"""A discount on a purchase line, which a price that was approved does not know of."""

from decimal import Decimal

from agent.actions import marker_of
from agent.ports.erp_reader import ErpReader
from integrations.odoo.reader import OdooReader
from tests.fixtures.action_world import ActionWorld, day
from tests.fixtures.action_world_odoo import OdooBuilder
from tests.fixtures.odoo import Erp, Odoo


def paid(reader: ErpReader, purchase: str) -> tuple[Decimal, Decimal]:
    """For one unit, and altogether."""
    [paper] = reader.purchase_papers([purchase])
    return paper.lines[0].price.amount, paper.amount.amount


def test_another_vendor_costs_what_was_approved_though_the_draft_had_a_discount(odoo: Odoo, odoo_erp: Erp) -> None:
    reader = OdooReader(odoo.connection("writer"))
    world = ActionWorld(reader, odoo_erp.writer, OdooBuilder(odoo))
    code = world.make.product(prices=(100, 120))
    made = world.carried_out(
        "create_rfq", vendor=world.make.vendors[0], warehouse=world.make.home, goods=f"{code}: 10", arrives=day(9).date()
    )
    [draft] = reader.purchases_marked(marker_of(made))
    odoo.connection("admin").change("purchase.order.line", "write", ids=[draft.lines[0].id], vals={"discount": 20})
    assert paid(reader, draft.name) == (80, 800)

    changed = world.carried_out("change_vendor", purchase=draft.name, vendor=world.make.vendors[1])
    assert [change.after for change in changed.content.preview.changes if change.label == "Total"] == ["1,200.00 USD"]
    assert paid(reader, draft.name) == (120, 1200)
    world.taken_back(changed)
    assert paid(reader, draft.name) == (80, 800)
