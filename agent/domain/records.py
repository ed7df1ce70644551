"""What a fact came from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the ERP, named the way people name it: `Record("sale.order", 42, "S00042")`."""

    model: str
    id: int
    name: str


#: Where a person opens a record; None where there is no web client.
Link = Callable[[Record], str | None]


@dataclass(frozen=True, slots=True)
class ErpDescription:
    """Which ERP answered, as whom, and what that login may do there."""

    product: str
    """`Odoo` or `demo distributor`."""
    version: str
    database: str
    login: str
    modules: frozenset[str]
    """Technical names of the installed modules."""
    may_write: tuple[str, ...]
    """Models this login could write, create or delete in; empty for a true reader."""
    clock: datetime | None = None
    """The server's own time, aware, where it tells."""
    way: str = ""
    """How it is reached and why so, such as `JSON-2: the server has it and an API key is set`; empty for the demo."""
