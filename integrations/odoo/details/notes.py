"""Who is written to, what colleagues were asked to do, and cases, as agent.ports.erp_details.notes."""

from collections.abc import Mapping
from datetime import date

from agent.domain.contacts import Activity, Case, Colleague, Contact
from agent.domain.mail_files import NoteFile
from agent.domain.records import Record
from agent.errors import ErpIncomplete
from integrations.odoo.along import Row
from integrations.odoo.noun import Noun
from integrations.odoo.search import literal, marked
from integrations.odoo.values import language

#: Where cases are opened, the best first → the model of a case, and its field that names the desk.
DESKS = {"helpdesk.team": ("helpdesk.ticket", "team_id"), "helpdesk.ticket.team": ("helpdesk.ticket", "team_id"),
         "project.project": ("project.task", "project_id")}  # fmt: skip


class NoteDetails(Noun):
    def addressees(self, record: Record) -> list[Contact]:
        row = self.pages.read(record.model, [record.id], ["partner_id", "message_partner_ids"]).get(record.id)
        if row is None or not row["partner_id"]:
            return []
        main, followers = row["partner_id"], set(row["message_partner_ids"]) - {row["partner_id"]}
        rows = self.pages.read("res.partner", [main, *followers], ["name", "email", "lang", "commercial_partner_id"])
        companies = {row["commercial_partner_id"] for row in rows.values() if not row["lang"]} - rows.keys()
        spoken = {**rows, **(self.pages.read("res.partner", companies, ["lang"]) if companies else {})}
        own = self.pages.search("res.users", [("share", "=", False)], ["partner_id"], archived=True)
        colleagues = {user["partner_id"] for user in own}
        others = [_contact(rows[key], spoken) for key in followers if key in rows and key not in colleagues]
        return [_contact(rows[main], spoken), *sorted(others, key=lambda each: (each.name, each.id))]

    def colleagues(self, name: str) -> list[Colleague]:
        said = literal(name)
        wanted = [("share", "=", False), "|", ("login", "=ilike", said), ("name", "=ilike", said)]
        return [Colleague(row["id"], row["name"]) for row in self.pages.search("res.users", wanted, ["name"])]

    def note_files(self, record: Record, marker: str) -> list[NoteFile]:
        notes = self.pages.search("mail.message", marked(record, marker), ["attachment_ids"])
        rows = self.pages.read(
            "ir.attachment", sorted({key for note in notes for key in note["attachment_ids"]}), ["name", "file_size", "checksum"]
        )
        return [NoteFile(row["name"], row["file_size"], row["checksum"] or "") for row in rows.values()]

    def activity(self, record: Record, marker: str) -> Activity | None:
        """Since 17 Odoo tells of other people's activities only those who may write on the record."""
        rows = self.pages.search("mail.activity", asked_on(record, marker), ["summary", "user_id", "date_deadline"])
        owners, _ = self.lookups.users.visible(row["user_id"] for row in rows)
        found = [
            Activity(
                row["id"], row["summary"] or "", owners.get(row["user_id"], "nobody"), date.fromisoformat(row["date_deadline"])
            )
            for row in rows
        ]
        return found[0] if found else None

    def asked_for(self, record: Record, marker: str) -> bool:
        return bool(self.pages.search("mail.activity", asked_on(record, marker), [], archived=True))

    def case_desks(self) -> list[Record]:
        for model in DESKS:
            try:
                rows = self.pages.search(model, [], ["name"])
            except ErpIncomplete:
                continue
            if rows:
                return sorted((Record(model, row["id"], row["name"]) for row in rows), key=lambda desk: (desk.name, desk.id))
        return []

    def case(self, desk: Record, marker: str) -> Case | None:
        model, field = DESKS[desk.model]
        wanted = [(field, "=", desk.id), ("description", "like", literal(marker))]
        rows = self.pages.search(model, wanted, ["name", "active"], archived=True)
        return Case(Record(model, rows[0]["id"], rows[0]["name"]), rows[0]["active"]) if rows else None


def asked_on(record: Record, marker: str) -> list[tuple[str, str, object]]:
    """The domain of the open activities on this record that carry this marker."""
    return [("res_model", "=", record.model), ("res_id", "=", record.id), ("note", "like", literal(marker))]


def _contact(row: Row, spoken: Mapping[int, Row]) -> Contact:
    """Without an address of its own it gets no mail from Odoo, whatever address its company has; a language it shares."""
    company = spoken.get(row["commercial_partner_id"], row)
    return Contact(row["id"], row["name"] or "", row["email"] or None, language(row["lang"] or company["lang"]))
