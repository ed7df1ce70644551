"""The company before its first order: warehouses, locations, products, customers and vendors."""

from dataclasses import dataclass
from decimal import Decimal

from integrations.demo.books import Books
from integrations.demo.catalogue import FAMILIES, Family
from integrations.demo.parties import CUSTOMERS, VENDOR_CLASSES, VENDORS, WAREHOUSES
from integrations.demo.tables import Contact, Location, Partner, Product, Seeding, Warehouse, Zone

NAME = "Harbour & Vale Supply"
CURRENCY = "EUR"
#: Where fast movers of Rotterdam are picked from.
FORWARD = "RTM/Stock/Forward"
ZONES = {"receipt": "Receipts", "delivery": "Delivery Orders", "internal": "Internal Transfers"}


@dataclass(frozen=True, slots=True)
class Vendor:
    partner: Partner
    lead_days: int


@dataclass(frozen=True, slots=True)
class Article:
    """A product with what only the seed needs to know of it."""

    product: Product
    family: Family


@dataclass(frozen=True, slots=True)
class Company:
    warehouses: dict[str, Warehouse]
    stock: dict[str, Location]
    """Warehouse code → where its goods lie."""
    forward: Location
    outside: dict[str, Location]
    """`customer`, `vendor` and `loss`."""
    packing: dict[str, Location]
    """Lyon's and Dublin's tables, where sets are made up."""
    repacking: Zone
    """Where Dublin makes up sets; beside the usual zones of each warehouse."""
    customers: dict[str, Partner]
    vendors: dict[str, Vendor]
    articles: dict[str, Article]

    def product(self, code: str) -> Product:
        return self.articles[code].product

    def vendors_of(self, article: Article) -> list[Vendor]:
        return [self.vendors[row[0]] for row in VENDORS if row[1] == article.family.group]


def found(books: Books) -> Company:
    """Write the master data."""
    books.add(Seeding(1, NAME, books.now))
    warehouses = {code: books.add(Warehouse(books.next_id(Warehouse), name, code)) for name, code in WAREHOUSES}
    for warehouse in warehouses.values():
        for kind, name in ZONES.items():
            books.zones[warehouse.id, kind] = _zone(books, warehouse, name, kind)
    return Company(
        warehouses=warehouses,
        stock={code: _location(books, f"{code}/Stock", "internal", warehouse) for code, warehouse in warehouses.items()},
        forward=_location(books, FORWARD, "internal", warehouses["RTM"]),
        outside={usage: _location(books, f"Partners/{usage}", usage, None) for usage in ("customer", "vendor", "loss")},
        packing={code: _location(books, f"{code}/Packing", "internal", warehouses[code]) for code in ("LYN", "DUB")},
        repacking=_zone(books, warehouses["DUB"], "Repacking", "internal"),
        customers={row[0]: _customer(books, *row) for row in CUSTOMERS},
        vendors={row[0]: _vendor(books, *row) for row in VENDORS},
        articles=_articles(books),
    )


def _location(books: Books, name: str, usage: str, warehouse: Warehouse | None) -> Location:
    return books.add(Location(books.next_id(Location), name, usage, warehouse.id if warehouse else None))


def _zone(books: Books, warehouse: Warehouse, name: str, kind: str) -> Zone:
    return books.add(Zone(books.next_id(Zone), f"{warehouse.name}: {name}", kind, warehouse.id))


def _customer(books: Books, name: str, segment: str, language: str, domain: str, contact: str) -> Partner:
    partner = books.add(Partner(books.next_id(Partner), name, True, False, segment, language, f"purchasing@{domain}", None, []))
    _contacts(books, partner, contact, domain)
    return partner


def _vendor(books: Books, name: str, _group: str, language: str, domain: str, contact: str, lead_days: int) -> Vendor:
    tags = list(VENDOR_CLASSES.get(name, ()))
    partner = books.add(Partner(books.next_id(Partner), name, False, True, None, language, f"orders@{domain}", None, tags))
    _contacts(books, partner, contact, domain)
    return Vendor(partner, lead_days)


def _contacts(books: Books, partner: Partner, person: str, domain: str) -> None:
    mailbox = person.split()[0].lower().translate(str.maketrans("éèïüöñ", "eeiuon"))
    for name, email in ((partner.name, partner.email), (person, f"{mailbox}@{domain}")):
        books.add(Contact(books.next_id(Contact), partner.id, name, email))


def _articles(books: Books) -> dict[str, Article]:
    articles = {}
    for family in FAMILIES:
        for position, variant in enumerate(family.variants):
            price = (Decimal(family.price) * (100 + 12 * position) / 100).quantize(Decimal("0.01"))
            cost = (price * Decimal("0.64")).quantize(Decimal("0.01"))
            code = f"{family.code}-{position + 1}"
            product = Product(books.next_id(Product), code, f"{family.name}, {variant}", family.unit, family.kind, price, cost)
            articles[code] = Article(books.add(product), family)
    return articles
