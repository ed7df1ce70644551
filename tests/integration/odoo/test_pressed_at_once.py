"""Eight people press Approve on one card in Slack at once: one decision, eight right answers, one write to a real Odoo."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.domain.decisions import Role
from agent.execution import ExecutionContext
from agent.jobs.executor import sweep
from agent.jobs.worker import propose_change
from integrations.database.execution_desk import PostgresExecutionDesk
from integrations.odoo.connection import OdooConnection
from integrations.odoo.reader import OdooReader
from integrations.odoo.writer import OdooWriter
from tests.fixtures.odoo import Odoo
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.slack.running import slack_company
from tests.fixtures.slack.screen import Screen, joined
from tests.fixtures.turns import utc_now, worker_of
from tests.integration.slack.test_card_life import approvals_of, at_once, shown


class Counting(OdooConnection):
    """Knows how often a promise was written through it."""

    writes = 0

    def change(self, model: str, method: str, /, **arguments: Any) -> Any:
        self.writes += (model, method) == ("sale.order", "write")
        return super().change(model, method, **arguments)


@pytest.fixture
def screen(database: TestDatabase, odoo: Odoo) -> Iterator[Screen]:
    reader = OdooReader(odoo.connection("reader"))
    with slack_company(database) as company, ExitStack() as stack:
        yield approvals_of(company, worker_of(database, reader), stack)


def test_eight_people_press_at_once_and_odoo_is_written_to_once(screen: Screen, database: TestDatabase, odoo: Odoo) -> None:
    reader = OdooReader(odoo.connection("reader"))
    order, day = new_order(odoo), (datetime.now(UTC) + timedelta(days=8)).date()
    asked = {"action": "move_promise_date", "arguments": {"order": order, "promise_date": day.isoformat()}, "reason": "Late."}
    inbound = database.inbound(database.person("kai", Role.OPS_AGENT), json.dumps(asked), "propose")
    managers = [joined(screen, Role.SALES_MANAGER)[1] for _ in range(8)]
    propose_change(inbound, worker_of(database, reader))
    card = shown(screen, "Waits for approval")
    at_once(screen, card, managers)
    assert len(screen.decisions()) == 1
    writing = Counting(odoo.url, odoo.database, odoo.account("writer"))
    desk = PostgresExecutionDesk(database.pool("executor"))
    for _ in range(2):
        sweep(ExecutionContext(desk, OdooReader(writing), OdooWriter(writing), lambda: PACKAGED_POLICY, utc_now))
    assert shown(screen, "Done, read back from Odoo").ts == card.ts
    (moved,) = reader.sale_orders([order])
    assert moved.promise_date is not None
    assert moved.promise_date.date() == day
    assert writing.writes == 1


def new_order(odoo: Odoo) -> str:
    """Confirmed, small, promised in a week, for a customer nobody calls strategic."""
    writer = odoo.connection("admin")
    customer = writer.change("res.partner", "create", vals_list=[{"name": "Pressed Together", "is_company": True}])
    product = writer.change("product.product", "create", vals_list=[{"name": "Pressed goods", "is_storable": True}])
    promised = (datetime.now(UTC) + timedelta(days=7)).strftime("%Y-%m-%d 12:00:00")
    line = {"product_id": product[0], "product_uom_qty": 1, "price_unit": 20}
    order = {"partner_id": customer[0], "commitment_date": promised, "order_line": [(0, 0, line)]}
    (number,) = writer.change("sale.order", "create", vals_list=[order])
    writer.change("sale.order", "action_confirm", ids=[number])
    name: str = writer.ask("sale.order", "read", ids=[number], fields=["name"])[0]["name"]
    return name
