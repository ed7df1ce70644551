"""What vendors ask for their goods, and how long they take: the price lists."""

from decimal import Decimal

from integrations.demo.books import NOTHING, Books
from integrations.demo.buying import list_price
from integrations.demo.company import Article, Company, Vendor
from integrations.demo.tables import VendorPrice

#: Nobody in the story buys so much at once.
BY_THE_TRUCK = Decimal(100_000)


def write_price_lists(books: Books, company: Company) -> None:
    """Every vendor of a group sells all of it; who comes first differs by product."""
    for article in company.articles.values():
        vendors = company.vendors_of(article) if article.family.kind == "storable" else []
        first = article.product.id % len(vendors) if vendors else 0
        for vendor in vendors[first:] + vendors[:first]:
            _price(books, article, vendor)
    _other_times(books, company.articles["BOX-1"], company.vendors["Cartonnerie Valmont"])


def _price(books: Books, article: Article, vendor: Vendor, minimum: Decimal = NOTHING, share: str = "1") -> VendorPrice:
    price = (list_price(article.product, vendor.partner.id) * Decimal(share)).quantize(Decimal("0.01"))
    row_id = books.next_id(VendorPrice)
    return books.add(VendorPrice(row_id, vendor.partner.id, article.product.id, price, minimum, vendor.lead_days, None, None))


def _other_times(books: Books, article: Article, vendor: Vendor) -> None:
    """A price for more than anybody buys, one that is over and one that is not yet valid."""
    _price(books, article, vendor, BY_THE_TRUCK, "0.8")
    _price(books, article, vendor, share="0.9").valid_until = books.at(-40).date()
    _price(books, article, vendor, share="1.1").valid_from = books.at(60).date()
