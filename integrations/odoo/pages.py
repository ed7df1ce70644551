"""Bounded batches of stored fields."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from integrations.odoo.connection import OdooConnection

#: Records asked for in one call.
PAGE = 2_000

Row = dict[str, Any]
Domain = list[Any]


class Pages:
    """Reads in calls whose number depends on pages of 2,000 records. Relations come as ids: display names cost a query each."""

    def __init__(self, connection: OdooConnection) -> None:
        self.connection = connection
        self._fields: dict[tuple[str, str], bool] = {}

    def search(self, model: str, domain: Domain, fields: Sequence[str], *, archived: bool = False) -> list[Row]:
        """Every record that matches, by id, archived ones only on demand."""
        context = {"active_test": False} if archived else {}
        rows: list[Row] = []
        while True:
            # the next page starts behind the last id, so a record added or gone meanwhile shifts nothing
            after = [("id", ">", rows[-1]["id"])] if rows else []
            page: list[Row] = self.connection.ask(
                model,
                "search_read",
                domain=[*domain, *after],
                fields=list(fields),
                limit=PAGE,
                order="id",
                load="",
                context=context,
            )
            rows += page
            if len(page) < PAGE:
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
        rows: list[Row] = self.connection.ask(
            model, "search_read", domain=domain, fields=list(fields), limit=limit, order="id", load=""
        )
        return rows

    def has_field(self, model: str, field: str) -> bool:
        """Whether the model has this field and this login may see it; asked once."""
        if (model, field) not in self._fields:
            found = self.connection.ask(model, "fields_get", allfields=[field], attributes=["type"])
            self._fields[model, field] = field in found
        return self._fields[model, field]


def batches(values: Iterable[Any]) -> Iterator[list[Any]]:
    """The distinct values, in lists of at most a page."""
    rest = iter(dict.fromkeys(values))
    while batch := list(islice(rest, PAGE)):
        yield batch
