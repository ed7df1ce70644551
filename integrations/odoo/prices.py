"""What vendors ask for their goods."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from agent.domain.purchasing import VendorPrice
from agent.domain.records import Record
from integrations.odoo.along import Row
from integrations.odoo.lookups import Stocked, Unit
from integrations.odoo.noun import Noun
from integrations.odoo.values import exact, money


class Prices(Noun):
    def vendor_prices(self, product_ids: Sequence[int]) -> list[VendorPrice]:
        """Lines of the product and those of all its variants; a discount is deducted."""
        known, _ = self.lookups.products.visible(product_ids)
        products = [known[key] for key in dict.fromkeys(product_ids) if key in known]
        rows = self._price_lines({stocked.template_id for stocked in products})
        vendors = self.lookups.companies.by_id(row[self.dialect.price_list_vendor] for row in rows)
        currencies = self.lookups.currencies.by_id(row["currency_id"] for row in rows)
        units = self.lookups.units.by_id(row[self.dialect.price_list_unit] for row in rows)
        by_template: defaultdict[int, list[Row]] = defaultdict(list)
        for row in sorted(rows, key=_first_choice):
            by_template[row["product_tmpl_id"]].append(row)
        return [
            _price(
                row,
                stocked,
                units[row[self.dialect.price_list_unit]],
                vendors[row[self.dialect.price_list_vendor]],
                currencies[row["currency_id"]],
            )
            for stocked in products
            for row in by_template[stocked.template_id]
            if row["product_id"] in (False, stocked.product.id)
        ]

    def _price_lines(self, template_ids: Iterable[int]) -> list[Row]:
        names = self.dialect
        fields = ["product_id", "product_tmpl_id", "price", "currency_id", "min_qty", "delay", "sequence"]
        going_on: list[Any] = ["|", ("date_end", "=", False), ("date_end", ">=", datetime.now(UTC).date().isoformat())]
        fields += ["date_start", "date_end"]
        fields += [names.price_list_vendor, names.price_list_unit, *names.purchase_discount]
        return self.pages.search_where("product.supplierinfo", "product_tmpl_id", template_ids, going_on, fields)


def _first_choice(row: Row) -> tuple[int, float, float, int]:
    """As Odoo picks: by rank, then the line for the greater quantity, then the cheaper."""
    return row["sequence"], -row["min_qty"], row["price"], row["id"]


def _price(row: Row, stocked: Stocked, unit: Unit, vendor: Record, currency: str) -> VendorPrice:
    rate = unit.factor / stocked.factor
    return VendorPrice(
        row["id"],
        vendor.id,
        vendor.name,
        stocked.product.id,
        money(row["price"] * (1 - row.get("discount", 0.0) / 100) / rate, currency),
        exact(row["min_qty"] * rate),
        row["delay"],
        _day(row["date_start"]),
        _day(row["date_end"]),
    )


def _day(text: str | bool) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else None
