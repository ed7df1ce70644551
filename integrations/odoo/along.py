"""Records read along with those that point to them, in one call."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]

#: Model → id → record.
Found = dict[str, dict[int, Row]]


@dataclass(frozen=True, slots=True)
class Link:
    """What is wanted of the record that a many-to-one field points to."""

    model: str
    fields: Sequence[str]
    links: Mapping[str, "Link"] = field(default_factory=dict)


def specification(fields: Sequence[str], links: Mapping[str, Link]) -> dict[str, Any]:
    """As Odoo's `web_search_read` takes it."""
    plain: dict[str, Any] = {name: {} for name in fields}
    return plain | {name: {"fields": specification(link.fields, link.links)} for name, link in links.items()}


def unfold(rows: Iterable[Row], links: Mapping[str, Link], found: Found) -> None:
    """Put ids in the place of the records that came along, and these into `found`."""
    for row in rows:
        for name, link in links.items():
            if pointed := row[name]:
                row[name] = pointed["id"]
                unfold([pointed], link.links, found)
                records = found.setdefault(link.model, {})
                # the same record may come on a way that tells less of it
                records[pointed["id"]] = {**records.get(pointed["id"], {}), **pointed}
