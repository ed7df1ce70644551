"""Internal notes."""

from agent.domain.records import Record
from integrations.demo.writing.base import Writing

POST_NOTE = """
INSERT INTO demo.note (model, record_id, body, marker)
SELECT %(model)s, %(id)s, %(text)s, %(marker)s
WHERE (%(model)s, %(id)s) IN (
    SELECT 'sale.order', id FROM demo.sale_order UNION ALL
    SELECT 'purchase.order', id FROM demo.purchase_order UNION ALL
    SELECT 'stock.picking', id FROM demo.picking)
"""
STRIKE_NOTE = "UPDATE demo.note SET body = %(text)s WHERE model = %(model)s AND record_id = %(id)s AND marker = %(marker)s"


class NoteWriting(Writing):
    def post_note(self, record: Record, text: str, marker: str) -> None:
        self._write(POST_NOTE, record, {"text": text, "marker": marker})

    def strike_note(self, record: Record, marker: str, text: str) -> None:
        self._write(STRIKE_NOTE, record, {"text": text, "marker": marker})
