"""What a mail says of single lines."""

from typing import Any

import pytest

from tests.unit.triage.mails import mail, triaged


def _lines(body: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = triaged(subject="lines", body=body).fields.get("lines", [])
    return [{name: value for name, value in line.items() if name != "span"} for line in found]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("BEL-5 40 m", {"sku": "BEL-5", "quantity": "40"}),
        ("10 BEL-5 40 EUR 21.90 25/03/2026", {"sku": "BEL-5", "quantity": "40", "price": "21.90", "dates": ["2026-03-25"]}),
        ("12 BEL-5", {"sku": "BEL-5", "quantity": "12"}),
        ("BEL-5: 2 boxes crushed", {"sku": "BEL-5", "damaged": "2"}),
        ("faltan 10 BEL-5", {"sku": "BEL-5", "short": "10"}),
        ("BEL-5 statt 20.03.2026 erst 24.03.2026", {"sku": "BEL-5", "dates": ["2026-03-20", "2026-03-24"]}),
    ],
)
def test_a_row_with_a_product_is_a_line(body: str, line: dict[str, Any]) -> None:
    assert _lines(body) == [line]


def test_rows_are_apart_and_their_spans_are_theirs() -> None:
    body = "our list\nBEL-5 40\nROP-8 12\nregards"
    text = mail(body=body).text
    found = triaged(subject="x", body=body).fields["lines"]
    assert [text[slice(*line["span"])] for line in found] == ["BEL-5 40", "ROP-8 12"]


def test_quoted_rows_and_the_subject_make_no_lines() -> None:
    quoted = "Hello\n\nOn 2 March 2026 Ann <ann@x.example> wrote:\n> BEL-5 40\n"
    assert triaged(subject="BEL-5", body=quoted).fields.get("lines") is None
