"""Internal notes in the chatter."""

from html import escape

from agent.domain.records import Record
from agent.errors import ErpRefused
from integrations.odoo.search import marked
from integrations.odoo.writing.base import Writing


class NoteWriting(Writing):
    def post_note(self, record: Record, text: str, marker: str) -> None:
        self.connection.change(
            record.model,
            "message_post",
            ids=[record.id],
            body=_body(text, marker),
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            **self.connection.dialect.note_arguments,
        )

    def strike_note(self, record: Record, marker: str, text: str) -> None:
        notes = self.connection.ask("mail.message", "search", domain=marked(record, marker))
        if not notes:
            raise ErpRefused(f"{record.name} has no note marked {marker}; there is nothing to take back.")
        self.connection.change("mail.message", "write", ids=notes, vals={"body": _body(text, marker)})


def _body(text: str, marker: str) -> str:
    """Paragraphs as typed, and the marker in small print below."""
    paragraphs = "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in text.strip().split("\n\n"))
    return f"{paragraphs}<p><small>{escape(marker)}</small></p>"
