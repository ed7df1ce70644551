"""What each process's role may do in the demo company, tried as that role."""

import pytest
from psycopg import errors

from integrations.demo.tables import TABLES
from tests.fixtures.demo import DemoDatabase

TABLE_NAMES = [*TABLES, "note", "tag", "order_tag", "carrier", "credit_note", "activity"]


def refused(database: DemoDatabase, role: str, *statements: str) -> None:
    with database.connect(role) as connection:
        for statement in statements:
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(statement)
            connection.rollback()


def test_the_worker_reads_everything_and_changes_nothing(demo_database: DemoDatabase) -> None:
    with demo_database.connect("worker") as connection:
        for table in TABLE_NAMES:
            connection.execute(f"SELECT * FROM demo.{table} LIMIT 1")
    for table in TABLE_NAMES:
        refused(demo_database, "worker", f"DELETE FROM demo.{table}", f"TRUNCATE demo.{table}")
        refused(demo_database, "worker", f"INSERT INTO demo.{table} DEFAULT VALUES")
    refused(
        demo_database,
        "worker",
        "UPDATE demo.sale_order SET promise_date = now()",
        "INSERT INTO demo.note (model, record_id, body, marker) VALUES ('sale.order', 1, 'x', 'y')",
    )


def test_the_executor_deletes_nothing(demo_database: DemoDatabase) -> None:
    for table in TABLE_NAMES:
        refused(demo_database, "executor", f"DELETE FROM demo.{table}", f"TRUNCATE demo.{table}")


def test_the_executor_changes_only_what_an_action_changes(demo_database: DemoDatabase) -> None:
    with demo_database.connect("executor") as connection, connection.transaction(force_rollback=True):
        connection.execute("UPDATE demo.sale_order SET promise_date = now() WHERE id = 1")
    refused(
        demo_database,
        "executor",
        "UPDATE demo.sale_order SET amount = 0",
        "UPDATE demo.sale_order SET customer_id = 1",
        "UPDATE demo.sale_order_line SET delivered = 0",
        "INSERT INTO demo.credit_note (invoice_id, total, reason, marker, state) VALUES (1, 1, 'r', 'm', 'posted')",
        "UPDATE demo.stock_level SET product_id = 1",
        "UPDATE demo.note SET marker = 'other'",
        "INSERT INTO demo.note (model, record_id, body, marker, author) VALUES ('m', 1, 'b', 'k', 'sofia')",
    )


def test_serve_sees_nothing_of_the_erp(demo_database: DemoDatabase) -> None:
    refused(demo_database, "serve", "SELECT * FROM demo.sale_order", "UPDATE demo.sale_order SET promise_date = now()")


@pytest.mark.parametrize("role", ["serve", "worker", "executor"])
def test_no_process_gives_itself_more(demo_database: DemoDatabase, role: str) -> None:
    refused(demo_database, role, "CREATE TABLE demo.own (id integer)")
    grant = f"GRANT ALL ON demo.sale_order TO expediter_{role}"
    if role == "serve":
        refused(demo_database, role, grant)
    else:  # PostgreSQL only warns those who hold some right on the table, and grants nothing
        with demo_database.connect(role) as connection:
            connection.execute(grant)
            connection.commit()
    refused(demo_database, role, "UPDATE demo.sale_order SET amount = 0", "DELETE FROM demo.sale_order")
