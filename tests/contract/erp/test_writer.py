"""What the writer changes, and what the reader sees of it afterwards."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest

from agent.domain.records import Record
from agent.domain.sales import SaleOrder
from agent.errors import ErpRefused
from tests.contract.erp.conftest import Erp

NOWHERE = Record("sale.order", 2_000_000_000, "S-none")


@pytest.fixture
def order(erp: Erp) -> Iterator[SaleOrder]:
    """An order that is as before when the test is over."""
    order = erp.order("healthy")
    assert order.promise_date is not None
    yield order
    erp.writer.set_promise_date(order.record, order.promise_date)


@pytest.fixture
def marker() -> str:
    return f"expediter-p1-{uuid4().hex[:12]}"


def test_a_promise_date_is_set_to_the_moment_given(erp: Erp, order: SaleOrder) -> None:
    moment = datetime(2031, 5, 6, 23, 30, tzinfo=timezone(timedelta(hours=5)))
    erp.writer.set_promise_date(order.record, moment)
    after = erp.order("healthy")
    assert after.promise_date == datetime(2031, 5, 6, 18, 30, tzinfo=UTC)
    assert after.amount == order.amount


def test_setting_the_same_date_again_changes_nothing(erp: Erp, order: SaleOrder) -> None:
    moment = datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)
    erp.writer.set_promise_date(order.record, moment)
    erp.writer.set_promise_date(order.record, moment)
    assert erp.order("healthy").promise_date == moment


def test_a_promise_date_can_be_taken_away(erp: Erp, order: SaleOrder) -> None:
    erp.writer.clear_promise_date(order.record)
    assert erp.order("healthy").promise_date is None


def test_a_note_is_found_by_its_marker_on_its_record_only(erp: Erp, marker: str) -> None:
    record = erp.record("healthy")
    erp.writer.post_note(record, "Called the customer.\nThey agree <b>really</b> & 100 %.", marker)
    assert erp.reader.note_exists(record, marker)
    assert not erp.reader.note_exists(record, marker[:-1] + "_")
    assert not erp.reader.note_exists(erp.record("dozens"), marker)
    assert erp.reader.note_text(record, marker) == "Called the customer. They agree <b>really</b> & 100 %."
    assert erp.reader.note_text(erp.record("dozens"), marker) is None


def test_a_struck_note_keeps_its_marker_and_carries_the_new_text(erp: Erp, marker: str) -> None:
    record, struck = erp.record("healthy"), f"expediter-p2-{uuid4().hex[:12]}"
    erp.writer.post_note(record, "Called the customer.", marker)
    erp.writer.strike_note(record, marker, f"Taken back ({struck})")
    assert erp.reader.note_exists(record, marker)
    assert erp.reader.note_exists(record, struck)
    assert erp.reader.note_text(record, marker) == f"Taken back ({struck})"
    assert erp.reader.note_text(record, struck) is None


def test_a_note_that_is_not_there_cannot_be_struck(erp: Erp, marker: str) -> None:
    with pytest.raises(ErpRefused):
        erp.writer.strike_note(erp.record("healthy"), marker, "Taken back")


def test_a_record_that_does_not_exist_is_refused(erp: Erp, marker: str) -> None:
    with pytest.raises(ErpRefused):
        erp.writer.set_promise_date(NOWHERE, datetime(2031, 1, 2, tzinfo=UTC))
    with pytest.raises(ErpRefused):
        erp.writer.clear_promise_date(NOWHERE)
    with pytest.raises(ErpRefused):
        erp.writer.post_note(NOWHERE, "Hello", marker)
