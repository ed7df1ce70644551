"""Which Odoo answered, and what the login may do there."""

from agent.domain.outages import Reach
from agent.domain.records import ErpDescription, Record
from agent.errors import ErpIncomplete, ErpRefused
from integrations.odoo.noun import Noun

#: What Expediter or a distributor's work would change. Left out are models that Odoo lets every internal user write, such as
#: `mail.message`, `mail.activity`, `stock.move.line` and `project.task`: they would make every reader look like a writer.
KEY_MODELS = (
    "sale.order", "sale.order.line", "purchase.order", "purchase.order.line", "stock.picking", "stock.move", "stock.quant",
    "stock.scrap", "stock.warehouse.orderpoint", "product.product", "product.template", "product.supplierinfo", "res.partner",
    "res.users", "account.move", "account.payment",
)  # fmt: skip

#: An installed module, known by a model it brings; for a login that may not read the list of modules.
_BROUGHT_BY = {"sale": "sale.order", "stock": "stock.picking", "purchase": "purchase.order", "account": "account.move"}


class Description(Noun):
    def describe(self) -> ErpDescription:
        return ErpDescription(
            product="Odoo",
            version=self.connection.version,
            database=self.connection.database,
            login=self.connection.login,
            modules=self._modules(),
            may_write=tuple(model for model in KEY_MODELS if self._may_change(model)),
            clock=self.connection.server_clock(),
            way=self.connection.way,
        )

    @property
    def reach(self) -> Reach:
        return self.connection.reach

    def url(self, record: Record) -> str | None:
        return f"{self.connection.address}/{self.dialect.record_path.format(model=record.model, id=record.id)}"

    def _modules(self) -> frozenset[str]:
        try:
            rows = self.pages.search("ir.module.module", [("state", "=", "installed")], ["name"])
        except ErpRefused:
            return frozenset(module for module, model in _BROUGHT_BY.items() if self._exists(model))
        return frozenset(row["name"] for row in rows)

    def _exists(self, model: str) -> bool:
        try:
            self._may(model, "read")
        except ErpIncomplete:
            return False
        return True

    def _may_change(self, model: str) -> bool:
        try:
            return any(self._may(model, operation) for operation in ("write", "create", "unlink"))
        except ErpIncomplete:
            return False

    def _may(self, model: str, operation: str) -> bool:
        return bool(self.connection.ask(model, self.dialect.access_check, operation=operation, **self.dialect.access_arguments))
