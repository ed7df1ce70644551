"""The main job from question to change, on a real Odoo, by the commands a person types."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from app.contract.chat import AnswerRow
from app.contract.proposals import ProposalRow
from app.contract.risk import OrderRiskRow
from tests.e2e.refusing import reader_of, writer_of
from tests.e2e.running_demo import RunningDemo, children_of, expediter, serving, state_folder
from tests.fixtures.odoo import Odoo


@pytest.fixture(scope="module")
def environment(odoo: Odoo) -> dict[str, str]:
    return reader_of(odoo) | writer_of(odoo) | {"EXPEDITER_PORT": "8437"}


@pytest.fixture(scope="module")
def running(odoo_situations: dict[str, str], environment: dict[str, str]) -> Iterator[RunningDemo]:
    with state_folder() as state, serving("up", state, "Ctrl-C ends it", environment) as up:
        yield up


@pytest.fixture(scope="module")
def tokens(running: RunningDemo, environment: dict[str, str]) -> dict[str, str]:
    """Two persons, added by the owner."""
    issued = {}
    for handle, roles in {"mara": ("ops_agent",), "sven": ("sales_manager",), "olga": ("ops_manager",)}.items():
        options = [part for role in roles for part in ("--role", role)]
        added = expediter(
            running.state, "person", "add", handle, "--name", handle.title(), "--email", f"{handle}@ours.example", *options,
            **environment,
        )  # fmt: skip
        assert added.code == 0, added.err
        issued[handle] = expediter(running.state, "person", "token", handle, **environment).out.strip()
    return issued


@pytest.fixture
def promises_kept_apart(odoo: Odoo) -> Iterator[None]:
    """Other tests find the planted situations in the same Odoo: afterwards every promise is as it was."""
    admin = odoo.connection("admin")
    before = admin.ask("sale.order", "search_read", domain=[("state", "=", "sale")], fields=["commitment_date"])
    yield
    for order in before:
        admin.change("sale.order", "write", ids=[order["id"]], vals={"commitment_date": order["commitment_date"]})


@pytest.mark.usefixtures("promises_kept_apart")
def test_a_promise_date_is_moved_in_odoo_after_others_approved_and_only_once(
    running: RunningDemo, environment: dict[str, str], tokens: dict[str, str], odoo: Odoo
) -> None:
    def run(who: str, *arguments: str) -> Any:
        return running.run(*arguments, "--json", **environment, EXPEDITER_TOKEN=tokens[who])

    orders = TypeAdapter(list[OrderRiskRow]).validate_json(run("mara", "risk", "list", "--limit", "500").out)
    order = next(one for one in orders if one.promise_date is not None)
    assert order.findings[0].evidence[0].url
    assert order.promise_date
    day = (max(order.promise_date, datetime.now(UTC)) + timedelta(days=5)).date()
    answer = run("mara", "chat", f"move the promise date of {order.order} to {day} because the receipt is late")
    (number,) = AnswerRow.model_validate_json(answer.out).proposals
    assert run("mara", "approve", f"P{number}").code == 1
    approvals = [run(who, "approve", f"P{number}", "--wait", "60") for who in ("sven", "olga")]
    done = ProposalRow.model_validate_json(run("mara", "proposals", "show", f"P{number}").out)
    assert done.state == "done", (approvals, done)
    (read,) = odoo.connection("admin").ask(
        "sale.order", "search_read", domain=[("name", "=", order.order)], fields=["commitment_date"]
    )
    assert read["commitment_date"].startswith(str(day))
    again = run("olga", "approve", f"P{number}")
    assert again.code == 1
    assert "already" in again.err
    assert run("mara", "audit", "verify").code == 0


def test_only_the_executor_is_given_the_writer(running: RunningDemo, odoo: Odoo) -> None:
    password = odoo.accounts["writer"]["password"].encode()
    for name, pid in children_of(running.process.pid).items():
        with open(f"/proc/{pid}/environ", "rb") as environ:
            assert (password in environ.read()) == (name == "executor")


def test_a_demo_name_cannot_be_played_in_a_real_company(running: RunningDemo, environment: dict[str, str]) -> None:
    ended = running.run("approve", "P1", "--as", "sofia", **environment)
    assert ended.code == 1
    assert "demo company only" in ended.sentence


def test_chat_answers_about_the_real_odoo(running: RunningDemo, environment: dict[str, str], tokens: dict[str, str]) -> None:
    ended = running.run("chat", "which orders are at risk?", **environment, EXPEDITER_TOKEN=tokens["mara"])
    assert ended.code == 0
    assert "S0" in ended.out
