"""What was written lately."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from agent.domain.changes import Change
from agent.domain.changes import Noun as Kind
from agent.errors import ErpIncomplete, ErpRefused
from integrations.odoo.noun import Noun
from integrations.odoo.values import moment, stored

#: What changes, and which field says what it belongs to.
_WRITTEN: tuple[tuple[Kind, str | None, list[Any]], ...] = (
    (Kind.ORDER, None, []),
    (Kind.ORDER_LINE, "order_id", [("display_type", "=", False)]),
    (Kind.MOVE, "product_id", []),
    (Kind.PICKING, None, []),
    (Kind.QUANT, "product_id", []),
    (Kind.PURCHASE, None, []),
    (Kind.PURCHASE_LINE, "order_id", [("display_type", "=", False)]),
    (Kind.PRODUCT, None, []),
    (Kind.PARTNER, "commercial_partner_id", []),
    (Kind.INVOICE, "commercial_partner_id", [("move_type", "=", "out_invoice")]),
    (Kind.RULE, "product_id", []),
)

#: Not everybody who may read orders may read these; without them, credit is judged by what is known.
_DISPENSABLE = (Kind.INVOICE, Kind.RULE)


class Changes(Noun):
    """Every record has `write_date`: the start of the transaction that wrote it last, here cut to seconds."""

    def calls_sent(self) -> int:
        return self.connection.calls

    def erp_time(self) -> datetime:
        """The web server's; where it tells none, ours."""
        return self.connection.server_clock() or datetime.now(UTC).replace(microsecond=0)

    def changes(self, since: datetime) -> list[Change] | None:
        found = [change for noun, owner, domain in _WRITTEN for change in self._written(noun, owner, domain, since)]
        found += self._written_templates(since) + self._written_prices(since)
        self._forget_renamed(found)
        return found

    def _written(self, noun: Kind, owner: str | None, domain: list[Any], since: datetime) -> list[Change]:
        fields = ["write_date", *([owner] if owner else [])]
        written = [("write_date", ">=", stored(since)), *domain]
        try:
            rows = self.pages.search(noun.value, written, fields, archived=True)
        except (ErpRefused, ErpIncomplete):
            if noun in _DISPENSABLE:
                return []
            raise
        return [Change(noun, row["id"], moment(row["write_date"]), (row[owner] or None) if owner else None) for row in rows]

    def _written_templates(self, since: datetime) -> list[Change]:
        """Most of what a product says stands in its template, and then only that is written."""
        rows = self.pages.search("product.template", [("write_date", ">=", stored(since))], ["write_date"], archived=True)
        written = {row["id"]: moment(row["write_date"]) for row in rows}
        products = self.pages.search_where("product.product", "product_tmpl_id", written, [], ["product_tmpl_id"])
        return [Change(Kind.PRODUCT, row["id"], written[row["product_tmpl_id"]]) for row in products]

    def _written_prices(self, since: datetime) -> list[Change]:
        """A price of a template is one of each of its products."""
        try:
            rows = self.pages.search(
                "product.supplierinfo",
                [("write_date", ">=", stored(since))],
                ["write_date", "product_id", "product_tmpl_id"],
                archived=True,
            )
        except (ErpRefused, ErpIncomplete):
            return []
        templates = {row["product_tmpl_id"] for row in rows if not row["product_id"]}
        products = self.pages.search_where("product.product", "product_tmpl_id", templates, [], ["product_tmpl_id"])
        of_template: dict[int, list[int]] = {}
        for product in products:
            of_template.setdefault(product["product_tmpl_id"], []).append(product["id"])
        return [
            Change(Kind.PRICE, row["id"], moment(row["write_date"]), product_id)
            for row in rows
            for product_id in ([row["product_id"]] if row["product_id"] else of_template.get(row["product_tmpl_id"], []))
        ]

    def _forget_renamed(self, found: Iterable[Change]) -> None:
        """What is read again has to say the new names."""
        kinds = {change.noun for change in found}
        if Kind.PRODUCT in kinds:
            self.lookups.products.forget()
        if Kind.PARTNER in kinds:
            self.lookups.forget_partners()
