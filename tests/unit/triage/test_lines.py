"""What a mail says of single lines."""

from dataclasses import replace
from datetime import date
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.mail import Attachment, MailClass
from agent.triage.lines import lines_of
from agent.triage.references import references_in
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
        ("BEL-5: 01 pcs", {"sku": "BEL-5", "quantity": "1"}),
        ("BEL-5: 2 boxes crushed", {"sku": "BEL-5", "damaged": "2"}),
        ("faltan 10 BEL-5", {"sku": "BEL-5", "short": "10"}),
        ("BEL-5 statt 20.03.2026 erst 24.03.2026", {"sku": "BEL-5", "dates": ["2026-03-20", "2026-03-24"]}),
    ],
)
def test_a_row_with_a_product_is_a_line(body: str, line: dict[str, Any]) -> None:
    assert _lines(body) == [line]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("the BEL-5 is 4 short, ROP-8 all 12 there", {"BEL-5": {"short": "4"}, "ROP-8": {"quantity": "12"}}),
        ("20 pcs BEL-5 and 5 pcs of ROP-8 please", {"BEL-5": {"quantity": "20"}, "ROP-8": {"quantity": "5"}}),
        ("Fehlmengen:\n- BEL-5 4\n- ROP-8 12", {"BEL-5": {"short": "4"}, "ROP-8": {"short": "12"}}),
        ("BEL-5 et ROP-8 le 25/03/2026", {"BEL-5": {"dates": ["2026-03-25"]}, "ROP-8": {"dates": ["2026-03-25"]}}),
        ("Neu zum 25.03.2026:\n- BEL-5\n- ROP-8", {"BEL-5": {"dates": ["2026-03-25"]}, "ROP-8": {"dates": ["2026-03-25"]}}),
        ("de la BEL-5 vienen 24 y pedimos 30", {"BEL-5": {"shipped": "24", "quantity": "30", "short": "6"}}),
        ("BEL-5: drie dozen, waarvan een kapot", {"BEL-5": {"quantity": "3", "damaged": "1"}}),
        ("deux cents BEL-5", {"BEL-5": {"quantity": "200"}}),
        ("2,000 x BEL-5", {"BEL-5": {"quantity": "2000"}}),
        ("BEL-5 you charge 5.35, we agreed 5.10", {"BEL-5": {"price": "5.10"}}),
        ("BEL-5 Montag KW 13", {"BEL-5": {"dates": ["2026-03-23"]}}),
        ("BEL-5 beginning of week 13", {"BEL-5": {"dates": ["2026-03-23"]}}),
    ],
)  # fmt: skip
def test_a_sentence_is_taken_apart_by_its_products(body: str, lines: dict[str, dict[str, Any]]) -> None:
    assert {line.pop("sku"): line for line in _lines(body)} == lines


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("Please cancel one thing: change BEL-5 from 40 to 60.", {"quantity": "60"}),
        ("Please change the order: BEL-5 60 instead of 40.", {"quantity": "60"}),
        ("Graag de bestelling wijzigen: BEL-5 niet 40 maar 60.", {"quantity": "60"}),
        ("Bitte die Bestellung ändern: BEL-5 streichen.", {"quantity": "0"}),
    ],
)
def test_of_what_changes_the_new_number_counts(body: str, line: dict[str, Any]) -> None:
    found = triaged(subject="Change of order S00042", body=body)
    assert found.mail_class is MailClass.ORDER_CHANGE
    assert [{name: each[name] for name in each if name not in ("sku", "span")} for each in found.fields["lines"]] == [line]


def test_what_came_instead_of_what_was_ordered_is_short_by_the_rest() -> None:
    [line] = triaged(subject="Shortage and damage", body="Damaged and short: BEL-5 36 pcs instead of 40 in the boxes.").fields[
        "lines"
    ]
    assert (line["shipped"], line["quantity"], line["short"]) == ("36", "40", "4")


@pytest.mark.parametrize(
    "table",
    [
        "Item     Ordered   Shipped   Date\nBEL-5    40        36        25/03/2026\nROP-8    12        12        25/03/2026",
        "| Artikel | bestellt | geliefert | Datum |\n|---|---|---|---|\n"
        "| BEL-5 | 40 | 36 | 25.03.2026 |\n| ROP-8 | 12 | 12 | 25.03.2026 |",
        "Article;Quantité;Livrée;Date\nBEL-5;40;36;25/03/2026\nROP-8;12;12;25/03/2026",
    ],
)
def test_in_a_table_the_headings_say_what_a_number_is(table: str) -> None:
    bel, rop = _lines(f"Hello,\n\n{table}\n\nRegards\nVera 5 ROP-8")[:2]
    assert bel == {"sku": "BEL-5", "quantity": "40", "shipped": "36", "short": "4", "dates": ["2026-03-25"]}
    assert rop == {"sku": "ROP-8", "quantity": "12", "shipped": "12", "dates": ["2026-03-25"]}


def test_a_cell_that_is_empty_leaves_the_others_under_their_headings() -> None:
    [line] = _lines("Item     Qty    Short   Price\nBEL-5           4       21.90")
    assert line == {"sku": "BEL-5", "short": "4", "price": "21.90"}


def test_a_remark_in_a_table_tells_what_is_broken() -> None:
    [line] = _lines("item | counted | remark\nBEL-5 | 40 | 5 crushed")
    assert line == {"sku": "BEL-5", "shipped": "40", "damaged": "5"}


@given(st.text(alphabet="BEL-5 ROP8,;.|\n\t0123456789 short of from to zwei €", max_size=300))
def test_whatever_is_written_each_line_lies_in_the_mail_and_counts_are_whole_numbers(body: str) -> None:
    said = mail(body=body)
    for line in lines_of(said, references_in(said), MailClass.ORDER_CHANGE, date(2026, 3, 18)):
        start, end = line["span"]
        assert 0 <= start <= end <= len(said.text)
        assert all(line[name].isdecimal() for name in ("quantity", "shipped", "short", "damaged") if name in line)


@pytest.mark.parametrize("filler", ["1 ", "1,00 ", "one zwei hundred ", "000 ", "BEL-5;", "1 short of 2 ", "| "])
def test_a_mail_that_is_one_endless_statement_is_read_in_the_blink_of_an_eye(filler: str) -> None:
    said = mail(body=f"BEL-5 {filler * (60_000 // len(filler))}")
    references, began = references_in(said), process_time()
    lines_of(said, references, MailClass.ORDER_CHANGE, date(2026, 3, 18))
    assert process_time() - began < 0.5


@pytest.mark.parametrize(
    "hostile",
    [
        "BEL-5 " + "a. " * 33_000,
        " ".join(f"BEL-{number} {number}" for number in range(9_000)),
        "BEL-5 " + "12 of 40 " * 11_000,
        "BEL-5 5.10 eur " * 6_000,
        "item | qty | " * 8_000 + "\nBEL-5",
        "Missing:\n" + "- BEL-5 4\n" * 10_000,
        "BEL-5 1" + ",000" * 25_000 + " pcs",
        "BEL-5 " + "hundred " * 12_000,
        "Item\tQty\tShipped\nBEL-5\t1" + ",000" * 8_000 + "\t1",
    ],
    ids=lambda text: text[:20],
)
def test_no_sentence_table_or_file_keeps_the_reading_of_lines_busy_or_breaks_it(hostile: str) -> None:
    """Neither what somebody writes nor what stands in a file: these once took a minute, or raised an error."""
    file = Attachment("list.pdf", "application/pdf", 60_000, "PDF", hostile[:60_000])
    for said in (mail(body=hostile), replace(mail(body="See file."), attachments=(file,))):
        references = references_in(said)
        begun = process_time()
        lines_of(said, references, MailClass.DELAY_NOTICE, date(2026, 3, 18))
        assert process_time() - begun < 1.0


def test_rows_are_apart_and_their_spans_are_theirs() -> None:
    body = "our list\nBEL-5 40\nROP-8 12\nregards"
    text = mail(body=body).text
    found = triaged(subject="x", body=body).fields["lines"]
    assert [text[slice(*line["span"])] for line in found] == ["BEL-5 40", "ROP-8 12"]


def test_quoted_rows_and_the_subject_make_no_lines() -> None:
    quoted = "Hello\n\nOn 2 March 2026 Ann <ann@x.example> wrote:\n> BEL-5 40\n"
    assert triaged(subject="BEL-5", body=quoted).fields.get("lines") is None
