"""Who an unknown sender may be is looked for among others: not among ourselves, and not only among the first that fit."""

import pytest

from agent.domain.company_names import patterns_for
from integrations.odoo import search
from integrations.odoo.reader import OdooReader
from tests.fixtures.odoo import Odoo


def test_neither_our_company_nor_a_colleague_is_offered(odoo: Odoo) -> None:
    admin = odoo.connection("admin")
    ours = admin.ask("res.company", "search_read", domain=[], fields=["name"])
    colleagues = admin.ask("res.users", "search_read", domain=[("share", "=", False)], fields=["name"])
    names = {row["name"] for row in [*ours, *colleagues]}
    assert names
    found = OdooReader(odoo.connection("reader")).partners_like(list(names))
    assert names.isdisjoint(partner.name for partner in found)


def test_where_more_fit_than_are_read_the_one_that_is_meant_is_among_them(
    odoo: Odoo, odoo_situations: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = OdooReader(odoo.connection("reader"))
    [order] = reader.sale_orders([odoo_situations["no_supply"]])
    [customer] = reader.customers([order.customer_id])
    monkeypatch.setattr(search, "CANDIDATES", 1)
    before = reader.connection.calls
    for vague in ("a", "e", "i"):
        assert reader.partners_like([vague, *patterns_for(customer.name)]) == [customer.record]
    assert reader.connection.calls - before == 6, "two looks each, however many fit"
