"""An Odoo that lets us in with too little or too much is said in one sentence."""

from pathlib import Path

import pytest

from tests.e2e.refusing import SECRET, reader_of, refused, writer_of
from tests.e2e.running_demo import expediter
from tests.fixtures.odoo import Odoo


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"url": "http://127.0.0.1:1"}, "127.0.0.1:1"),
        ({"database": "no_such_database"}, "no_such_database"),
        ({"reader_login": "nobody"}, "nobody"),
        ({"reader_password": SECRET}, "ops_reader"),
    ],
)
def test_an_odoo_that_does_not_let_us_in_is_said_in_one_sentence(
    empty: Path, odoo: Odoo, changed: dict[str, str], words: str
) -> None:
    ended = expediter(empty, "risk", "list", **reader_of(odoo, **changed))
    refused(ended, words)
    assert SECRET not in ended.err


def test_the_doctor_refuses_a_reader_that_can_write(empty: Path, odoo: Odoo) -> None:
    ended = expediter(empty, "doctor", **reader_of(odoo, "writer"), **writer_of(odoo))
    assert ended.code == 1
    assert "is refused, because it can write: sale.order" in ended.out
    assert odoo.accounts["writer"]["password"] not in ended.out + ended.err


def test_the_doctor_names_what_is_well_on_a_real_odoo(empty: Path, odoo: Odoo) -> None:
    ended = expediter(empty, "doctor", **reader_of(odoo), **writer_of(odoo))
    assert ended.code == 0, ended.out
    for words in (
        "ops_reader works and can only read",
        "ops_writer works",
        "Odoo 19",
        "sale, stock, purchase, account are there",
    ):
        assert words in ended.out


def test_the_worker_does_not_start_with_a_reader_that_can_write(state: Path, odoo: Odoo) -> None:
    assert expediter(state, "db", "migrate", **reader_of(odoo)).code == 0
    refused_line = expediter(state, "worker", **reader_of(odoo, "writer"))
    assert refused_line.code == 1
    assert "must not" in refused_line.sentence
