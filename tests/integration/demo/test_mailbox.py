"""The sample mails arrive today and name what the demo company knows."""

import email
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path
from typing import cast

import pytest

from integrations.demo import write_mails
from integrations.demo.situations import DAMAGED_ORDER
from tests.fixtures.demo import DemoErp

NOW = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)


@pytest.fixture
def mails(tmp_path: Path) -> list[EmailMessage]:
    paths = write_mails(tmp_path, NOW)
    return [cast(EmailMessage, email.message_from_bytes(path.read_bytes(), policy=default)) for path in paths]


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain", "html"))
    assert part is not None
    return str(part.get_content())


def test_there_are_six_and_they_came_this_morning(mails: list[EmailMessage]) -> None:
    assert len(mails) == 6
    assert {parsedate_to_datetime(mail["Date"]).date() for mail in mails} == {NOW.date()}
    assert all(str(mail["Authentication-Results"]).startswith("mx.harbourvale.example;") for mail in mails)
    assert all(not mail.defects for mail in mails)


def test_dates_in_the_text_moved_along(mails: list[EmailMessage]) -> None:
    later = NOW + timedelta(days=13)
    assert f"Neuer Liefertermin: {later:%d.%m.%Y}" in body(mails[0])
    assert all("2026" not in body(mail) for mail in mails)


def test_they_name_records_of_their_senders(mails: list[EmailMessage], demo_erp: DemoErp) -> None:
    reader = demo_erp.reader
    for mail in mails[:4]:
        text = f"{mail['Subject']} {body(mail)}"
        sales = reader.find_by_number("sale.order", re.findall(r"S\d{5}", text))
        purchases = reader.find_by_number("purchase.order", re.findall(r"P\d{5}", text))
        named = [record for records in (*sales.values(), *purchases.values()) for record in records]
        sender = reader.partners_by_email([parseaddr(mail["From"])[1]])
        assert named
        assert {reader.partner_of_record(record) for record in named} == set(sender.values())


def test_the_impostor_is_nobody_we_know(mails: list[EmailMessage], demo_erp: DemoErp) -> None:
    address = parseaddr(mails[5]["From"])[1]
    assert demo_erp.reader.partners_by_email([address, address.partition("@")[2]]) == {}


def test_what_arrived_broken_was_delivered(demo_erp: DemoErp) -> None:
    (order,) = demo_erp.reader.sale_orders([DAMAGED_ORDER])
    assert order.complete
