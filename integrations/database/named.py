"""Who and what a filter names: what nothing is called is refused, for an empty answer would sound like good news."""

from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.stock import Warehouse
from agent.domain.warehouse_names import warehouses_called
from agent.errors import RecordMissing


def warehouse_ids(connection: Connection[DictRow], typed: str | None) -> list[int] | None:
    """Those of the board that are called so; None when none is named. Raises RecordMissing."""
    if typed is None:
        return None
    known = connection.execute("SELECT id, name, code FROM board_warehouse").fetchall()
    return sorted(warehouses_called(typed, [Warehouse(**row) for row in known]))


def person_id(connection: Connection[DictRow], typed: str | None) -> int | None:
    """Of the person with this handle, case ignored; None when none is named. Raises RecordMissing."""
    if typed is None:
        return None
    known = {row["handle"]: row["id"] for row in connection.execute("SELECT id, handle FROM person ORDER BY handle").fetchall()}
    if (found := known.get(typed.strip().lower())) is None:
        raise RecordMissing(f"Nobody here is called “{typed}”; there are {', '.join(known) or 'no persons yet'}.")
    return int(found)
