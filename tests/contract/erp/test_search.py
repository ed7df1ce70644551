"""Finding records by number, name and mail address, in any ERP."""

from datetime import UTC, datetime

import pytest

from agent.domain.company_names import patterns_for
from agent.domain.records import Record
from agent.errors import ErpIncomplete
from tests.contract.erp.conftest import Erp

NOBODY = 2_000_000_000


def test_the_description_shows_a_reader_that_cannot_write(erp: Erp) -> None:
    described = erp.reader.describe()
    assert described.product
    assert described.version
    assert described.login
    assert described.may_write == ()
    if described.clock is not None:
        assert described.clock.utcoffset() is not None


def test_a_products_code_finds_it_first(erp: Erp) -> None:
    line = erp.line("other_warehouse")
    [product] = erp.reader.products([line.product_id])
    assert product.code
    assert erp.reader.search_products(product.code.lower())[0] == product


def test_part_of_a_products_name_finds_it_whatever_its_case(erp: Erp) -> None:
    [product] = erp.reader.products([erp.line("other_warehouse").product_id])
    word = product.name.split()[-1]
    assert product in erp.reader.search_products(word.upper())
    assert len(erp.reader.search_products("e", limit=3)) <= 3


@pytest.mark.parametrize("text", ["%", "e_e", "no such thing at all", "\\"])
def test_a_pattern_is_taken_as_plain_text(erp: Erp, text: str) -> None:
    assert erp.reader.search_products(text) == []
    assert erp.reader.search_vendors(text) == []


def test_a_vendor_is_found_by_part_of_the_name(erp: Erp) -> None:
    _, line = erp.bought_for("receipt_overdue")
    found = erp.reader.search_vendors(line.vendor_name.lower())
    assert found[0] == Record("res.partner", line.vendor_id, line.vendor_name)


def test_a_customer_who_sells_nothing_is_no_vendor(erp: Erp) -> None:
    assert erp.reader.search_vendors(erp.order("promise_missed").customer_name) == []


def test_numbers_find_their_records_and_unknown_ones_are_left_out(erp: Erp) -> None:
    order = erp.order("healthy")
    assert erp.reader.find_by_number("sale.order", [order.name, "S-none"]) == {order.name: [order.record]}
    [picking] = erp.reader.open_pickings([order.id])
    assert erp.reader.find_by_number("stock.picking", [picking.name]) == {picking.name: [picking.record]}
    line = erp.reader.open_purchase_lines()[0]
    assert erp.reader.find_by_number("purchase.order", [line.order_name]) == {line.order_name: [line.record]}
    assert erp.reader.find_by_number("sale.order", []) == {}
    assert erp.reader.find_by_number("sale.order:client_order_ref", ["no such reference"]) == {}
    assert erp.reader.find_by_number("purchase.order:partner_ref", ["no such reference"]) == {}


def test_an_invoice_is_found_by_its_number_and_leads_to_who_owes_it(erp: Erp) -> None:
    customer = erp.order("credit_hold").customer_id
    invoice = erp.reader.overdue_invoices(datetime.now(UTC), [customer])[0]
    assert erp.reader.find_by_number("account.move", [invoice.name]) == {invoice.name: [invoice.record]}
    found = erp.reader.partner_of_record(invoice.record)
    assert found is not None
    assert found.id == customer


def test_numbers_of_another_kind_of_record_are_refused(erp: Erp) -> None:
    with pytest.raises(ErpIncomplete):
        erp.reader.find_by_number("hr.employee", ["1"])


def test_records_lead_to_the_company_behind_them(erp: Erp) -> None:
    order = erp.order("healthy")
    customer = Record("res.partner", order.customer_id, order.customer_name)
    [picking] = erp.reader.open_pickings([order.id])
    line = erp.reader.open_purchase_lines()[0]
    assert erp.reader.partner_of_record(order.record) == customer
    assert erp.reader.partner_of_record(picking.record) == customer
    assert erp.reader.partner_of_record(line.record) == Record("res.partner", line.vendor_id, line.vendor_name)
    assert erp.reader.partner_of_record(Record("sale.order", NOBODY, "S-none")) is None


def test_a_misspelt_name_leads_to_those_who_may_be_meant(erp: Erp) -> None:
    order = erp.order("no_supply")
    [customer] = erp.reader.customers([order.customer_id])
    longest = max(customer.name.split(), key=len)
    misspelt = customer.name.replace(longest, longest[:2] + longest[3:]).upper()
    for spelling in (customer.name, f"{customer.name} GmbH & Co. KG", misspelt):
        assert customer.record in erp.reader.partners_like(patterns_for(spelling)), spelling
    assert erp.reader.partners_like(["no%such%company"]) == []
    assert erp.reader.partners_like([]) == []


def test_of_a_company_the_people_in_it_are_not_offered(erp: Erp) -> None:
    found = erp.reader.partners_like(["a", "e", "i", "o", "u"])
    assert 0 < len(found) <= 200
    assert len({partner.id for partner in found}) == len(found)
    assert all(erp.reader.partner_of_record(partner) == partner for partner in found)


def test_a_mail_address_leads_to_its_company(erp: Erp) -> None:
    order = erp.order("no_supply")
    [customer] = erp.reader.customers([order.customer_id])
    assert customer.email
    domain = customer.email.rpartition("@")[2]
    asked = [customer.email.upper(), domain, "nobody@nowhere.example", "nowhere.example"]
    assert erp.reader.partners_by_email(asked) == {customer.email.upper(): customer.record, domain: customer.record}
    assert erp.reader.partners_by_email([]) == {}


def test_a_note_that_was_never_posted_does_not_exist(erp: Erp) -> None:
    assert not erp.reader.note_exists(erp.record("healthy"), "expediter-p0-000000000000")


def test_nobody_in_the_erp_has_an_address_that_is_not_there(erp: Erp) -> None:
    assert erp.reader.users_by_email(["nobody@nowhere.example"]) == {}
    assert erp.reader.users_by_email([]) == {}
