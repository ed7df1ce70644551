"""Who is written to and what colleagues were asked to do, as agent.ports.erp_details.notes. There are no cases here."""

from collections.abc import Sequence

from agent.domain.contacts import Activity, Case, Colleague, Contact
from agent.domain.erp_users import ErpUser
from agent.domain.mail_files import NoteFile, sha1_of
from agent.domain.records import Record
from integrations.demo.access import Reads
from integrations.demo.lookup_reads import PARTNERS
from integrations.demo.people import PEOPLE

ACTIVITY = """
SELECT id, summary, owner, due FROM demo.activity
WHERE model = %(model)s AND record_id = %(id)s AND marker = %(marker)s AND open
"""
ASKED = "SELECT 1 FROM demo.activity WHERE model = %(model)s AND record_id = %(id)s AND marker = %(marker)s"
FILES = """
SELECT name, content FROM demo.note_file JOIN demo.note ON note.id = note_id
WHERE model = %(model)s AND record_id = %(id)s AND marker = %(marker)s
"""
#: Numbered by their names: the demo company keeps no table of its staff.
STAFF = """
SELECT (row_number() OVER (ORDER BY name))::integer AS id, name FROM (
    SELECT salesperson AS name FROM demo.sale_order UNION SELECT buyer FROM demo.purchase_order
    UNION SELECT responsible FROM demo.picking) everybody WHERE name IS NOT NULL
"""


class NoteDetails(Reads):
    def addressees(self, record: Record) -> list[Contact]:
        if record.model not in PARTNERS:
            return []
        query = f"SELECT id, name, nullif(email, '') AS email, language FROM demo.partner WHERE id = ({PARTNERS[record.model]})"  # noqa: S608 - constants
        return [Contact(row.id, row.name, row.email, row.language) for row in self._rows(query, {"id": record.id})]

    def colleagues(self, name: str) -> list[Colleague]:
        """By the whole name, or the first one."""
        called = "lower(%(name)s) IN (lower(name), lower(split_part(name, ' ', 1)))"
        query = f"SELECT * FROM ({STAFF}) staff WHERE {called}"  # noqa: S608 - constants
        return [Colleague(row.id, row.name) for row in self._rows(query, {"name": name.strip()})]

    def users_by_email(self, addresses: Sequence[str]) -> dict[str, list[ErpUser]]:
        """Of the staff who have orders, purchases or transfers, those who may be played have an address."""
        names = {person.email: person.name for person in PEOPLE}
        staff = {row.name: row.id for row in self._rows(STAFF)}
        known = {text: name for text in addresses if (name := names.get(text.casefold())) in staff and name}
        return {text: [ErpUser(staff[name], text.casefold(), name)] for text, name in known.items()}

    def note_files(self, record: Record, marker: str) -> list[NoteFile]:
        rows = self._rows(FILES, {"model": record.model, "id": record.id, "marker": marker})
        return [NoteFile(row.name, len(row.content), sha1_of(row.content)) for row in rows]

    def activity(self, record: Record, marker: str) -> Activity | None:
        rows = self._rows(ACTIVITY, {"model": record.model, "id": record.id, "marker": marker})
        return Activity(rows[0].id, rows[0].summary, rows[0].owner, rows[0].due) if rows else None

    def asked_for(self, record: Record, marker: str) -> bool:
        return bool(self._rows(ASKED, {"model": record.model, "id": record.id, "marker": marker}))

    def case_desks(self) -> list[Record]:
        return []

    def case(self, desk: Record, marker: str) -> Case | None:
        return None
