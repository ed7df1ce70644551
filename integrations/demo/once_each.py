"""One of each kind of trouble that an ERP can show, as docs/demo-company.md tells in "One of each"."""

from datetime import timedelta
from decimal import Decimal

from integrations.demo.books import Books
from integrations.demo.buying import buy, expect_receipt, list_price, order_from, receive
from integrations.demo.company import Company
from integrations.demo.invoicing import invoice
from integrations.demo.losses import count, fail, write_off
from integrations.demo.reordering import reorder_below
from integrations.demo.selling import Sale

#: Kind of finding → name of the record that it is about.
ONCE_EACH: dict[str, str] = {
    "allocation_conflict": "S01212",
    "backorder_waiting": "S01313",
    "margin_exception": "S01414",
    "order_stale": "S01515",
    "shipped_not_invoiced": "S01616",
    "receipt_short": "P00555",
    "purchase_unconfirmed": "P00666",
    "purchase_approval_stalled": "P00777",
    "price_variance": "P00888",
    "lead_time_variance": "P00999",
    "duplicate_replenishment": "Cleaning wipes, heavy duty",
    "vendor_short_trend": "Sorbents Limited",
    "vendor_delay_trend": "Jabones La Toja",
    "invoice_mismatch": "Papelera Duero",
    "transfer_overdue": "RTM/INT/77777",
    "zone_bottleneck": "Dublin Quay: Repacking",
    "reorder_breach": "OP/00777",
    "adjustment_out_of_tolerance": "COUNT/00777",
    "damage_cluster": "Dinner plate, slate",
    "quality_failed": "QC/00777",
}
FIRST_AID_KITS_HOLDER, FIRST_AID_KITS_PURCHASE = "S01919", "P00212"
FIRST_OF_TWO, SECOND_OF_TWO = "P00122", "P00123"

#: Nothing else is sold or bought of these.
ONCE_EACH_CODES = frozenset(
    {"AID-4", "VST-3", "VAL-5", "BOO-5", "HLM-4", "PMP-4", "BRG-5", "GLS-3", "WIP-5", "BAG-4", "COF-5", "PLT-3", "MSK-4", "TAP-3"}
)


def plant_once_each(books: Books, company: Company) -> None:
    for planting in (
        _allocation, _backorder, _margin, _stale, _not_invoiced, _short, _unacknowledged, _unapproved, _dear, _slow, _twice,
        _overdue_transfer, _bottleneck, _reorder, _miscounted, _broken, _failed,
    ):  # fmt: skip
        planting(books, company)


def _sale(books: Books, company: Company, name: str, customer: str, warehouse: str, promise_days: float) -> Sale:
    return Sale(books, company, int(name[1:]), company.customers[customer], warehouse, books.at(promise_days, 15))


def _allocation(books: Books, company: Company) -> None:
    kits = company.product("AID-4")
    waits = _sale(books, company, ONCE_EACH["allocation_conflict"], "Hospital Costa Clara", "LYN", 3)
    waits.unsupplied(waits.delivery(books.at(3, 8), "Chloé Martin"), waits.line(kits, Decimal(40)))
    holds = _sale(books, company, FIRST_AID_KITS_HOLDER, "Camping Les Pins", "LYN", 13)
    holds.reserved(holds.delivery(books.at(12, 8), "Karim Benali"), holds.line(kits, Decimal(40)))
    _purchase(books, company, FIRST_AID_KITS_PURCHASE, "Shieldwell", "LYN", "AID-4", 40, ordered=-1, due=9)


def _backorder(books: Books, company: Company) -> None:
    sale = _sale(books, company, ONCE_EACH["backorder_waiting"], "Lowland Cheese Company", "DUB", 8)
    line = sale.line(company.product("VST-3"), Decimal(100))
    first = sale.shipped(line, Decimal(60), books.at(-9, 11))
    invoice(sale, issued=books.at(-8), due=books.at(22), paid=False)
    rest = sale.delivery(books.at(7, 8), "Ciara Nolan", backorder_of=first)
    sale.made_to_order(rest, line, company.vendors["Handschutz Meier"], books.at(3, 12))


def _margin(books: Books, company: Company) -> None:
    sale = _sale(books, company, ONCE_EACH["margin_exception"], "Dorset Cider Works", "DUB", 6)
    line = sale.line(company.product("VAL-5"), Decimal(20), discount=35)
    sale.reserved(sale.delivery(books.at(5, 8), "Ciara Nolan"), line)


def _stale(books: Books, company: Company) -> None:
    sale = _sale(books, company, ONCE_EACH["order_stale"], "Imprimerie Delorme", "LYN", 20)
    sale.line(company.product("BOX-2"), Decimal(2000))
    sale.order.state, sale.order.promise_date = "sent", None


def _not_invoiced(books: Books, company: Company) -> None:
    sale = _sale(books, company, ONCE_EACH["shipped_not_invoiced"], "Jachtwerf Sneek", "RTM", -9)
    line = sale.line(company.product("ROP-3"), Decimal(400))
    sale.shipped(line, line.ordered, books.at(-9, 11))


def _purchase(
    books: Books, company: Company, name: str, vendor: str, warehouse: str, code: str, quantity: int, *,
    ordered: int, due: int, acknowledged: bool = True, dearer: str = "1",
) -> None:  # fmt: skip
    """A confirmed purchase for stock of one product, of which nothing has come."""
    seller = company.vendors[vendor]
    purchase = order_from(books, seller, company.warehouses[warehouse], books.at(ordered), name=name, acknowledged=acknowledged)
    product = company.product(code)
    price = (list_price(product, seller.partner.id) * Decimal(dearer)).quantize(Decimal("0.01"))
    line = buy(books, purchase, product, Decimal(quantity), books.at(due, 12), price=price)
    expect_receipt(books, company, purchase, [line], books.at(due, 12))


def _short(books: Books, company: Company) -> None:
    atlas = company.vendors["Chaussures Atlas"]
    purchase = order_from(books, atlas, company.warehouses["LYN"], books.at(-15), "done", ONCE_EACH["receipt_short"])
    line = buy(books, purchase, company.product("BOO-5"), Decimal(40), books.at(-2, 12))
    receive(books, company, purchase, line, Decimal(30), books.at(-2, 10), rest_comes=False)


def _unacknowledged(books: Books, company: Company) -> None:
    name = ONCE_EACH["purchase_unconfirmed"]
    _purchase(books, company, name, "Shieldwell", "RTM", "HLM-4", 60, ordered=-5, due=5, acknowledged=False)


def _unapproved(books: Books, company: Company) -> None:
    zonen, name = company.vendors["Pompen & Zonen"], ONCE_EACH["purchase_approval_stalled"]
    purchase = order_from(books, zonen, company.warehouses["RTM"], books.at(-4), "to approve", name)
    buy(books, purchase, company.product("PMP-4"), Decimal(12), books.at(10, 12))


def _dear(books: Books, company: Company) -> None:
    name = ONCE_EACH["price_variance"]
    _purchase(books, company, name, "Roulements du Nord", "LYN", "BRG-5", 300, ordered=-2, due=7, dearer="1.15")


def _slow(books: Books, company: Company) -> None:
    name = ONCE_EACH["lead_time_variance"]
    _purchase(books, company, name, "Cristallerie d'Orsay", "LYN", "GLS-3", 480, ordered=-2, due=24)


def _twice(books: Books, company: Company) -> None:
    for name, ordered in ((FIRST_OF_TWO, -4), (SECOND_OF_TWO, -3)):
        _purchase(books, company, name, "Wasunie", "RTM", "WIP-5", 80, ordered=ordered, due=ordered + 7)


def _overdue_transfer(books: Books, company: Company) -> None:
    tape, source = company.product("TAP-3"), company.stock["RTM"]
    name = ONCE_EACH["transfer_overdue"]
    picking = books.picking("internal", company.warehouses["RTM"], books.at(-3, 9), books.at(-4), name=name)
    books.put(tape, source, Decimal(400))
    books.hold(books.move(picking, tape, Decimal(120), source, company.forward), Decimal(120))


def _bottleneck(books: Books, company: Company) -> None:
    due = (books.now - timedelta(hours=20)).replace(minute=0, second=0, microsecond=0)
    start, end, zone = company.stock["DUB"], company.packing["DUB"], company.repacking.id
    for code in ("GLS-1", "GLS-2", "CUT-1", "CUT-3", "NAP-1", "NAP-3", "SOP-4"):
        product = company.product(code)
        picking = books.picking("internal", company.warehouses["DUB"], due, books.at(-3), zone_id=zone)
        books.put(product, start, Decimal(24))
        books.hold(books.move(picking, product, Decimal(24), start, end), Decimal(24))


def _reorder(books: Books, company: Company) -> None:
    bags, warehouse = company.product("BAG-4"), company.warehouses["RTM"]
    books.put(bags, company.stock["RTM"], Decimal(60))
    reorder_below(books, bags, warehouse, Decimal(200), ONCE_EACH["reorder_breach"])


def _miscounted(books: Books, company: Company) -> None:
    name = ONCE_EACH["adjustment_out_of_tolerance"]
    count(books, company, company.product("COF-5"), Decimal(-80), company.stock["RTM"], books.at(-2, 17), name)


def _broken(books: Books, company: Company) -> None:
    for days in (2, 8, 15, 21, 150):
        write_off(books, company, company.product("PLT-3"), Decimal(6), company.stock["LYN"], books.at(-days, 16))


def _failed(books: Books, company: Company) -> None:
    fail(books, company.product("MSK-4"), books.at(-2, 11), "L2607", ONCE_EACH["quality_failed"])
