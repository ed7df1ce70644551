"""From what people write (numbers, names, addresses) to records."""

from collections.abc import Sequence

from agent.domain.company_names import telling
from agent.domain.records import Record
from agent.domain.stock import Product
from agent.errors import ErpIncomplete
from integrations.demo.access import Reads
from integrations.demo.stock_reads import product_of

#: Kind of number → query giving (number, id, name) for the numbers asked.
NUMBERS = {
    "sale.order": "SELECT name AS number, id, name FROM demo.sale_order WHERE name = ANY (%(numbers)s)",
    "sale.order:client_order_ref": """
        SELECT customer_reference AS number, id, name FROM demo.sale_order WHERE customer_reference = ANY (%(numbers)s)""",
    "purchase.order": "SELECT name AS number, id, name FROM demo.purchase_order WHERE name = ANY (%(numbers)s)",
    "purchase.order:partner_ref": """
        SELECT vendor_reference AS number, id, name FROM demo.purchase_order WHERE vendor_reference = ANY (%(numbers)s)""",
    "stock.picking": """
        SELECT name AS number, id, name FROM demo.picking WHERE name = ANY (%(numbers)s) UNION
        SELECT tracking_reference, id, name FROM demo.picking WHERE tracking_reference = ANY (%(numbers)s)""",
    "account.move": "SELECT name AS number, id, name FROM demo.invoice WHERE name = ANY (%(numbers)s)",
}
#: Model → query giving the partner's id for one record's id.
PARTNERS = {
    "res.partner": "SELECT id FROM demo.partner WHERE id = %(id)s",
    "sale.order": "SELECT customer_id AS id FROM demo.sale_order WHERE id = %(id)s",
    "purchase.order": "SELECT vendor_id AS id FROM demo.purchase_order WHERE id = %(id)s",
    "stock.picking": """
        SELECT coalesce(s.customer_id, p.vendor_id) AS id FROM demo.picking k
        LEFT JOIN demo.sale_order s ON s.id = k.sale_order_id
        LEFT JOIN demo.purchase_order p ON p.id = k.purchase_order_id WHERE k.id = %(id)s""",
    "account.move": "SELECT partner_id AS id FROM demo.invoice WHERE id = %(id)s",
}
#: An exact code first, then names that begin with the text, then the rest by name.
PRODUCTS = """
SELECT * FROM demo.product
WHERE strpos(lower(code), lower(%(text)s)) > 0 OR strpos(lower(name), lower(%(text)s)) > 0
ORDER BY lower(code) <> lower(%(text)s), NOT starts_with(lower(name), lower(%(text)s)), length(name), code LIMIT %(limit)s
"""
VENDORS = """
SELECT id, name FROM demo.partner WHERE vendor AND strpos(lower(name), lower(%(text)s)) > 0
ORDER BY NOT starts_with(lower(name), lower(%(text)s)), name LIMIT %(limit)s
"""
ADDRESSES = """
SELECT a.address, min(p.id) AS id, min(p.name) AS name
FROM unnest(%(addresses)s::text[]) a (address)
JOIN demo.contact c ON c.email = lower(a.address) OR split_part(c.email, '@', 2) = lower(a.address)
JOIN demo.partner p ON p.id = c.partner_id
GROUP BY a.address HAVING count(DISTINCT p.id) = 1
"""


class LookupReads(Reads):
    def search_products(self, text: str, limit: int = 10) -> list[Product]:
        return [product_of(row) for row in self._rows(PRODUCTS, {"text": text.strip(), "limit": limit})]

    def search_vendors(self, text: str, limit: int = 10) -> list[Record]:
        rows = self._rows(VENDORS, {"text": text.strip(), "limit": limit})
        return [Record("res.partner", row.id, row.name) for row in rows]

    def find_by_number(self, model: str, numbers: Sequence[str]) -> dict[str, list[Record]]:
        if model not in NUMBERS:
            raise ErpIncomplete(f"The demo distributor has no numbers of {model}; known are {', '.join(NUMBERS)}.")
        found: dict[str, list[Record]] = {}
        for row in self._rows(NUMBERS[model], {"numbers": list(numbers)}):
            found.setdefault(row.number, []).append(Record(model.partition(":")[0], row.id, row.name))
        return found

    def partner_of_record(self, record: Record) -> Record | None:
        if record.model not in PARTNERS:
            return None
        query = f"SELECT p.id, p.name FROM demo.partner p WHERE p.id = ({PARTNERS[record.model]})"  # noqa: S608 - constants
        rows = self._rows(query, {"id": record.id})
        return Record("res.partner", rows[0].id, rows[0].name) if rows else None

    def partners_by_email(self, addresses: Sequence[str]) -> dict[str, Record]:
        rows = self._rows(ADDRESSES, {"addresses": list(addresses)})
        return {row.address: Record("res.partner", row.id, row.name) for row in rows}

    def partners_like(self, patterns: Sequence[str]) -> list[Record]:
        query = """
            SELECT id, name FROM demo.partner WHERE name ILIKE ANY (%(patterns)s)
            ORDER BY name ILIKE %(telling)s DESC, id LIMIT 200"""
        within = [f"%{pattern}%" for pattern in patterns]
        rows = self._rows(query, {"patterns": within, "telling": max(within, key=telling, default="")})
        return [Record("res.partner", row.id, row.name) for row in rows]

    def note_exists(self, record: Record, marker: str) -> bool:
        """The marker counts in a note's text too: a struck note carries that of the striking."""
        query = """
            SELECT 1 FROM demo.note WHERE model = %(model)s AND record_id = %(id)s
            AND (marker = %(marker)s OR strpos(body, %(marker)s) > 0)"""
        return bool(self._rows(query, {"model": record.model, "id": record.id, "marker": marker}))

    def note_text(self, record: Record, marker: str) -> str | None:
        query = "SELECT body FROM demo.note WHERE model = %(model)s AND record_id = %(id)s AND marker = %(marker)s"
        rows = self._rows(query, {"model": record.model, "id": record.id, "marker": marker})
        return " ".join(rows[0].body.split()) if rows else None
