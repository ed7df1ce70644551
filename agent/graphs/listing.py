"""The list that an answer speaks of, as a table: from the results of the tools, never from what a model wrote."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
MOST_ROWS = 15
SMALLEST = 2


@dataclass(frozen=True, slots=True)
class Listing:
    """Where a tool's list is, and what its columns are."""

    rows: str
    columns: tuple[tuple[str, Callable[[Row], Any]], ...]
    linked: str
    """Key of a row's own record, which the first column names."""


def _named(key: str) -> Callable[[Row], Any]:
    return lambda row: row.get(key)


def _money(key: str) -> Callable[[Row], Any]:
    return lambda row: f"{row[key]['amount']} {row[key]['currency']}" if row.get(key) else None


def _late(row: Row) -> str:
    return f"{row['days_late']} d" if row.get("days_late") else "not yet"


def _reason(row: Row) -> Any:
    return next(iter(row.get("reasons", ())), None)


def _waiting(row: Row) -> str | None:
    return ", ".join(one["order"] for one in row.get("waited_for_by", ())) or None


LISTINGS: Mapping[str, Listing] = {
    "orders_at_risk": Listing(
        "orders",
        (
            ("Order", _named("order")),
            ("Customer", _named("customer")),
            ("Value", _money("value_at_risk")),
            ("Promised", _named("promise_date")),
            ("Ships", _named("projected_date")),
            ("Late by", _late),
            ("Cause", _reason),
        ),
        "order",
    ),
    "impact_of": Listing(
        "orders",
        (
            ("Order", _named("order")),
            ("Customer", _named("customer")),
            ("Value", _money("value")),
            ("Promised", _named("promise_date")),
            ("Ready", _named("ready")),
            ("Late by", _late),
        ),
        "order",
    ),
    "late_from_vendor": Listing(
        "lines",
        (
            ("Purchase", _named("purchase")),
            ("Vendor", _named("vendor")),
            ("Product", _named("product")),
            ("Open", _named("outstanding")),
            ("Promised", _named("vendor_promise_date")),
            ("Late by", _late),
            ("Waits for it", _waiting),
        ),
        "purchase",
    ),
    "waiting_approvals": Listing(
        "proposals",
        (
            ("Proposal", _named("label")),
            ("Change", _named("title")),
            ("Approval", _named("approval")),
            ("By", _named("asked_by")),
        ),
        "label",
    ),
    "what_changed": Listing(
        "findings",
        (
            ("Finding", _named("finding")),
            ("Change", _named("change")),
            ("How bad", _named("severity")),
            ("What", _named("summary")),
        ),
        "finding",
    ),
}


def listed(results: list[tuple[str, dict[str, Any]]]) -> dict[str, Any] | None:
    """`{"columns": […], "rows": [[{"text", "url"}]], "not_shown": n}` of the one list that was looked up.

    None where there was none, several of them, or fewer than two rows. A column that is hidden from whoever asked, or empty
    in all rows, is not there.
    """
    found = [(LISTINGS[tool], result) for tool, result in results if tool in LISTINGS and "error" not in result]
    if len(found) != 1:
        return None
    listing, result = found[0]
    rows: list[Row] = result[listing.rows]
    if len(rows) < SMALLEST:
        return None
    urls = {record["name"]: record.get("url") for record in result["records"]}
    shown = rows[:MOST_ROWS]
    columns = [(name, of) for name, of in listing.columns if any(of(row) is not None for row in shown)]
    cells = [[_cell(of(row), urls.get(row.get(listing.linked)) if not at else None) for at, (_, of) in enumerate(columns)]
             for row in shown]  # fmt: skip
    hidden = result.get("not_shown") or 0
    return {"columns": [name for name, _ in columns], "rows": cells, "not_shown": hidden + len(rows) - len(shown)}


def _cell(said: object, url: str | None) -> dict[str, Any]:
    return {"text": "–" if said is None else str(said), "url": url}
