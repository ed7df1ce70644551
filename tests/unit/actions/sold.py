"""An ERP in memory that knows what was agreed on with a customer."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from agent.domain.contacts import Activity, Case, Colleague, Contact
from agent.domain.money import Money
from agent.domain.order_terms import Carriage, CreditNote, Invoice, LineTerms
from agent.domain.quantity import Quantity
from agent.domain.records import Record
from agent.domain.sales import SaleOrderLine
from tests.unit.execution.fakes import Erp

NOT_LEFT = Carriage(None, None, (Record("stock.picking", 3, "OUT/1"),), (None,))
OWED = Invoice(9, "INV/1", 7, "posted", Money(Decimal("230.00"), "EUR"), "not_paid")


def line(**changes: Any) -> LineTerms:
    """Ten crates at 100.00 each that cost 60.00 each."""
    base = LineTerms(
        id=7,
        order_id=42,
        product="Wooden crate",
        code="CRT-1",
        quantity=Quantity(Decimal(10), "pieces"),
        delivered=Quantity(Decimal(0), "pieces"),
        invoiced=Quantity(Decimal(0), "pieces"),
        unit_price=Decimal(100),
        discount_percent=Decimal(0),
        value=Money(Decimal(1000), "EUR"),
        cost=Money(Decimal(600), "EUR"),
    )
    return replace(base, **changes)


@dataclass
class Sold(Erp):
    lines: list[LineTerms] = field(default_factory=lambda: [line()])
    tags: list[str] | None = field(default_factory=list)
    people: list[Contact] = field(default_factory=lambda: [Contact(7, "Acme", "buyer@acme.example")])
    people_of: dict[int, list[Contact]] = field(default_factory=dict)
    """Of orders that others follow, by their ids."""
    order_lines: list[SaleOrderLine] = field(default_factory=list)
    carried: Carriage = NOT_LEFT
    invoice: Invoice = OWED
    notes_of_credit: list[CreditNote] = field(default_factory=list)
    asked: dict[str, Activity] = field(default_factory=dict)
    archived: set[str] = field(default_factory=set)
    """Marks of activities that were done and are kept."""
    desks: list[Record] = field(default_factory=list)
    cases: dict[str, Case] = field(default_factory=dict)

    def line_terms(self, order_id: int) -> list[LineTerms]:
        self._read()
        return self.lines

    def order_tags(self, order_id: int) -> list[str] | None:
        return self.tags

    def sale_tags(self) -> list[Record]:
        return [Record("crm.tag", 1, "Expedite"), Record("crm.tag", 2, "Fragile")]

    def carriers(self) -> list[Record]:
        return [Record("delivery.carrier", 1, "Kade Freight"), Record("delivery.carrier", 2, "Vale Overnight")]

    def carriage(self, order: Record) -> Carriage:
        return self.carried

    def customer_invoices(self, names: Sequence[str]) -> list[Invoice]:
        return [self.invoice] if self.invoice.name in names else []

    def credit_notes(self, invoice_id: int, marker: str) -> list[CreditNote]:
        return self.notes_of_credit

    def addressees(self, record: Record) -> list[Contact]:
        self._read()
        return self.people_of.get(record.id, self.people)

    def sale_order_lines(self, order_ids: Sequence[int]) -> list[SaleOrderLine]:
        self._read()
        return [line for line in self.order_lines if line.order_id in order_ids]

    def colleagues(self, name: str) -> list[Colleague]:
        return [Colleague(5, "Nadia Haddad")] if name.casefold() in ("nadia haddad", "nadia") else []

    def activity(self, record: Record, marker: str) -> Activity | None:
        self._read()
        return self.asked.get(marker)

    def asked_for(self, record: Record, marker: str) -> bool:
        self._read()
        return marker in self.asked or marker in self.archived

    def case_desks(self) -> list[Record]:
        return self.desks

    def case(self, desk: Record, marker: str) -> Case | None:
        return self.cases.get(marker)

    def find_by_number(self, model: str, numbers: Sequence[str]) -> dict[str, list[Record]]:
        return {name: [Record("sale.order", 42, name)] for name in numbers if model == "sale.order" and name in self.orders}

    def send_message(self, record: Record, to: Sequence[Contact], text: str, marker: str) -> None:
        self._write(lambda: self._append_note(f"{text} [{marker}]"))

    def schedule_activity(self, record: Record, owner: Colleague, due: date | None, summary: str, text: str, marker: str) -> None:
        self._write(lambda: self._ask(owner, due or date.min, summary, marker))

    def set_line_terms(self, line: Record, quantity: Decimal, unit_price: Decimal, discount_percent: Decimal) -> None:
        self._write(lambda: self._agree(quantity, unit_price, discount_percent))

    def _ask(self, owner: Colleague, due: date, summary: str, marker: str) -> None:
        self.asked[marker] = Activity(len(self.asked) + 1, summary, owner.name, due)
        self.effects.append(summary)

    def _agree(self, quantity: Decimal, unit_price: Decimal, discount: Decimal) -> None:
        unit = self.lines[0].quantity.unit
        value = Money(quantity * unit_price * (100 - discount) / 100, "EUR")
        agreed = {"unit_price": unit_price, "discount_percent": discount, "value": value}
        self.lines = [replace(self.lines[0], quantity=Quantity(quantity, unit), **agreed)]
        self.effects.append(f"{quantity} at {unit_price} less {discount}")
