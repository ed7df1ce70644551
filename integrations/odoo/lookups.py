"""Small tables that other records point to, remembered for a minute."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from agent.domain.records import Record
from agent.domain.stock import PickingKind, Product
from agent.errors import ErpRefused
from integrations.odoo.pages import Pages, Row

T = TypeVar("T")

#: A name, a unit or a location may be this old.
MAX_AGE_S = 60.0


class Remembered(Generic[T]):
    """Things by id, read in batches when first asked for and forgotten together after a minute."""

    def __init__(self, what: str, load: Callable[[Iterable[int]], dict[int, T]]) -> None:
        self._what = what
        self._load = load
        self._known: dict[int, T] = {}
        self._since = time.monotonic()

    def by_id(self, ids: Iterable[int]) -> dict[int, T]:
        """All of these, and maybe more. Raises ErpRefused when one is not visible: without its unit a number would be wrong."""
        found, missing = self.visible(ids)
        if missing:
            raise ErpRefused(
                f"The login may not see {self._what} {sorted(missing)[0]}, which an order or move uses; widen its rights."
            )
        return found

    def visible(self, ids: Iterable[int]) -> tuple[dict[int, T], set[int]]:
        """Those that can be read, and the ids of the others."""
        known = self._fresh()
        wanted = {each for each in ids if each}
        if absent := wanted - known.keys():
            # replaced, not filled: another thread may be iterating over the old one
            self._known = known = {**known, **self._load(absent)}
        return known, wanted - known.keys()

    def forget(self) -> None:
        """Read everything again when it is asked for."""
        self._known, self._since = {}, time.monotonic()

    def _fresh(self) -> dict[int, T]:
        if time.monotonic() - self._since > MAX_AGE_S:
            self.forget()
        return self._known


@dataclass(frozen=True, slots=True)
class Unit:
    name: str
    factor: float
    """How many of its kind's reference units one of it is."""


@dataclass(frozen=True, slots=True)
class Location:
    usage: str
    warehouse_id: int | None


@dataclass(frozen=True, slots=True)
class Stocked:
    """A product and how it is counted."""

    product: Product
    factor: float
    """Of its stocking unit."""
    goods: bool
    template_id: int
    cost: float
    """Of one stocking unit, in the currency of the login's own company; 0 where it is not told."""


@dataclass(frozen=True, slots=True)
class PickingType:
    zone: Record
    """As Odoo calls it: `Dublin Quay: Repacking`."""
    kind: PickingKind
    warehouse_id: int | None
    straight_to_customer: bool = False


def received_in(kind: PickingType | None) -> int | None:
    """The warehouse that a purchase of this operation type comes to; what goes straight to the customer comes to none."""
    return kind.warehouse_id if kind and not kind.straight_to_customer else None


class Lookups:
    """The tables, each read at most once a minute per record."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self.company_names = Remembered("company", self._names("res.company"))
        self.company_currencies = Remembered("user", self._company_currencies)
        """User id → the currency of their own company."""
        self.currencies = Remembered("currency", self._names("res.currency"))
        self.users = Remembered("user", self._names("res.users"))
        self.tags = Remembered("partner tag", self._names("res.partner.category"))
        self.units = Remembered("unit of measure", self._units)
        self.lots = Remembered("lot", lambda ids: self._names(pages.connection.dialect.lot_model)(ids))
        self.warehouse_names = Remembered("warehouse", self._names("stock.warehouse"))
        self.locations = Remembered("location", self._locations)
        self.picking_types = Remembered("operation type", self._picking_types)
        self.products = Remembered("product", self._products)
        self.companies = Remembered("partner", self._commercial_partners)
        """Partner id → the commercial partner, the one that is invoiced."""

    def _names(self, model: str) -> Callable[[Iterable[int]], dict[int, str]]:
        return lambda ids: {key: row["name"] for key, row in self._pages.read(model, ids, ["name"]).items()}

    def _units(self, ids: Iterable[int]) -> dict[int, Unit]:
        multiplies = self._pages.connection.dialect.unit_factor_multiplies
        rows = self._pages.read("uom.uom", ids, ["name", "factor"])
        return {key: Unit(row["name"], row["factor"] if multiplies else 1 / row["factor"]) for key, row in rows.items()}

    def _locations(self, ids: Iterable[int]) -> dict[int, Location]:
        if not self._pages.connection.dialect.location_has_warehouse:
            return self._locations_by_path(ids)
        rows = self._pages.read("stock.location", ids, ["usage", "warehouse_id"])
        return {key: Location(row["usage"], row["warehouse_id"] or None) for key, row in rows.items()}

    def _locations_by_path(self, ids: Iterable[int]) -> dict[int, Location]:
        """A warehouse is the one whose view location lies on the way from the root, written `1/7/8/`."""
        rows = self._pages.read("stock.location", ids, ["usage", "parent_path"])
        warehouses = self._pages.search("stock.warehouse", [], ["view_location_id"])
        at = {row["view_location_id"]: row["id"] for row in warehouses}
        return {
            key: Location(row["usage"], next((at[int(each)] for each in _path(row) if int(each) in at), None))
            for key, row in rows.items()
        }

    def _picking_types(self, ids: Iterable[int]) -> dict[int, PickingType]:
        kinds = {"incoming": PickingKind.RECEIPT, "outgoing": PickingKind.DELIVERY, "dropship": PickingKind.RECEIPT}
        rows = self._pages.read("stock.picking.type", ids, ["name", "code", "warehouse_id"])
        houses, _ = self.warehouse_names.visible(row["warehouse_id"] for row in rows.values())
        names = {key: ": ".join([*filter(None, [houses.get(row["warehouse_id"])]), row["name"]]) for key, row in rows.items()}
        return {
            key: PickingType(
                Record("stock.picking.type", key, names[key]),
                kinds.get(row["code"], PickingKind.INTERNAL),
                row["warehouse_id"] or None,
                row["code"] == "dropship",
            )
            for key, row in rows.items()
        }

    def _products(self, ids: Iterable[int]) -> dict[int, Stocked]:
        dialect = self._pages.connection.dialect
        optional = ("is_storable", "is_kits", "standard_price")
        told = [field for field in optional if self._pages.has_field("product.product", field)]
        fields = ["name", "default_code", "uom_id", "type", "product_tmpl_id", *told]
        rows = self._pages.read("product.product", ids, fields)
        units = self.units.by_id(row["uom_id"] for row in rows.values())
        if "is_kits" not in told and self._pages.has_field("product.product", "bom_line_ids"):
            for key in self._kits(rows):
                rows[key]["is_kits"] = True
        if dialect.storable_type is not None:
            rows = {key: {**row, "is_storable": row["type"] == dialect.storable_type} for key, row in rows.items()}
        return {key: stocked(row, units[row["uom_id"]], dialect.not_goods) for key, row in rows.items()}

    def _kits(self, products: dict[int, Row]) -> set[int]:
        """Products that a bill of materials makes a kit, itself or through their template."""
        templates = [row["product_tmpl_id"] for row in products.values()]
        kits = [("type", "=", "phantom"), ("active", "=", True)]
        bills = self._pages.search_where("mrp.bom", "product_tmpl_id", templates, kits, ["product_id", "product_tmpl_id"])
        own = {bill["product_id"] for bill in bills if bill["product_id"]}
        shared = {bill["product_tmpl_id"] for bill in bills if not bill["product_id"]}
        return {key for key, row in products.items() if key in own or row["product_tmpl_id"] in shared}

    def _company_currencies(self, user_ids: Iterable[int]) -> dict[int, str]:
        company_of = {key: row["company_id"] for key, row in self._pages.read("res.users", user_ids, ["company_id"]).items()}
        rows = self._pages.read("res.company", company_of.values(), ["currency_id"])
        names = self.currencies.by_id(row["currency_id"] for row in rows.values())
        return {user: names[rows[company]["currency_id"]] for user, company in company_of.items()}

    def _commercial_partners(self, ids: Iterable[int]) -> dict[int, Record]:
        rows = self._pages.read("res.partner", ids, ["commercial_partner_id", "name"])
        names = {key: row["name"] for key, row in rows.items()}
        owners = {row["commercial_partner_id"] for row in rows.values()}
        names |= {key: row["name"] for key, row in self._pages.read("res.partner", owners - names.keys(), ["name"]).items()}
        return {
            key: Record("res.partner", owner, names.get(owner) or "")
            for key, row in rows.items()
            for owner in [row["commercial_partner_id"]]
        }


def _path(row: Row) -> list[str]:
    return [each for each in (row["parent_path"] or "").split("/") if each]


def stocked(row: Row, unit: Unit, services: frozenset[str]) -> Stocked:
    """A kit is shipped and never stocked: its parts are."""
    goods = row["type"] not in services
    kit = bool(row.get("is_kits"))
    counted = goods and bool(row["is_storable"]) and not kit
    product = Product(row["id"], row["name"], row["default_code"] or None, unit.name, counted, kit)
    return Stocked(product, unit.factor, goods, row["product_tmpl_id"], row.get("standard_price", 0.0))
