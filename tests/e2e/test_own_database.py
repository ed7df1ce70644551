"""A PostgreSQL of one's own, set up by the words of docs/how-to/connect-odoo.md."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from app.contract.chat import AnswerRow
from integrations.database.embedded import EmbeddedServer, lease
from tests.e2e.refusing import reader_of, refused, writer_of
from tests.e2e.running_demo import expediter, serving, state_folder
from tests.fixtures.odoo import Odoo

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "connect-odoo.md"


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    """Nothing in it yet, as a new server of somebody's own."""
    with state_folder() as folder, lease(folder, durable=False) as running:
        yield running


def statements() -> list[list[str]]:
    """The SQL of the guide, block by block."""
    blocks = re.findall(r"```sql\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return [block.replace("…", "secret").strip().split("\n") for block in blocks]


def address(server: EmbeddedServer, role: str) -> str:
    return f"postgresql://expediter_{role}:secret@/expediter?host={quote(str(server.socket_folder), safe='')}"


def run_as(url: str, lines: list[str]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for line in lines:
            connection.execute(line.encode())


def test_the_documented_set_up_serves_on_a_database_of_ones_own(server: EmbeddedServer, odoo: Odoo) -> None:
    owner, roles = statements()
    with psycopg.connect(server.url("admin", "postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE expediter")
    run_as(server.url("admin", "postgres"), owner)
    everything = {"EXPEDITER_ADMIN_DATABASE_URL": address(server, "owner"), "EXPEDITER_PORT": "8439"}
    with state_folder() as state:
        migrated = expediter(state, "db", "migrate", "--json", **everything)
        assert migrated.code == 0, migrated.err
        assert json.loads(migrated.out)["roles_without_login"] == ["expediter_executor", "expediter_serve", "expediter_worker"]
        assert "cannot log in yet" in migrated.sentence
        run_as(address(server, "owner"), roles)
        for role in ("serve", "worker", "executor"):
            everything[f"EXPEDITER_{role.upper()}_DATABASE_URL"] = address(server, role)
        refused(expediter(state, "up", **everything), "EXPEDITER_ODOO_URL is missing")
        everything |= reader_of(odoo) | writer_of(odoo)
        examined = expediter(state, "doctor", **everything)
        assert examined.code == 0, examined.out
        assert "PostgreSQL as executor: answers, with this program's schema (your server)" in examined.out
        with serving("up", state, "Ctrl-C ends it", everything) as up:
            person = ("person", "add", "mara", "--name", "Mara", "--email", "m@ours.example", "--role", "ops_agent")
            assert up.run(*person, **everything).code == 0
            token = up.run("person", "token", "mara", **everything).out.strip()
            ended = up.run("chat", "--json", "what waits for approval?", **everything, EXPEDITER_TOKEN=token)
            assert "Nothing waits" in AnswerRow.model_validate_json(ended.out).answer
        assert not (state / "company" / "postgres").exists()
