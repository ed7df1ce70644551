"""A note with a file: what the writer attaches is what the reader finds, byte for byte, on every ERP."""

from uuid import uuid4

import pytest

from agent.domain.mail_files import RecordFile, sha1_of
from agent.domain.records import Record
from agent.errors import ErpRefused
from tests.contract.erp.conftest import Erp

MAIL = b"From: vera@vendor.example\r\nSubject: =?utf-8?q?Versp=C3=A4tung?=\r\n\r\nP00012 kommt sp\xc3\xa4ter.\r\n"
#: As old programs write it: neither ASCII nor UTF-8, and with bytes that no text has.
LATIN = b"From: vera@vendor.example\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nVersp\xe4tung\x00\xff\r\n"


@pytest.fixture
def marker() -> str:
    return f"expediter-p1-{uuid4().hex[:12]}"


@pytest.mark.parametrize("content", [MAIL, LATIN, MAIL * 20_000], ids=["utf-8", "neither ascii nor utf-8", "two megabytes"])
def test_a_file_hangs_on_its_note_byte_for_byte(erp: Erp, marker: str, content: bytes) -> None:
    record = erp.record("healthy")
    erp.writer.post_note_with_file(record, "M12 says it comes later.", marker, RecordFile("M12 Verspätung.eml", content))
    [file] = erp.reader.note_files(record, marker)
    assert (file.name, file.size, file.sha1) == ("M12 Verspätung.eml", len(content), sha1_of(content))
    assert erp.reader.note_text(record, marker) == "M12 says it comes later."


def test_a_note_without_a_file_has_none_and_a_file_is_not_found_on_another_record(erp: Erp, marker: str) -> None:
    record = erp.record("healthy")
    erp.writer.post_note(record, "Called them.", marker)
    assert list(erp.reader.note_files(record, marker)) == []
    erp.writer.post_note_with_file(record, "With a mail.", f"{marker[:-1]}x", RecordFile("a.eml", MAIL))
    assert list(erp.reader.note_files(erp.record("dozens"), f"{marker[:-1]}x")) == []


def test_a_struck_note_keeps_what_hangs_on_it(erp: Erp, marker: str) -> None:
    record = erp.record("healthy")
    erp.writer.post_note_with_file(record, "With a mail.", marker, RecordFile("a.eml", MAIL))
    erp.writer.strike_note(record, marker, "Taken back")
    [file] = erp.reader.note_files(record, marker)
    assert file.size == len(MAIL)


@pytest.mark.parametrize("content", [MAIL, LATIN])
def test_nothing_is_attached_to_a_record_that_does_not_exist(erp: Erp, marker: str, content: bytes) -> None:
    nowhere = Record("sale.order", 2_000_000_000, "S-none")
    with pytest.raises(ErpRefused):
        erp.writer.post_note_with_file(nowhere, "Hello", marker, RecordFile("a.eml", content))
    assert list(erp.reader.note_files(nowhere, marker)) == []
