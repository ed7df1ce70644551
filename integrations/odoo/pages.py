"""Bounded batches of stored fields."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar, cast

from integrations.odoo.connection import OdooConnection

#: Records asked for in one call.
PAGE = 2_000

T = TypeVar("T")

Row = dict[str, Any]
Domain = list[Any]


class Pages:
    """Reads in calls whose number depends on pages of 2,000 records. Relations come as ids: display names cost a query each."""

    def __init__(self, connection: OdooConnection) -> None:
        self.connection = connection
        self._fields: dict[str, frozenset[str]] = {}

    def search(self, model: str, domain: Domain, fields: Sequence[str], *, archived: bool = False) -> list[Row]:
        """Every record that matches, by id, archived ones only on demand."""
        context = {"active_test": False} if archived else {}
        rows: list[Row] = []
        while True:
            # the next page starts behind the last id, so a record added or gone meanwhile shifts nothing
            after = [("id", ">", rows[-1]["id"])] if rows else []
            page, last = self._page(model, [*domain, *after], fields, PAGE, context)
            rows += page
            if last:
                return rows

    def search_where(self, model: str, field: str, values: Iterable[Any], domain: Domain, fields: Sequence[str]) -> list[Row]:
        """Records whose `field` is one of `values`, asked for by pages of values; archived ones too."""
        return [
            row for batch in batches(values) for row in self.search(model, [(field, "in", batch), *domain], fields, archived=True)
        ]

    def read(self, model: str, ids: Iterable[int], fields: Sequence[str]) -> dict[int, Row]:
        """Records by id, archived ones too; those that do not exist or may not be seen are left out."""
        return {row["id"]: row for row in self.search_where(model, "id", ids, [], fields)}

    def best(self, model: str, domain: Domain, fields: Sequence[str], limit: int) -> list[Row]:
        """At most `limit` active records, in no order that means anything."""
        return self._page(model, domain, fields, limit, {})[0]

    def has_field(self, model: str, field: str) -> bool:
        """Whether the model has this field and this login may see it; asked once per model."""
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


def batches(values: Iterable[T], key: Callable[[T], Hashable] = lambda value: cast(Hashable, value)) -> Iterator[list[T]]:
    """The values that have distinct keys, in lists of at most a page."""
    rest = iter({key(value): value for value in values}.values())
    while batch := list(islice(rest, PAGE)):
        yield batch
