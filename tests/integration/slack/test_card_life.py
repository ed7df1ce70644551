"""A card from its proposal to its end: posted by the worker, pressed by many at once, carried out once, and true throughout."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from agent.domain.decisions import Role
from agent.execution import ExecutionContext
from agent.jobs.executor import sweep
from agent.jobs.worker import WorkerContext, propose_change
from app.settings import WorkerSettings
from app.wiring.slack_sending import send_to_slack
from integrations.database.execution_desk import PostgresExecutionDesk
from integrations.demo import SITUATIONS
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.fixtures.slack.deliveries import press
from tests.fixtures.slack.running import QUICK, SlackCompany, slack_company
from tests.fixtures.slack.screen import Screen, joined, said
from tests.fixtures.slack.state import TEAM, Message
from tests.fixtures.turns import utc_now, worker_of


@pytest.fixture
def screen(demo_database: DemoDatabase, demo_erp: DemoErp) -> Iterator[Screen]:
    """The demo company with a worker that keeps its channel of approvals."""
    with slack_company(demo_database) as company, ExitStack() as stack:
        yield approvals_of(company, worker_of(demo_database, demo_erp.reader), stack)


def approvals_of(company: SlackCompany, context: WorkerContext, stack: ExitStack) -> Screen:
    """Its channel of approvals, kept by a worker until the stack ends."""
    channel = company.space.channel()
    settings = WorkerSettings(
        slack_team=TEAM,
        slack_bot_token=SecretStr("xoxb-test"),
        slack_api_url=f"{company.slack.url}/api",
        slack_approvals_channel=channel,
    )
    send_to_slack(settings, company.database.url("worker"), stack, QUICK, context)
    return Screen(company, channel)


def test_eight_people_press_at_once_and_one_effect_is_in_the_erp(
    screen: Screen, demo_database: DemoDatabase, demo_erp: DemoErp
) -> None:
    # A strategic customer's order: a sales manager approves first, then an ops manager.
    order, day = SITUATIONS["promise_at_risk"], (datetime.now(UTC) + timedelta(days=9)).date()
    moving = {"order": order, "promise_date": day.isoformat()}
    asked = {"action": "move_promise_date", "arguments": moving, "reason": "Late & <late>."}
    inbound = demo_database.inbound(demo_database.person("kai", Role.OPS_AGENT), json.dumps(asked), "propose")
    managers = [joined(screen, Role.SALES_MANAGER)[1] for _ in range(8)]
    chiefs = [joined(screen, Role.OPS_MANAGER)[1] for _ in range(4)]
    propose_change(inbound, worker_of(demo_database, demo_erp.reader))
    card = shown(screen, "Waits for approval")
    at_once(screen, card, managers)
    half = shown(screen, "Approved 1 of 2")
    at_once(screen, half, chiefs)
    assert shown(screen, "Approved, waits to be carried out").ts == half.ts == card.ts
    assert len(screen.decisions()) == 2
    carried_out(demo_database, demo_erp)
    done = shown(screen, "Done, read back from Odoo")
    assert done.ts == card.ts
    left = {element.get("action_id") for block in done.blocks for element in block.get("elements", ())}
    assert left.isdisjoint({"approve", "reject", "edit"})
    (moved,) = demo_erp.reader.sale_orders([order])
    assert moved.promise_date is not None
    assert moved.promise_date.date() == day
    assert demo_database.one("admin", "SELECT count(*) FROM execution") == 1


def at_once(screen: Screen, card: Message, accounts: list[str]) -> None:
    """All press Approve at once: each is acknowledged and answered, one of them with yes."""
    clicks = [press(screen.company.slack, card, account, "approve") for account in accounts]
    with ThreadPoolExecutor(len(clicks)) as threads:
        assert {ack.status for ack in threads.map(screen.company.sender.send, clicks)} == {200}
    answers = [screen.told(account) for account in accounts]
    assert sum("You approved P1." in one for one in answers) == 1, answers


def carried_out(database: DemoDatabase, erp: DemoErp) -> None:
    desk = PostgresExecutionDesk(database.pool("executor"))
    sweep(ExecutionContext(desk, erp.reader, erp.writer, lambda: PACKAGED_POLICY, utc_now))


def shown(screen: Screen, words: str) -> Message:
    """The one card in the channel, once it says so."""

    def cards() -> list[Message]:
        return [one for one in screen.company.space.shown(screen.channel) if words in said(one.blocks)]

    screen.company.space.until(lambda: len(cards()) == 1, 30)
    (card,) = cards()
    return card
