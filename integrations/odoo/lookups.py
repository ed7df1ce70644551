"""Small tables that other records point to, remembered for a while."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from agent.domain.records import Record
from agent.domain.stock import PickingKind, Product, Warehouse
from integrations.odoo.along import Found, Link, Row
from integrations.odoo.pages import Pages
from integrations.odoo.remembered import Remembered, Table

#: A product or a partner may be this old: people correct their names and addresses in the middle of the day.
MAX_AGE_S = 60.0


@dataclass(frozen=True, slots=True)
class Partner:
    name: str
    owner_id: int
    """The commercial partner, the one that is invoiced."""
    tag_ids: tuple[int, ...]
    language: str | None
    """Such as `fr_FR`."""
    email: str | None
    limited: bool
    """Whether a credit limit is kept; Odoo, too, reads a limit of 0 as: no limit."""


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
    """The tables, each read once per record for as long as it is remembered."""

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
        self.warehouses = Table(self._warehouses)
        self.products = Remembered("product", self._products, MAX_AGE_S)
        self.partners = Remembered("partner", self._partners, MAX_AGE_S)
        self.companies = Remembered("partner", self._commercial_partners, MAX_AGE_S)
        """Partner id → the commercial partner, the one that is invoiced."""

    def forget_partners(self) -> None:
        self.partners.forget()
        self.companies.forget()

    @property
    def partner(self) -> Link:
        """A partner and the one that is invoiced for it, read along with what names it."""
        fields = self._partner_fields
        return Link("res.partner", fields, {"commercial_partner_id": Link("res.partner", fields)})

    @property
    def product(self) -> Link:
        return Link("product.product", self._product_fields)

    def learn(self, found: Found) -> None:
        """Partners and products that came along as `partner` and `product` say."""
        self.partners.learn({key: _partner(row) for key, row in found.get("res.partner", {}).items()})
        self.products.learn(self._stocked(found.get("product.product", {})))

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
        return self._stocked(self._pages.read("product.product", ids, self._product_fields))

    @property
    def _product_fields(self) -> list[str]:
        optional = ("is_storable", "is_kits", "standard_price")
        told = [field for field in optional if self._pages.has_field("product.product", field)]
        return ["name", "default_code", "uom_id", "type", "product_tmpl_id", *told]

    def _stocked(self, rows: dict[int, Row]) -> dict[int, Stocked]:
        dialect = self._pages.connection.dialect
        units = self.units.by_id(row["uom_id"] for row in rows.values())
        if "is_kits" not in self._product_fields and rows and self._pages.has_field("product.product", "bom_line_ids"):
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
        wanted = set(ids)
        known, _ = self.partners.visible(wanted)
        owner_of = {key: known[key].owner_id for key in wanted if key in known}
        owners, _ = self.partners.visible(owner_of.values())
        return {
            key: Record("res.partner", owner, owners[owner].name if owner in owners else "") for key, owner in owner_of.items()
        }

    def _partners(self, ids: Iterable[int]) -> dict[int, Partner]:
        return {key: _partner(row) for key, row in self._pages.read("res.partner", ids, self._partner_fields).items()}

    @property
    def _partner_fields(self) -> list[str]:
        limit = ["credit_limit"] if self._pages.has_field("res.partner", "credit_limit") else []
        return ["name", "commercial_partner_id", "category_id", "lang", "email", *limit]

    def _warehouses(self) -> list[Warehouse]:
        rows = self._pages.search("stock.warehouse", [], ["name", "code", "company_id"])
        companies, _ = self.company_names.visible(row["company_id"] for row in rows)
        return [
            Warehouse(row["id"], row["name"], row["code"], row["company_id"], companies.get(row["company_id"])) for row in rows
        ]


def _partner(row: Row) -> Partner:
    return Partner(
        row["name"] or "",
        row["commercial_partner_id"],
        tuple(row["category_id"]),
        row["lang"] or None,
        row["email"] or None,
        row.get("credit_limit", 0) > 0,
    )


def _path(row: Row) -> list[str]:
    return [each for each in (row["parent_path"] or "").split("/") if each]


def stocked(row: Row, unit: Unit, services: frozenset[str]) -> Stocked:
    """A kit is shipped and never stocked: its parts are."""
    goods = row["type"] not in services
    kit = bool(row.get("is_kits"))
    counted = goods and bool(row["is_storable"]) and not kit
    product = Product(row["id"], row["name"], row["default_code"] or None, unit.name, counted, kit)
    return Stocked(product, unit.factor, goods, row["product_tmpl_id"], row.get("standard_price", 0.0))
