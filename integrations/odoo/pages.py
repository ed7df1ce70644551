"""Bounded batches of stored fields."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from threading import Lock
from typing import Any, TypeVar, cast

from agent.errors import ErpRefused
from integrations.odoo.along import Found, Link, Row, specification, unfold
from integrations.odoo.connection import OdooConnection

#: Records asked for in one call.
PAGE = 2_000

T = TypeVar("T")

Domain = list[Any]


class Pages:
    """Reads in calls whose number depends on pages of 2,000 records. Relations come as ids: display names cost a query each."""

    def __init__(self, connection: OdooConnection) -> None:
        self.connection = connection
        self._fields: dict[str, frozenset[str]] = {}
        self._lock = Lock()

    def search(self, model: str, domain: Domain, fields: Sequence[str], *, archived: bool = False) -> list[Row]:
        """Every record that matches, by id, archived ones only on demand."""
        context = {"active_test": False} if archived else {}
        return _every(lambda after: self._page(model, [*domain, *after], fields, PAGE, context))

    def search_where(self, model: str, field: str, values: Iterable[Any], domain: Domain, fields: Sequence[str]) -> list[Row]:
        """Records whose `field` is one of `values`, asked for by pages of values; archived ones too."""
        return [
            row for batch in batches(values) for row in self.search(model, [(field, "in", batch), *domain], fields, archived=True)
        ]

    def search_along(
        self, model: str, field: str, values: Iterable[Any], domain: Domain, fields: Sequence[str], links: Mapping[str, Link]
    ) -> tuple[list[Row], Found]:
        """As `search_where`, and what the links point to; that only where it comes in the same call.

        An Odoo before 17 reads nothing along, nor one that keeps some of it from this login: then it is asked for apart.
        """
        values = list(values)
        found: Found = {}
        if self.connection.dialect.reads_along:
            try:
                return [
                    row
                    for batch in batches(values)
                    for row in self._along(model, [(field, "in", batch), *domain], fields, links, found)
                ], found
            except ErpRefused:
                pass
        return self.search_where(model, field, values, domain, fields), {}

    def read(self, model: str, ids: Iterable[int], fields: Sequence[str]) -> dict[int, Row]:
        """Records by id, archived ones too; those that do not exist or may not be seen are left out."""
        return {row["id"]: row for row in self.search_where(model, "id", ids, [], fields)}

    def best(self, model: str, domain: Domain, fields: Sequence[str], limit: int) -> list[Row]:
        """At most `limit` active records, in no order that means anything."""
        return self._page(model, domain, fields, limit, {})[0]

    def has_field(self, model: str, field: str) -> bool:
        """Whether the model has this field and this login may see it; asked once per model."""
        with self._lock:
            if model not in self._fields:
                self._fields[model] = frozenset(self.connection.ask(model, "fields_get", attributes=["type"]))
            return field in self._fields[model]

    def _page(
        self, model: str, domain: Domain, fields: Sequence[str], limit: int, context: dict[str, Any]
    ) -> tuple[list[Row], bool]:
        """The first so many records, and whether there are no more."""
        wanted = {"domain": domain, "limit": limit, "order": "id", "context": context}
        rows: list[Row]
        if self.connection.dialect.search_read_load:
            rows = self.connection.ask(model, "search_read", fields=list(fields), load="", **wanted)
            return rows, len(rows) < limit
        found = self.connection.ask(model, "search", **wanted)
        rows = self.connection.ask(model, "read", ids=found, fields=list(fields), load="") if found else []
        return rows, len(found) < limit or not rows  # a record may be deleted between the two

    def _along(self, model: str, domain: Domain, fields: Sequence[str], links: Mapping[str, Link], found: Found) -> list[Row]:
        wanted = {"specification": specification(["id", *fields], links), "limit": PAGE, "order": "id"}

        def page(after: Domain) -> tuple[list[Row], bool]:
            context = {"active_test": False}
            rows: list[Row] = self.connection.ask(model, "web_search_read", domain=[*domain, *after], context=context, **wanted)[
                "records"
            ]
            unfold(rows, links, found)
            return rows, len(rows) < PAGE

        return _every(page)


def _every(page: Callable[[Domain], tuple[list[Row], bool]]) -> list[Row]:
    """The rows of all pages. The next one starts behind the last id, so a record added or gone meanwhile shifts nothing."""
    rows: list[Row] = []
    last = False
    while not last:
        more, last = page([("id", ">", rows[-1]["id"])] if rows else [])
        rows += more
    return rows


def batches(values: Iterable[T], key: Callable[[T], Hashable] = lambda value: cast(Hashable, value)) -> Iterator[list[T]]:
    """The values that have distinct keys, in lists of at most a page."""
    rest = iter({key(value): value for value in values}.values())
    while batch := list(islice(rest, PAGE)):
        yield batch
