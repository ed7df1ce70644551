"""Changes in Odoo: absolute values and internal notes, each sent once."""

from datetime import datetime
from html import escape

from agent.domain.records import Record
from agent.errors import ErpRefused
from integrations.odoo.connection import OdooConnection
from integrations.odoo.search import marked
from integrations.odoo.values import stored


class OdooWriter:
    """`agent.ports.erp_writer.ErpWriter` on a connection whose login may write."""

    def __init__(self, connection: OdooConnection) -> None:
        self.connection = connection

    def set_promise_date(self, order: Record, promise_date: datetime) -> None:
        """Odoo keeps whole seconds; a fraction is cut off."""
        self.connection.change(order.model, "write", ids=[order.id], vals={"commitment_date": stored(promise_date)})

    def clear_promise_date(self, order: Record) -> None:
        self.connection.change(order.model, "write", ids=[order.id], vals={"commitment_date": False})

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
