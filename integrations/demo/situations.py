"""The planted situations of docs/demo-company.md: orders with names worth remembering, each in exactly one kind of trouble."""

from decimal import Decimal

from integrations.demo.books import Books
from integrations.demo.buying import buy, order_from
from integrations.demo.company import Company
from integrations.demo.invoicing import invoice
from integrations.demo.selling import Sale

#: Situation → name of the sale order it is planted in.
SITUATIONS: dict[str, str] = {
    "promise_missed": "S01111",
    "promise_at_risk": "S01222",
    "no_supply": "S01333",
    "receipt_overdue": "S01444",
    "picking_stalled": "S01555",
    "credit_hold": "S01666",
    "other_warehouse": "S01777",
    "healthy": "S01888",
    "healthy_two": "S01999",
    "dozens": "S02000",
}
#: The delivered order of the damage claim, and the purchases that the sample mails name.
DAMAGED_ORDER = "S01234"
DELAYED_PURCHASE, CONFIRMED_PURCHASE, OVERDUE_PURCHASE = "P00222", "P00333", "P00444"

#: Nothing else is sold or bought of these, so that the story stays as told.
PLANTED_CODES = frozenset({"BEL-5", "MSK-2", "ROP-5", "HAR-4", "TWL-4"})
#: No other open orders: one overdue customer must not turn half the board red.
PLANTED_CUSTOMERS = frozenset({"Conservas Alborán"})


def plant(books: Books, company: Company) -> None:
    for situation in (_missed, _at_risk, _no_supply, _overdue, _stalled, _credit, _elsewhere, _healthy, _damaged, _unconfirmed):
        situation(books, company)


def _sale(books: Books, company: Company, name: str, customer: str, warehouse: str, promise_days: float) -> Sale:
    promise = books.at(promise_days, 15)
    return Sale(books, company, int(name[1:]), company.customers[customer], warehouse, promise)


def _reserve(sale: Sale, scheduled_days: float, lines: dict[str, int], responsible: str | None) -> None:
    picking = sale.delivery(sale.books.at(scheduled_days, 8), responsible)
    for code, quantity in lines.items():
        sale.reserved(picking, sale.line(sale.company.product(code), Decimal(quantity)))


def _missed(books: Books, company: Company) -> None:
    sale = _sale(books, company, SITUATIONS["promise_missed"], "Grand Hôtel Beaurivage", "RTM", -3)
    _reserve(sale, -4, {"TWL-2": 320, "LIN-3": 80, "SOP-2": 24}, "Walter Brandsma")


def _at_risk(books: Books, company: Company) -> None:
    sale = _sale(books, company, SITUATIONS["promise_at_risk"], "Noordzee Brouwerij", "RTM", 2)
    picking = sale.delivery(books.at(2, 8), "Yusuf Demir")
    belt = sale.line(company.product("BEL-5"), Decimal(60))
    kessler = company.vendors["Kessler Fördertechnik"]
    # The vendor has moved its date; the receipt was never told, as happens in Odoo.
    sale.made_to_order(picking, belt, kessler, books.at(9, 12), books.at(1, 12), DELAYED_PURCHASE)
    sale.reserved(picking, sale.line(company.product("VAL-4"), Decimal(20)))


def _no_supply(books: Books, company: Company) -> None:
    sale = _sale(books, company, SITUATIONS["no_supply"], "Clinique Saint-Roch", "LYN", 4)
    picking = sale.delivery(books.at(4, 8), "Chloé Martin")
    sale.unsupplied(picking, sale.line(company.product("MSK-2"), Decimal(120)))
    sale.reserved(picking, sale.line(company.product("GLV-3"), Decimal(100)))


def _overdue(books: Books, company: Company) -> None:
    sale = _sale(books, company, SITUATIONS["receipt_overdue"], "Werft Elbmann", "RTM", 3)
    picking = sale.delivery(books.at(3, 8))
    rope = sale.line(company.product("ROP-5"), Decimal(1200))
    bradfield = company.vendors["Bradfield Fasteners"]
    sale.made_to_order(picking, rope, bradfield, books.at(-5, 12), name=OVERDUE_PURCHASE)


def _stalled(books: Books, company: Company) -> None:
    sale = _sale(books, company, SITUATIONS["picking_stalled"], "Castlebridge Hotels", "DUB", 2)
    _reserve(sale, -4, {"GLS-1": 480, "PLT-2": 240, "CUT-1": 30}, None)


def _credit(books: Books, company: Company) -> None:
    customer = company.customers["Conservas Alborán"]
    customer.credit_limit = Decimal(15_000)
    for number, code, quantity, overdue_days in ((512, "PAL-3", 640, 41), (761, "DEG-3", 1800, 19)):
        sale = Sale(books, company, number, customer, "LYN", books.at(-overdue_days - 31, 15))
        line = sale.line(company.product(code), Decimal(quantity))
        sale.order.ordered_at = books.at(-overdue_days - 40)
        sale.shipped(line, line.ordered, books.at(-overdue_days - 31, 11))
        invoice(sale, issued=books.at(-overdue_days - 30), due=books.at(-overdue_days), paid=False)
    sale = _sale(books, company, SITUATIONS["credit_hold"], customer.name, "LYN", 6)
    _reserve(sale, 5, {"BOX-4": 4000, "TAP-5": 360}, "Karim Benali")


def _elsewhere(books: Books, company: Company) -> None:
    sale = _sale(books, company, SITUATIONS["other_warehouse"], "Sailmakers of Cork", "DUB", 5)
    harness = company.product("HAR-4")
    picking = sale.delivery(books.at(5, 8), "Ciara Nolan")
    move = sale.unsupplied(picking, sale.line(harness, Decimal(14)))
    books.put(harness, company.stock["DUB"], Decimal(4))
    books.hold(move, Decimal(4))
    books.put(harness, company.stock["LYN"], Decimal(40))


def _healthy(books: Books, company: Company) -> None:
    one = _sale(books, company, SITUATIONS["healthy"], "Maison Perrault Traiteur", "LYN", 6)
    _reserve(one, 5, {"NAP-2": 40, "CUT-2": 12}, "Chloé Martin")
    two = _sale(books, company, SITUATIONS["healthy_two"], "Fährbetrieb Nordkant", "RTM", 14)
    line = two.line(company.product("COF-2"), Decimal(150))
    roaster = company.vendors["Koffiebranderij Maas"]
    two.made_to_order(two.delivery(books.at(10, 8), "Yusuf Demir"), line, roaster, books.at(4, 12))
    dozens = _sale(books, company, SITUATIONS["dozens"], "Castlebridge Hotels", "DUB", 7)
    picking = dozens.delivery(books.at(6, 8), "Ciara Nolan")
    dozens.reserved(picking, dozens.line(company.product("GLS-4"), Decimal(240), dozens=True))


def _damaged(books: Books, company: Company) -> None:
    sale = _sale(books, company, DAMAGED_ORDER, "Quayside Seafood", "DUB", -2)
    line = sale.line(company.product("PLT-5"), Decimal(144))
    sale.shipped(line, line.ordered, books.at(-2, 11))
    invoice(sale, issued=books.at(-2), due=books.at(28), paid=False)


def _unconfirmed(books: Books, company: Company) -> None:
    minho = company.vendors["Textil Minho"]
    purchase = order_from(books, minho, company.warehouses["RTM"], books.at(-1), "sent", CONFIRMED_PURCHASE)
    buy(books, purchase, company.product("TWL-4"), Decimal(600), books.at(12, 12))
