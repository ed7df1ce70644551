"""The commands for given-up jobs, as a person types them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.domain.decisions import Role
from integrations.database.replays import put_back
from tests.e2e.running_demo import Ran, expediter
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.serving import serving_api
from tests.integration.database.test_replays import given_up

Run = Callable[..., Ran]


@pytest.fixture
def run(database: TestDatabase, tmp_path: Path) -> Run:
    def jobs(*arguments: str, **environment: str) -> Ran:
        return expediter(tmp_path, "jobs", *arguments, EXPEDITER_WORKER_DATABASE_URL=database.url("worker"), **environment)

    return jobs


def question(database: TestDatabase) -> int:
    return given_up(database, "answer_chat", inbound_id=database.inbound(database.person()))


def test_they_are_listed_and_all_run_again_that_can_be(run: Run, database: TestDatabase) -> None:
    first, hint, second = question(database), given_up(database, "rescan", name="S00042"), question(database)
    walter, omar = (
        database.token(database.person(name, role)) for name, role in (("walter", Role.BUYER), ("omar", Role.OPS_MANAGER))
    )
    with serving_api(database) as url:
        refused = run("replay", "--all", EXPEDITER_SERVER_URL=url, EXPEDITER_TOKEN=walter)
        assert (refused.code, refused.out) == (1, "")
        assert refused.sentence == "walter may not replay jobs; these roles may: ops_manager, admin."
        mine = {"EXPEDITER_SERVER_URL": url, "EXPEDITER_TOKEN": omar}
        done = run("replay", "--all", **mine)
        assert (done.code, done.err) == (0, "")
        assert [line.split()[0] for line in done.out.splitlines()] == [f"J{first}", f"J{second}"]
        assert run("replay", "--all", **mine).out == "Nothing that was given up can be run again.\n"
        some = run("replay", f"J{first}", str(hint), "J99", **mine)
        assert some.code == 1
        for reason in ("put back already, by omar", "The next scan looks at it anyway", "No job J99 was given up"):
            assert reason in some.sentence
    assert put_back(database.url("worker"), "worker") == (first, second)
    rows = json.loads(run("list", "--json").out)
    assert [(row["id"], row["became"]) for row in rows] == [(second, "waiting"), (hint, None), (first, "waiting")]
    shown = run("list").out
    assert "look at S00042 again" in shown
    assert "omar had it run again" in shown


@pytest.mark.parametrize("wrong", [(), ("J1", "--all"), ("P1",), ("J0",), ("J1", "x")])
def test_what_names_no_job_is_wrong_usage(run: Run, wrong: tuple[str, ...]) -> None:
    ran = run("replay", *wrong)
    assert ran.code == 2
    assert ran.sentence


def test_without_a_server_it_is_said_and_the_list_is_there_all_the_same(run: Run) -> None:
    ran = run("replay", "J1", EXPEDITER_SERVER_URL="http://127.0.0.1:9", EXPEDITER_TOKEN="exp_none")
    assert (ran.code, ran.out) == (1, "")
    assert "No server answers" in ran.sentence
    assert run("list").out == "No job was given up.\n"
