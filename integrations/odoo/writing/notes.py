"""The chatter: internal notes, messages to people outside, activities; and cases."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any

from agent.domain.contacts import Colleague, Contact
from agent.domain.mail_files import RecordFile
from agent.domain.records import Record
from agent.errors import ErpRefused
from integrations.odoo.details.notes import DESKS, asked_on
from integrations.odoo.search import marked
from integrations.odoo.writing.base import Writing

#: Where Odoo keeps what is attached to a message that is not posted yet.
_WRITING = "mail.compose.message"


class NoteWriting(Writing):
    def post_note(self, record: Record, text: str, marker: str) -> None:
        self._post(record, text, marker, "mail.mt_note", [])

    def post_note_with_file(self, record: Record, text: str, marker: str, file: RecordFile) -> None:
        self._post(record, text, marker, "mail.mt_note", [], **self._with_file(file))

    def _with_file(self, file: RecordFile) -> dict[str, Any]:
        """Within the note's own call where its bytes are text: Odoo writes text as UTF-8, in every version.

        Anything else is handed in before, as what a person attaches while still writing: until the note takes it, nobody sees it.
        """
        try:
            return {"attachments": [[file.name, file.content.decode("utf-8")]]}
        except UnicodeDecodeError:
            handed_in = {"name": file.name, "datas": b64encode(file.content).decode(), "res_model": _WRITING, "res_id": 0}
            return {"attachment_ids": self.connection.change("ir.attachment", "create", vals_list=[handed_in])}

    def strike_note(self, record: Record, marker: str, text: str) -> None:
        notes = self.connection.ask("mail.message", "search", domain=marked(record, marker))
        if not notes:
            raise ErpRefused(f"{record.name} has no note marked {marker}; there is nothing to take back.")
        self.connection.change("mail.message", "write", ids=notes, vals={"body": _body(text, marker)})

    def send_message(self, record: Record, to: Sequence[Contact], text: str, marker: str) -> None:
        self._post(record, text, marker, "mail.mt_comment", [contact.id for contact in to])

    def schedule_activity(self, record: Record, owner: Colleague, due: date | None, summary: str, text: str, marker: str) -> None:
        self.connection.change(
            record.model,
            "activity_schedule",
            ids=[record.id],
            act_type_xmlid="mail.mail_activity_data_todo",
            date_deadline=due.isoformat() if due else False,
            summary=summary,
            note=_body(text, marker),
            user_id=owner.id,
        )

    def withdraw_activity(self, record: Record, marker: str) -> None:
        found = self.connection.ask("mail.activity", "search", domain=asked_on(record, marker))
        if not found:
            raise ErpRefused(f"{record.name} has no open activity marked {marker}; it may have been done.")
        self.connection.change("mail.activity", "unlink", ids=found)

    def open_case(self, desk: Record, title: str, text: str, customer_id: int, owner: Colleague, marker: str) -> None:
        model, field = DESKS[desk.model]
        several = model == "project.task" and self.connection.dialect.tasks_have_several_owners
        values = {
            "name": title,
            field: desk.id,
            "partner_id": customer_id,
            "description": _body(text, marker),
            **({"user_ids": [(6, 0, [owner.id])]} if several else {"user_id": owner.id}),
        }
        self.connection.change(model, "create", vals_list=[values])

    def close_case(self, case: Record) -> None:
        self.connection.change(case.model, "write", ids=[case.id], vals={"active": False})

    def _post(self, record: Record, text: str, marker: str, subtype: str, partner_ids: list[int], **files: Any) -> None:
        self.connection.change(
            record.model,
            "message_post",
            ids=[record.id],
            body=_body(text, marker),
            message_type="comment",
            subtype_xmlid=subtype,
            partner_ids=partner_ids,
            **files,
            **self.connection.dialect.note_arguments,
        )


def _body(text: str, marker: str) -> str:
    """Paragraphs as typed, and the marker in small print below."""
    said = text.strip()
    paragraphs = "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in said.split("\n\n")) if said else ""
    return f"{paragraphs}<p><small>{escape(marker)}</small></p>"
