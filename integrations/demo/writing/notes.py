"""Internal notes, messages to people outside, activities."""

from collections.abc import Sequence
from datetime import date

from agent.domain.contacts import Colleague, Contact
from agent.domain.mail_files import RecordFile
from agent.domain.records import Record
from agent.errors import ErpRefused
from integrations.demo.writing.base import Writing

KNOWN = """
WHERE (%(model)s, %(id)s) IN (
    SELECT 'sale.order', id FROM demo.sale_order UNION ALL
    SELECT 'purchase.order', id FROM demo.purchase_order UNION ALL
    SELECT 'stock.picking', id FROM demo.picking)
"""
POST = f"""
INSERT INTO demo.note (model, record_id, body, marker, sent_to)
SELECT %(model)s, %(id)s, %(text)s, %(marker)s, %(to)s {KNOWN}
"""
POST_WITH_FILE = f"""
WITH posted AS ({POST} RETURNING id)
INSERT INTO demo.note_file (note_id, name, content) SELECT id, %(file)s, %(content)s FROM posted
"""  # noqa: S608 - constants
STRIKE_NOTE = "UPDATE demo.note SET body = %(text)s WHERE model = %(model)s AND record_id = %(id)s AND marker = %(marker)s"
SCHEDULE = f"""
INSERT INTO demo.activity (model, record_id, summary, note, owner, due, marker)
SELECT %(model)s, %(id)s, %(summary)s, %(text)s, %(owner)s, coalesce(%(due)s, current_date), %(marker)s {KNOWN}
"""
WITHDRAW = "UPDATE demo.activity SET open = false WHERE marker = %(marker)s AND model = %(model)s AND record_id = %(id)s AND open"
NO_CASES = "The demo company has no helpdesk and no projects; a case is an activity there."


class NoteWriting(Writing):
    def post_note(self, record: Record, text: str, marker: str) -> None:
        self._write(POST, record, {"text": text, "marker": marker, "to": []})

    def post_note_with_file(self, record: Record, text: str, marker: str, file: RecordFile) -> None:
        values = {"text": text, "marker": marker, "to": [], "file": file.name, "content": file.content}
        self._write(POST_WITH_FILE, record, values)

    def strike_note(self, record: Record, marker: str, text: str) -> None:
        self._write(STRIKE_NOTE, record, {"text": text, "marker": marker})

    def send_message(self, record: Record, to: Sequence[Contact], text: str, marker: str) -> None:
        self._write(POST, record, {"text": text, "marker": marker, "to": [contact.email for contact in to]})

    def schedule_activity(self, record: Record, owner: Colleague, due: date | None, summary: str, text: str, marker: str) -> None:
        self._write(SCHEDULE, record, {"summary": summary, "owner": owner.name, "due": due, "text": text, "marker": marker})

    def withdraw_activity(self, record: Record, marker: str) -> None:
        self._write(WITHDRAW, record, {"marker": marker})

    def open_case(self, desk: Record, title: str, text: str, customer_id: int, owner: Colleague, marker: str) -> None:
        raise ErpRefused(NO_CASES)

    def close_case(self, case: Record) -> None:
        raise ErpRefused(NO_CASES)
