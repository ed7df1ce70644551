"""Attached files, each read in a process of its own: what comes out, and that nothing bad does."""

import os
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from agent.domain.mail import Attachment
from integrations.email import parse_mail, parse_mail_and_files
from integrations.email.files import reading
from tests.fixtures.files import appointment, encrypted_pdf, mails_within_mails, pdf, saved_mail, workbook


def opened(name: str, content: bytes) -> Attachment:
    [file] = parse_mail_and_files(saved_mail("Please see the attached file.", (name, content))).attachments
    return file


def test_a_pdf_keeps_its_rows_and_cells() -> None:
    file = opened("confirmation.pdf", pdf("Order confirmation P00012", ("BEL-5", "40 pcs", "21.90"), ("ROP-8", "12 pcs", "4.50")))
    assert (file.kind, file.trouble) == ("PDF", "")
    assert file.text.split("\n") == ["Order confirmation P00012", "BEL-5\t40 pcs\t21.90", "ROP-8\t12 pcs\t4.50"]


@pytest.mark.parametrize(
    "content",
    [
        "Artikel;Menge;Preis\r\nBEL-5;40;21,90\r\n".encode("cp1252"),
        b"Artikel,Menge,Preis\nBEL-5,40,\"21,90\"\n",
        "\ufeffArtikel\tMenge\tPreis\nBEL-5\t40\t21,90\n".encode(),
        "Artikel;Menge;Preis\r\nBEL-5;40;21,90\r\n".encode("utf-16"),
    ],
)  # fmt: skip
def test_a_csv_table_is_read_whatever_its_charset_and_separator(content: bytes) -> None:
    assert opened("order.csv", content).text == "Artikel\tMenge\tPreis\nBEL-5\t40\t21,90"


def test_umlauts_of_an_old_spreadsheet_program_are_kept() -> None:
    assert "Müller" in opened("a.csv", "Kunde;Ort\r\nMüller;Köln\r\n".encode("cp1252")).text


def test_a_workbooks_visible_sheet_is_read() -> None:
    file = opened("order.xlsx", workbook(["SKU", "Qty", "Price"], ["BEL-5", 40, 21.9], hidden=[["margin", "60 %"]]))
    assert (file.kind, file.trouble) == ("spreadsheet", "")
    assert file.text == "SKU\tQty\tPrice\nBEL-5\t40\t21.9"


def test_a_calendar_entry_says_when_and_where() -> None:
    file = opened("invite.ics", appointment("Unload P00012"))
    assert "Summary: Unload P00012" in file.text
    assert "Dtstart: 2026-11-20 09:00 UTC" in file.text
    assert "Location: Dock 4" in file.text


def test_a_saved_mail_is_read_with_what_is_attached_to_it() -> None:
    file = opened("forwarded.eml", saved_mail("Your order is late.", ("order.pdf", pdf("Order P00012"))))
    assert (file.kind, file.trouble) == ("mail", "")
    assert "Your order is late." in file.text
    assert "Order P00012" in file.text


@pytest.mark.parametrize(
    ("name", "content", "trouble"),
    [
        ("order.pdf", encrypted_pdf("secret P00012"), "cannot be read: it is encrypted"),
        ("scan.pdf", pdf(), "cannot be read: it holds pictures of pages, as a scanner makes them, and no text"),
        ("order.pdf", b"%PDF-1.7\n" + b"\0" * 900, "cannot be read: it is damaged"),
        ("bomb.xlsx", workbook(["BEL-5"], padding=99 << 20), "cannot be read: unpacked it would be 99 MB"),
        ("order.xlsx", b"PK\3\4" + b"x" * 500, "cannot be read: it is damaged"),
        ("empty.csv", b"", "cannot be read: it is empty"),
        ("letter.docx", b"PK\3\4", "cannot be read: files of this kind are not opened"),
        ("invite.ics", b"BEGIN:VCALENDAR\r\nnonsense", "cannot be read: it is damaged"),
        ("deep.eml", mails_within_mails(6), "cannot be read: in it forwarded.eml cannot be read: "),
        ("rows.csv", b"SKU;Qty\n" + b"BEL-5;40\n" * 20_000, "was read only in part: it is longer than 60,000 characters"),
        ("book.pdf", pdf("page", pages=80), "cannot be read: it has more than 60 pages; the first 60 were read"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_so_in_one_plain_sentence(name: str, content: bytes, trouble: str) -> None:
    assert opened(name, content).trouble.startswith(trouble)


def test_what_was_read_of_a_long_table_is_kept() -> None:
    file = opened("rows.csv", b"SKU;Qty\n" + b"BEL-5;40\n" * 20_000)
    assert file.text.startswith("SKU\tQty\nBEL-5\t40\n")
    assert len(file.text) <= 60_000


def test_a_sheet_that_claims_to_fill_all_its_cells_costs_no_more_than_its_process() -> None:
    """Two cells at the far corners of a sheet make libraries that keep a rectangle ask for 17 thousand million cells."""
    whole, out = zipfile.ZipFile(BytesIO(workbook(["BEL-5"]))), BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for part in whole.namelist():
            text = whole.read(part)
            packed.writestr(part, text.replace(b"</row>", b'</row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', 1))
    assert opened("order.xlsx", out.getvalue()).trouble.startswith("cannot be read: ")


def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_SECONDS", 0.0001)
    assert opened("order.pdf", pdf("Order P00012")).trouble.startswith("cannot be read: it takes longer than")


def test_of_very_many_files_the_first_ones_are_read() -> None:
    files = parse_mail_and_files(saved_mail("see files", *((f"{n}.txt", b"words") for n in range(12)))).attachments
    assert [file.text for file in files[:10]] == ["words"] * 10
    assert [file.trouble for file in files[10:]] == ["cannot be read: too much is attached to this mail"] * 2


def test_pictures_are_left_alone() -> None:
    assert opened("logo.png", b"\x89PNG\r\n") == Attachment("logo.png", "application/octet-stream", 6)


def test_what_it_is_decides_not_what_it_is_called() -> None:
    assert opened("order.png", pdf("Order P00012")).text == "Order P00012"


def test_the_processes_that_open_files_have_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPEDITER_WORKER_DATABASE_URL", "postgresql://secret")
    assert opened("order.txt", b"P00012").text == "P00012"
    assert environments_of_helpers() == [b""]


def environments_of_helpers() -> list[bytes]:
    """Of this process's children that open files."""
    own = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return [
        Path(f"/proc/{child}/environ").read_bytes()
        for child in own
        if b"email.files.helper" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def test_a_helper_that_is_gone_is_replaced() -> None:
    assert opened("order.txt", b"P00012").text == "P00012"
    assert reading.OPENER._helper is not None
    reading.OPENER._helper[0].kill()
    reading.OPENER._helper[0].wait()
    assert opened("order.txt", b"P00013").text == "P00013"


def test_without_opening_files_they_are_only_listed() -> None:
    [file] = parse_mail(saved_mail("see file", ("order.pdf", pdf("Order P00012")))).attachments
    assert (file.name, file.text, file.trouble) == ("order.pdf", "", "")
