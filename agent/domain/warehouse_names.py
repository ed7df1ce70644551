"""Warehouses as people name them."""

from collections.abc import Collection, Iterable

from agent.domain.stock import Warehouse
from agent.errors import RecordMissing


def warehouses_called(typed: str, known: Collection[Warehouse]) -> frozenset[int]:
    """Ids of those whose code or name it is, or of the only one whose name has it as a part; case ignored.

    Several companies may call theirs the same. Raises RecordMissing with a sentence that names those there are.
    """
    wanted = typed.strip().casefold()
    exact = [each for each in known if wanted in (each.code.casefold(), each.name.casefold())]
    part = [each for each in known if wanted and wanted in each.name.casefold()]
    found = exact or part
    if not exact and len({each.name for each in part}) > 1:
        raise RecordMissing(f"“{typed}” may be any of {_told(part)}; name one of them.")
    if not found:
        raise RecordMissing(f"No warehouse is called “{typed}”; there are {_told(known)}.")
    return frozenset(each.id for each in found)


def _told(warehouses: Iterable[Warehouse]) -> str:
    *others, last = sorted({f"{warehouse.name} ({warehouse.code})" for warehouse in warehouses}) or ["none"]
    return f"{', '.join(others)} and {last}" if others else last
