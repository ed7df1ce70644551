"""What is particular to writing to the demo company."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from agent.domain.records import Record
from agent.errors import ErpAnswerLost, ErpRefused, ErpUnavailable
from integrations.demo.writer import DemoWriter
from tests.fixtures.demo import DemoDatabase, DemoErp

#: A role may end its own sessions.
END_WAITING = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE usename = current_user AND datname = current_database() AND wait_event_type = 'Lock'
"""
MAY = datetime(2027, 5, 3, 10, 0, tzinfo=UTC)


def order_of(erp: DemoErp, name: str = "S01111") -> Record:
    return erp.reader.sale_orders([name])[0].record


def test_a_promise_date_is_set_and_cleared(demo_erp: DemoErp) -> None:
    order = order_of(demo_erp)
    demo_erp.writer.set_promise_date(order, MAY)
    assert demo_erp.reader.sale_orders([order.name])[0].promise_date == MAY
    demo_erp.writer.clear_promise_date(order)
    assert demo_erp.reader.sale_orders([order.name])[0].promise_date is None


def test_a_date_without_a_zone_is_refused(demo_erp: DemoErp) -> None:
    with pytest.raises(ErpRefused, match="time zone"):
        demo_erp.writer.set_promise_date(order_of(demo_erp), MAY.replace(tzinfo=None))


def test_an_order_that_does_not_exist_is_refused(demo_erp: DemoErp) -> None:
    with pytest.raises(ErpRefused, match="S99999 was not changed"):
        demo_erp.writer.set_promise_date(Record("sale.order", 999_999, "S99999"), MAY)


def test_a_note_is_posted_once_and_can_be_struck(demo_erp: DemoErp, demo_database: DemoDatabase) -> None:
    order = order_of(demo_erp)
    assert not demo_erp.reader.note_exists(order, "exp-7")
    demo_erp.writer.post_note(order, "Called the customer.", "exp-7")
    assert demo_erp.reader.note_exists(order, "exp-7")
    with pytest.raises(ErpRefused):
        demo_erp.writer.post_note(order, "Called the customer.", "exp-7")
    demo_erp.writer.strike_note(order, "exp-7", "(taken back)")
    with demo_database.connect("worker") as connection:
        rows = connection.execute("SELECT body, author FROM demo.note").fetchall()
    assert rows == [("(taken back)", "expediter_executor")]
    assert demo_erp.reader.note_exists(order, "exp-7")


def test_a_note_that_is_not_there_cannot_be_struck(demo_erp: DemoErp) -> None:
    with pytest.raises(ErpRefused, match="no such record"):
        demo_erp.writer.strike_note(order_of(demo_erp), "never", "x")


def test_the_workers_role_cannot_write_even_with_the_writer(demo_erp: DemoErp, demo_database: DemoDatabase) -> None:
    order = order_of(demo_erp)
    with pytest.raises(ErpRefused, match="permission denied"):
        DemoWriter(demo_database.pool("worker")).set_promise_date(order, MAY)
    with pytest.raises(ErpRefused, match="permission denied"):
        DemoWriter(demo_database.pool("worker")).post_note(order, "x", "y")


def test_a_connection_that_breaks_while_writing_loses_the_answer(demo_erp: DemoErp, demo_database: DemoDatabase) -> None:
    """Someone holds the order's row; the executor's session ends while its write waits for it."""
    order = order_of(demo_erp)
    with (
        ThreadPoolExecutor(1) as threads,
        demo_database.connect("executor") as killer,
        demo_database.connect("admin") as holder,
    ):
        holder.execute("SELECT 1 FROM demo.sale_order WHERE id = %s FOR UPDATE", [order.id])
        writing = threads.submit(demo_erp.writer.set_promise_date, order, MAY)
        while not killer.execute(END_WAITING).rowcount:
            killer.rollback()
        with pytest.raises(ErpAnswerLost, match="S01111"):
            writing.result(30)


def test_a_closed_pool_sends_nothing(demo_erp: DemoErp, demo_database: DemoDatabase) -> None:
    pool = demo_database.pool("executor")
    pool.close()
    with pytest.raises(ErpUnavailable):
        DemoWriter(pool).set_promise_date(order_of(demo_erp), MAY)
