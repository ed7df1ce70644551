"""The records that arguments name, each exactly one."""

import re
from collections.abc import Sequence
from typing import TypeVar

from agent.actions.base import find_customer
from agent.actions.post_note import MARKER
from agent.domain.decisions import Subject
from agent.domain.order_numbers import shortened, spellings
from agent.domain.purchase_papers import PurchasePaper
from agent.domain.purchasing import Vendor
from agent.domain.records import Record
from agent.domain.stock import Product, Warehouse
from agent.domain.transfers import ProductDetail, Transfer
from agent.domain.warehouse_names import warehouses_called
from agent.errors import PreconditionFailed, RecordMissing
from agent.guardrails.vocabulary.base import NOBODY
from agent.ports.erp_reader import ErpReader

T = TypeVar("T")


def subject_of(record: Record) -> Subject:
    return Subject(model=record.model, id=record.id, name=record.name)


def find_product(typed: str, reader: ErpReader) -> Product:
    """By its code, or by its whole name. Raises RecordMissing, and PreconditionFailed when several are called so."""
    wanted = typed.strip().casefold()
    found = reader.search_products(typed)
    exact = [each for each in found if each.code and each.code.casefold() == wanted]
    exact = exact or [each for each in found if each.name.casefold() == wanted]
    if not exact:
        near = ", ".join(each.code or each.name for each in found[:3])
        raise RecordMissing(f"There is no product {shortened(typed.strip())}{f'; did you mean {near}?' if near else '.'}")
    if len(exact) > 1:
        raise PreconditionFailed(f"{len(exact)} products are called {exact[0].name}; name the code of the right one.")
    return exact[0]


def called(product: Product) -> str:
    """As an argument names it."""
    return product.code or product.name


def check_once_each(products: Sequence[int]) -> None:
    """By identity: a code and a name may both be typed for one product. Raises PreconditionFailed."""
    if len(set(products)) < len(products):
        raise PreconditionFailed("A product is named twice, by its code and by its name; add its quantities up.")


def find_warehouse(typed: str, reader: ErpReader) -> Warehouse:
    """Raises RecordMissing, and PreconditionFailed when two companies call theirs so."""
    known = reader.warehouses()
    ids = warehouses_called(typed, known)
    if len(ids) > 1:
        raise PreconditionFailed(f"{len(ids)} warehouses are called {typed.strip()}; name the short code of the right one.")
    return next(each for each in known if each.id in ids)


def only(found: Sequence[T], kind: str, typed: str) -> T:
    """The one of this number. Raises RecordMissing, and PreconditionFailed when two companies use the same number."""
    if not found:
        raise RecordMissing(f"There is no {kind} {shortened(typed.strip())}, or its company may not be read.")
    if len(found) > 1:
        raise PreconditionFailed(f"There are {len(found)} {kind}s {typed.strip()}; go on with the right one in the ERP.")
    return found[0]


def find_transfer(typed: str, reader: ErpReader) -> Transfer:
    """By number, or by the mark of the proposal that made it."""
    marked = re.match(MARKER, typed.strip())
    return only(reader.transfers_marked(typed.strip()) if marked else reader.transfers(spellings(typed)), "transfer", typed)


def find_purchase(typed: str, reader: ErpReader) -> PurchasePaper:
    """By number, or by the mark of the proposal that made it."""
    marked = re.match(MARKER, typed.strip())
    found = reader.purchases_marked(typed.strip()) if marked else reader.purchase_papers(spellings(typed))
    return only(found, "purchase", typed)


def find_vendor(typed: str, reader: ErpReader) -> Vendor:
    """By its whole name."""
    wanted = typed.strip().casefold()
    found = reader.search_vendors(typed)
    exact = [each for each in found if each.name.casefold() == wanted]
    if not exact:
        near = ", ".join(each.name for each in found[:3])
        raise RecordMissing(f"No vendor is called {shortened(typed.strip())}{f'; did you mean {near}?' if near else '.'}")
    if len(exact) > 1:
        raise PreconditionFailed(f"{len(exact)} vendors are called {exact[0].name}; make the change in the ERP.")
    return vendor_of(exact[0], reader)


def vendor_of(record: Record, reader: ErpReader) -> Vendor:
    """Raises RecordMissing: without the vendor no policy can tell who may approve."""
    known = reader.vendors([record.id])
    if not known:
        raise RecordMissing(f"The vendor {record.name} cannot be read, so nobody can tell who would have to approve.")
    return known[0]


def class_of(vendor: Vendor) -> str:
    """Its tags in alphabetical order, as a policy names them; `none` without any."""
    return ", ".join(sorted(vendor.classes)) or "none"


def detail_of(product: Product, reader: ErpReader) -> ProductDetail:
    return reader.product_details([product.id])[0]


def check_not_by_lot(product: Product, detail: ProductDetail) -> None:
    if detail.by_lot:
        raise PreconditionFailed(
            f"{product.name} is followed by lot or serial number; make this change in the ERP, where the lot can be chosen."
        )


def segment_behind(transfer: Transfer, reader: ErpReader) -> str:
    """Of the customer whose order it delivers; `nobody` of a transfer that is no customer's."""
    lines = [line.sale_line_id for line in transfer.lines if line.sale_line_id]
    orders = list(reader.orders_of_lines(lines).values()) if lines else []
    return find_customer(orders[0], reader).segment.value if orders else NOBODY
