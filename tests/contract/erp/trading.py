"""Small records of one test's own, entered as a person would: an order to lose, one that left in part, a posted invoice."""

from dataclasses import dataclass
from typing import Any, Protocol

import pytest

from agent.domain.records import Record
from agent.ports.erp_reader import ErpReader
from integrations.demo import DemoReader
from integrations.odoo.reader import OdooReader
from tests.fixtures.demo import DemoDatabase
from tests.fixtures.odoo import Odoo
from tests.fixtures.situations import names_of

ODOO = {"odoo19-json-rpc": ("odoo", False), "odoo19-json-2": ("odoo", True), "odoo14": ("odoo_14", False)}


class Trading(Protocol):
    colleague: str
    """Somebody who works with the ERP."""
    reader: ErpReader
    """With the login that writes."""

    def order_to_lose(self) -> str:
        """Confirmed, nothing delivered."""

    def partly_delivered(self) -> tuple[str, str]:
        """An order, and the product of which a part has left."""

    def without_address(self) -> str:
        """An order of a customer that cannot be mailed."""

    def of_a_german_company(self) -> str:
        """An order of a customer who is written to in German."""

    def two_of_one_customer(self) -> tuple[str, str]:
        """Orders of somebody who can be mailed."""

    def posted_invoice(self) -> str:
        """Without a credit note."""

    def do_activity(self, record: Record, marker: str) -> None:
        """Somebody does what was asked for."""


def trading_of(which: str, request: pytest.FixtureRequest) -> Trading:
    if which == "demo":
        return DemoTrading(request.getfixturevalue("demo_database"))
    fixture, by_key = ODOO[which]
    return OdooTrading(request.getfixturevalue(fixture), by_key=by_key)


@dataclass
class DemoTrading:
    database: DemoDatabase
    colleague: str = "Nadia Haddad"

    @property
    def reader(self) -> ErpReader:
        return DemoReader(self.database.pool("executor"))

    def order_to_lose(self) -> str:
        return self._one("SELECT o.name FROM demo.sale_order o WHERE o.state = 'sale' AND NOT o.locked AND NOT EXISTS ("
                         "SELECT FROM demo.sale_order_line l LEFT JOIN demo.invoice_line i ON i.sale_line_id = l.id "
                         "WHERE l.order_id = o.id AND (l.delivered > 0 OR i.id IS NOT NULL)) AND EXISTS ("
                         "SELECT FROM demo.picking k WHERE k.sale_order_id = o.id AND k.state = 'assigned')")  # fmt: skip

    def partly_delivered(self) -> tuple[str, str]:
        left = "FROM demo.sale_order o JOIN demo.sale_order_line l ON l.order_id = o.id " \
               "WHERE o.state = 'sale' AND o.delivery_status = 'partial' AND l.delivered > 1 AND NOT o.locked"  # fmt: skip
        order = self._one(f"SELECT o.name {left}")
        code = f"SELECT p.code FROM demo.product p WHERE p.id IN (SELECT l.product_id {left} AND o.name = %s)"
        return order, self._one(code, order)

    def without_address(self) -> str:
        order = self.order_to_lose()
        self._one("UPDATE demo.partner SET email = '' WHERE id = (SELECT customer_id FROM demo.sale_order WHERE name = %s) "
                  "RETURNING name", order)  # fmt: skip
        return order

    def of_a_german_company(self) -> str:
        order = self.order_to_lose()
        self._one("UPDATE demo.partner SET language = 'de' WHERE id = (SELECT customer_id FROM demo.sale_order WHERE name = %s) "
                  "RETURNING name", order)  # fmt: skip
        return order

    def two_of_one_customer(self) -> tuple[str, str]:
        first = self.order_to_lose()
        buyer, other = "SELECT customer_id FROM demo.sale_order WHERE name = %s", "state = 'sale' AND delivery_status = 'pending'"
        return first, self._one(
            f"UPDATE demo.sale_order SET customer_id = ({buyer}) WHERE id = "
            f"(SELECT min(id) FROM demo.sale_order WHERE {other} AND name <> %s) RETURNING name",
            first,
            first,
        )

    def do_activity(self, record: Record, marker: str) -> None:
        self._one("UPDATE demo.activity SET open = false WHERE marker = %s RETURNING summary", marker)

    def posted_invoice(self) -> str:
        return self._one("SELECT name FROM demo.invoice WHERE kind = 'invoice' AND state = 'posted'")

    def _one(self, query: str, *values: str) -> str:
        with self.database.connect("admin") as connection:
            row = connection.execute(query.encode(), values).fetchone()
        assert row is not None
        return str(row[0])


class OdooTrading:
    def __init__(self, odoo: Odoo, *, by_key: bool) -> None:
        self.reader = OdooReader(odoo.connection("writer", by_key=by_key))
        self._admin = odoo.connection("admin")
        self._names = names_of(self._admin)
        self.colleague = "Marc Demo"
        self._may_draft_credit_notes(odoo)

    def order_to_lose(self) -> str:
        return self._name("sale.order", self._order({"email": "buyer@example.com"}))

    def without_address(self) -> str:
        return self._name("sale.order", self._order({}))

    def mail_goes_to_the_company(self) -> str:
        """An order of a contact without an address, whose company has one."""
        company = self._create("res.partner", name="Acted Company", is_company=True, email="office@example.com")
        return self._name("sale.order", self._order({"parent_id": company, "type": "contact"}))

    def of_a_german_company(self) -> str:
        """Ordered by a contact for whom no language is set."""
        german = self._admin.ask("res.lang", "search", domain=[("code", "=", "de_DE")], context={"active_test": False})
        self._admin.change("res.lang", "write", ids=german, vals={"active": True})
        company = self._create("res.partner", name="Acted Werft", is_company=True, lang="de_DE")
        contact = {"parent_id": company, "type": "contact", "email": "einkauf@example.com", "lang": False}
        return self._name("sale.order", self._order(contact))

    def two_of_one_customer(self) -> tuple[str, str]:
        partner = self._partner({"email": "buyer@example.com"})
        first, second = self._order_of(partner), self._order_of(partner)
        return self._name("sale.order", first), self._name("sale.order", second)

    def do_activity(self, record: Record, marker: str) -> None:
        wanted = [("res_model", "=", record.model), ("res_id", "=", record.id), ("note", "like", marker)]
        self._admin.change("mail.activity", "action_done", ids=self._admin.ask("mail.activity", "search", domain=wanted))

    def partly_delivered(self) -> tuple[str, str]:
        order = self._order({"email": "buyer@example.com"})
        moves = self._admin.ask("stock.move", "search", domain=[("sale_line_id.order_id", "=", order)])
        [picking] = self._admin.ask("stock.picking", "search", domain=[("sale_id", "=", order)])
        done = {self._names.quantity_done: 4, **({"picked": True} if self._names.done_is_picked else {})}
        self._admin.change("stock.move", "write", ids=moves, vals=done)
        context = {"skip_backorder": True, "picking_ids_not_to_backorder": []}
        told = self._admin.change("stock.picking", "button_validate", ids=[picking], context=context)
        if isinstance(told, dict):
            given = told["context"]
            vals = {"pick_ids": [(6, 0, [picking])], "backorder_confirmation_line_ids": [
                (0, 0, {"picking_id": picking, "to_backorder": True})]}  # fmt: skip
            wizard = self._admin.change(told["res_model"], "create", vals_list=[vals], context=given)
            self._admin.change(told["res_model"], "process", ids=wizard, context=given)
        return self._name("sale.order", order), "ACT-1"

    def posted_invoice(self) -> str:
        line = {"name": "Crates", "quantity": 2, "price_unit": 115.0}
        values = {"move_type": "out_invoice", "partner_id": self._partner({}), "invoice_date": "2026-01-15",
                  "invoice_line_ids": [(0, 0, line)]}  # fmt: skip
        invoice = self._create("account.move", **values)
        self._admin.change("account.move", "action_post", ids=[invoice])
        return self._name("account.move", invoice)

    def _order(self, customer: dict[str, Any]) -> int:
        return self._order_of(self._partner(customer))

    def _order_of(self, partner: int) -> int:
        lines = [(0, 0, {"product_id": self._product(), "product_uom_qty": 10})]
        order = self._create("sale.order", partner_id=partner, order_line=lines)
        self._admin.change("sale.order", "action_confirm", ids=[order])
        return order

    def _product(self) -> int:
        known = self._admin.ask("product.product", "search", domain=[("default_code", "=", "ACT-1")])
        values = {"name": "Acted crate", "default_code": "ACT-1", "type": "consu", "list_price": 20.0}
        return int(known[0]) if known else self._create("product.product", **values)

    def _partner(self, values: dict[str, Any]) -> int:
        return self._create("res.partner", name="Acted Customer", **values)

    def _create(self, model: str, **values: Any) -> int:
        return int(self._admin.change(model, "create", vals_list=[values])[0])

    def _name(self, model: str, key: int) -> str:
        return str(self._admin.ask(model, "read", ids=[key], fields=["name"])[0]["name"])

    def _may_draft_credit_notes(self, odoo: Odoo) -> None:
        """What docs/how-to/connect-odoo.md asks for: the writer's login may enter invoices."""
        login = odoo.account("writer").login
        groups = "group_ids" if "group_ids" in self._admin.ask("res.users", "fields_get", attributes=["type"]) else "groups_id"
        data = [("module", "=", "account"), ("name", "=", "group_account_invoice")]
        [group] = self._admin.ask("ir.model.data", "search_read", domain=data, fields=["res_id"])
        users = self._admin.ask("res.users", "search", domain=[("login", "=", login)])
        self._admin.change("res.users", "write", ids=users, vals={groups: [(4, group["res_id"])]})
