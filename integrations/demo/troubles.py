"""A normal morning's share of trouble beside the planted situations."""

from decimal import Decimal

from integrations.demo.books import Books
from integrations.demo.buying import buy, expect_receipt, order_from
from integrations.demo.company import Company, Vendor
from integrations.demo.invoicing import invoice
from integrations.demo.selling import Sale

#: (order number, customer, warehouse, product, quantity, days since the promise)
MISSED = (
    (1302, "Logis du Rhône", "LYN", "LIN-1", 30, 1),
    (1286, "Kanalwerk Maschinenbau", "RTM", "BRG-3", 120, 2),
    (1257, "Ferry Kitchen Group", "DUB", "COF-1", 60, 4),
)
#: (order number, customer, warehouse, product, quantity, promised in days, vendor, vendor date in days)
LATE_PURCHASES = (
    (1618, "Hospital Costa Clara", "LYN", "BOO-3", 24, 3, "Chaussures Atlas", 6),
    (1647, "Rederij Waterweg", "RTM", "PMP-5", 4, 5, "Pompen & Zonen", 12),
    (1703, "Laiterie du Vercors", "LYN", "DSP-2", 40, 6, "Propreté Services", 9),
    (1731, "Talleres Ibarra", "LYN", "HOS-5", 200, 4, "Hidráulica Vasca", 8),
)
#: (order number, customer, warehouse, product, quantity, promised in days, vendor, days since the vendor's date)
OVERDUE_RECEIPTS = (
    (1529, "Bakkerij Zonneveld", "RTM", "KRA-5", 250, 4, "Baltic Board", 3),
    (1583, "Aldgate Facilities", "DUB", "TRL-4", 8, 6, "Wasunie", 2),
)
#: (order number, customer, warehouse, product, quantity, promised in days, days since it should have left)
STALLED = (
    (1467, "Reinigung Blitzrein", "RTM", "DET-2", 300, 2, 3),
    (1492, "Norfolk Growers", "DUB", "BOX-3", 1500, 3, 4),
    (1514, "Bodegas del Ebro", "LYN", "GLS-2", 288, 1, 5),
)
#: (order number, customer, warehouse, product, quantity, promised in days, warehouse that has it or none)
SHORT = (
    (1760, "Dublin Event Rentals", "DUB", "PLT-4", 240, 3, "RTM"),
    (1791, "Elektro Hartwig", "RTM", "LED-5", 10, 6, None),
)
#: Owes a little for nine days.
SLOW_PAYER = "Pension Seeblick"
#: Late from the vendor, and nobody waits for it: (product, quantity, vendor, days since the vendor's date)
UNMISSED = (
    ("WRP-5", 240, "Folienwerk Rhein", 4),
    ("EAR-5", 40, "Protección Norte", 7),
    ("TRL-5", 6, "Wasunie", 1),
)

#: Nothing else is sold or bought of these.
TROUBLED_CODES = frozenset(
    [row[3] for row in LATE_PURCHASES + OVERDUE_RECEIPTS] + [row[3] for row in SHORT] + [row[0] for row in UNMISSED]
)


def trouble(books: Books, company: Company) -> None:
    _missed(books, company)
    _late_purchases(books, company)
    _overdue_receipts(books, company)
    _stalled(books, company)
    _short(books, company)
    _slow_payer(books, company)
    _unmissed(books, company)


def _sale(books: Books, company: Company, number: int, customer: str, warehouse: str, promise_days: int) -> Sale:
    return Sale(books, company, number, company.customers[customer], warehouse, books.at(promise_days, 15))


def _missed(books: Books, company: Company) -> None:
    for number, customer, warehouse, code, quantity, days in MISSED:
        sale = _sale(books, company, number, customer, warehouse, -days)
        line = sale.line(company.product(code), Decimal(quantity))
        sale.reserved(sale.delivery(books.at(-days, 8), "Yusuf Demir"), line)


def _late_purchases(books: Books, company: Company) -> None:
    for number, customer, warehouse, code, quantity, promise, vendor, arrives in LATE_PURCHASES:
        sale = _sale(books, company, number, customer, warehouse, promise)
        line = sale.line(company.product(code), Decimal(quantity))
        sale.made_to_order(sale.delivery(books.at(promise, 8)), line, company.vendors[vendor], books.at(arrives, 12))


def _overdue_receipts(books: Books, company: Company) -> None:
    for number, customer, warehouse, code, quantity, promise, vendor, late in OVERDUE_RECEIPTS:
        sale = _sale(books, company, number, customer, warehouse, promise)
        line = sale.line(company.product(code), Decimal(quantity))
        sale.made_to_order(sale.delivery(books.at(promise, 8)), line, company.vendors[vendor], books.at(-late, 12))


def _stalled(books: Books, company: Company) -> None:
    for number, customer, warehouse, code, quantity, promise, idle in STALLED:
        sale = _sale(books, company, number, customer, warehouse, promise)
        sale.reserved(sale.delivery(books.at(-idle, 8)), sale.line(company.product(code), Decimal(quantity)))


def _short(books: Books, company: Company) -> None:
    for number, customer, warehouse, code, quantity, promise, elsewhere in SHORT:
        sale = _sale(books, company, number, customer, warehouse, promise)
        product = company.product(code)
        sale.unsupplied(sale.delivery(books.at(promise, 8)), sale.line(product, Decimal(quantity)))
        if elsewhere:
            books.put(product, company.stock[elsewhere], Decimal(quantity * 2))


def _slow_payer(books: Books, company: Company) -> None:
    old = _sale(books, company, 604, SLOW_PAYER, "RTM", -40)
    line = old.line(company.product("LIN-2"), Decimal(20))
    old.order.ordered_at = books.at(-44)
    old.shipped(line, line.ordered, books.at(-40, 11))
    invoice(old, issued=books.at(-39), due=books.at(-9), paid=False)
    sale = _sale(books, company, 1836, SLOW_PAYER, "RTM", 5)
    sale.reserved(sale.delivery(books.at(4, 8), "Yusuf Demir"), sale.line(company.product("SOP-3"), Decimal(8)))


def _unmissed(books: Books, company: Company) -> None:
    for code, quantity, vendor, late in UNMISSED:
        _late_replenishment(books, company, company.vendors[vendor], code, quantity, late)


def _late_replenishment(books: Books, company: Company, vendor: Vendor, code: str, quantity: int, late: int) -> None:
    purchase = order_from(books, vendor, company.warehouses["RTM"], books.at(-late - vendor.lead_days))
    line = buy(books, purchase, company.product(code), Decimal(quantity), books.at(-late, 12))
    expect_receipt(books, company, purchase, [line], books.at(-late, 12))
