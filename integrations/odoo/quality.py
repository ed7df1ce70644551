"""Checks that goods did not pass: of Odoo's own quality module, or of the OCA's."""

from collections.abc import Sequence
from datetime import datetime

from agent.domain.history import QualityFailure
from agent.domain.records import Record
from agent.errors import ErpIncomplete
from integrations.odoo.along import Row
from integrations.odoo.noun import Noun
from integrations.odoo.values import moment, stored

#: Model → its state's field and the value that means failed, and the field that says when it was looked at. The OCA's older
#: versions keep no such day, only the one it was planned for.
_CHECKS = {
    "quality.check": ("quality_state", "fail", ("control_date",)),
    "qc.inspection": ("state", "failed", ("date_done", "date")),
}

#: What a check may say of the goods, depending on what else is installed; `object_id` is written `stock.picking,7`.
_ABOUT = ("product_id", "picking_id", "lot_id", "object_id")


class Quality(Noun):
    def quality_failures(self, since: datetime) -> list[QualityFailure]:
        return [failure for model in _CHECKS if self._installed(model) for failure in self._failures(model, since)]

    def _installed(self, model: str) -> bool:
        try:
            return self.pages.has_field(model, "name")
        except ErpIncomplete:
            return False

    def _failures(self, model: str, since: datetime) -> list[QualityFailure]:
        state, failed, dates = _CHECKS[model]
        dated = next(field for field in dates if self.pages.has_field(model, field))
        about = [field for field in _ABOUT if self.pages.has_field(model, field)]
        rows = self.pages.search(model, [(state, "=", failed), (dated, ">=", stored(since))], ["name", dated, *about])
        products, _ = self.lookups.products.visible(_pointing(rows, "product_id", "product.product"))
        lots, _ = self.lookups.lots.visible(_pointing(rows, "lot_id", self.dialect.lot_model))
        pickings = self.pages.read("stock.picking", _pointing(rows, "picking_id", "stock.picking"), ["name"])
        found = []
        for row in rows:
            product = products.get(_pointed(row, "product_id", "product.product"))
            picking = pickings.get(_pointed(row, "picking_id", "stock.picking"))
            found.append(
                QualityFailure(
                    record=Record(model, row["id"], row["name"] or f"{model} {row['id']}"),
                    product_id=product.product.id if product else None,
                    product_name=product.product.name if product else "",
                    picking=Record("stock.picking", picking["id"], picking["name"]) if picking else None,
                    lot=lots.get(_pointed(row, "lot_id", self.dialect.lot_model)),
                    at=moment(row[dated]),
                )
            )
        return found


def _pointed(row: Row, field: str, model: str) -> int:
    """The record that the field names, or that the check is about; 0 for none."""
    if row.get(field):
        return int(row[field])
    kind, _, key = (row.get("object_id") or "").partition(",")
    return int(key) if kind == model else 0


def _pointing(rows: Sequence[Row], field: str, model: str) -> list[int]:
    return [key for row in rows if (key := _pointed(row, field, model))]
