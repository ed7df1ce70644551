"""What buttons and modals do, over real HTTP and on a real database; every click is answered, to whoever clicked alone."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.domain.decisions import Role
from agent.guardrails.policy import PACKAGED
from agent.guardrails.second_factor import code_at
from integrations.database.authenticators import PostgresAuthenticators, Seal, new_key
from integrations.database.people import PersonAdmin
from tests.fixtures.ledger import decide, lapse
from tests.fixtures.postgres import TestDatabase, note_content
from tests.fixtures.slack.deliveries import press, press_home, press_modal
from tests.fixtures.slack.running import SlackCompany, slack_company
from tests.fixtures.slack.screen import Screen, home_of, joined, said
from tests.fixtures.slack.validation.walking import parts


@pytest.fixture
def screen(company: SlackCompany) -> Screen:
    return Screen(company, company.space.channel())


def test_an_approval_is_recorded_said_and_shown(screen: Screen, database: TestDatabase) -> None:
    sofia, account = joined(screen)
    proposal = database.proposal()
    screen.press(screen.card(proposal), account, "approve")
    assert screen.decisions() == [(sofia.handle, "approve")]
    assert "You approved P1." in screen.told(account)
    assert "Approved, waits to be carried out" in screen.told(account)
    screen.becomes("proposal:1", "Approved, waits to be carried out")


def test_whoever_may_not_decide_is_told_why_privately_and_it_is_written_down(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen, Role.AUDITOR)
    proposal = database.proposal()
    screen.press(screen.card(proposal), account, "approve")
    assert "may not decide on P1 now" in screen.told(account)
    assert "Waits for approval" in screen.told(account)
    assert screen.decisions() == []
    assert screen.company.one("SELECT count(*) FROM decision_refusal") == 1
    for action in ("reject", "edit", "hand_over"):
        screen.press(screen.card(proposal), account, action)
        assert "may not decide on P1 now" in screen.told(account)
    assert not screen.company.space.stacks[account]


def test_whoever_asked_for_it_is_told_that_others_decide(screen: Screen, database: TestDatabase) -> None:
    maria, account = joined(screen)
    screen.press(screen.card(database.proposal(maria)), account, "approve")
    assert "asked for P1 and cannot decide on it" in screen.told(account)
    assert screen.decisions() == []


def test_eight_people_who_press_at_once_make_one_decision_and_are_all_answered(screen: Screen, database: TestDatabase) -> None:
    accounts = [joined(screen)[1] for _ in range(8)]
    message = screen.card(database.proposal())
    clicks = [press(screen.company.slack, message, account, "approve") for account in accounts]
    with ThreadPoolExecutor(8) as threads:
        acks = list(threads.map(screen.company.sender.send, clicks))
    assert {ack.status for ack in acks} == {200}
    answers = [screen.told(account) for account in accounts]
    assert sum("You approved P1." in one for one in answers) == 1
    assert all("Approved, waits to be carried out" in one for one in answers), answers
    assert len(screen.decisions()) == 1
    assert database.one("admin", "SELECT count(*) FROM approval_grant") == 1
    screen.becomes("proposal:1", "Approved, waits to be carried out")


@pytest.mark.parametrize("action", ["approve", "reject", "edit", "hand_over"])
def test_a_click_on_a_card_that_changed_since_is_told_so_and_does_nothing(
    screen: Screen, database: TestDatabase, action: str
) -> None:
    first, second = joined(screen, Role.SALES_MANAGER)[0], joined(screen, Role.SALES_MANAGER)[1]
    proposal = database.proposal()
    old = screen.card(proposal)
    decide(database, proposal, first, last=False)
    screen.press(old, second, action)
    assert "P1 has changed since you saw it" in screen.told(second)
    assert len(screen.decisions()) == 1
    screen.becomes("proposal:1", "approved by")
    assert not screen.company.space.stacks[second]


def test_a_click_after_the_end_says_how_it_ended(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen)
    proposal = database.proposal()
    message = screen.card(proposal)
    lapse(database, "proposal")
    screen.press(message, account, "approve")
    assert "has expired; have it proposed again" in screen.told(account)
    screen.becomes("proposal:1", "Expired, nothing was changed")


def test_a_rejection_takes_a_reason(screen: Screen, database: TestDatabase) -> None:
    sofia, account = joined(screen)
    screen.press(screen.card(database.proposal()), account, "reject")
    assert screen.opened(account)["title"]["text"] == "Reject P1"
    assert screen.submit(account, note="  ")["errors"] == {"reason": "Say why; whoever asked learns from it."}
    assert screen.decisions() == []
    answer = screen.submit(account, reason="It costs too much", note="Ask for <half> & half")
    assert "You rejected P1." in said(answer["view"]["blocks"])
    assert screen.company.one("SELECT reason FROM decision") == "It costs too much: Ask for <half> & half"
    assert screen.decisions() == [(sofia.handle, "reject")]
    screen.becomes("proposal:1", "Rejected")


def test_an_edit_is_handed_to_the_worker_with_what_was_changed_and_nothing_else(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen)
    proposal = database.proposal()
    screen.press(screen.card(proposal), account, "edit")
    assert "edit_text" in {block.get("block_id") for block in screen.opened(account)["blocks"]}
    same = screen.submit(account, edit_text="The vendor confirmed Friday.", reason="x")
    assert same["errors"] == {"edit_text": "That is what P1 says already."}
    answer = screen.submit(account, edit_text="The vendor confirmed Monday.", reason="It was Monday.")
    assert "made anew" in said(answer["view"]["blocks"])
    kind, text = (screen.company.one(f"SELECT {name} FROM inbound ORDER BY id DESC LIMIT 1") for name in ("kind", "text"))
    assert kind == "edit"
    assert json.loads(text) == {
        "proposal": 1, "sha256": proposal.sha256, "changes": {"text": "The vendor confirmed Monday."}, "reason": "It was Monday.",
    }  # fmt: skip


def test_handing_over_tells_a_colleague_who_can_decide_and_gives_nobody_a_right(screen: Screen, database: TestDatabase) -> None:
    sofia, account = joined(screen)
    tom, toms = joined(screen)
    auditor, _ = joined(screen, Role.AUDITOR)
    screen.press(screen.card(database.proposal()), account, "hand_over")
    offered = {one["value"] for part in parts(screen.opened(account)["blocks"], "") for one in part.value.get("options", ())}
    assert tom.handle in offered
    assert {sofia.handle, auditor.handle}.isdisjoint(offered)
    screen.submit(account, to=tom.handle, note="I am away <now>.")
    assert any(one.startswith(f"{toms}: ") and "I am away" in one for one in screen.sent())
    assert screen.company.one("SELECT text FROM proposal_comment") == f"Handed over to {tom.handle}: I am away <now>."


def test_a_question_stands_under_the_card_and_with_the_proposal(screen: Screen, database: TestDatabase) -> None:
    maria, hers = joined(screen)
    _, account = joined(screen)
    screen.press(screen.card(database.proposal(maria)), account, "ask")
    screen.opened(account)
    screen.submit(account, whom="asker", question="Is <that> sure & when?")
    assert screen.company.one("SELECT text FROM proposal_comment") == "Is <that> sure & when?"
    (under,) = [one for one in screen.sent() if "asks about" in one and one.startswith(screen.channel)]
    assert f"<@{hers}>" in under
    assert screen.company.one("SELECT thread_key FROM slack_outbox WHERE thread_key IS NOT NULL") == "proposal:1"


def test_a_question_to_expediter_is_answered_under_the_card(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen)
    message = screen.card(database.proposal())
    screen.press(message, account, "ask")
    screen.opened(account)
    screen.submit(account, whom="assistant", question="Why?")
    assert screen.company.one("SELECT text FROM inbound ORDER BY id DESC LIMIT 1").startswith("Why?\n(About P1")
    assert screen.company.one("SELECT thread_ts FROM slack_question") == message.ts


def test_only_whoever_asked_takes_it_back_and_home_offers_it(screen: Screen, database: TestDatabase) -> None:
    maria, account = joined(screen)
    database.proposal(maria)
    home_of(screen, account)
    screen.company.send(press_home(screen.company.slack, account, "withdraw:0"))
    screen.opened(account)
    answer = screen.submit(account, reason="The customer called.")
    assert "You took P1 back." in said(answer["view"]["blocks"])
    assert screen.company.one("SELECT reason FROM withdrawal") == "The customer called."


def test_home_shows_what_waits_and_it_is_decided_there(screen: Screen, database: TestDatabase) -> None:
    sofia, account = joined(screen)
    database.proposal()
    view = home_of(screen, account)
    assert "1 waits for you" in said(view["blocks"])
    screen.company.send(press_home(screen.company.slack, account, "review:0"))
    assert "The vendor confirmed Friday." in said(screen.opened(account)["blocks"])
    assert screen.company.one("SELECT count(*) FROM proposal_shown") == 1
    screen.company.send(press_modal(screen.company.slack, account, "approve"))
    screen.company.space.until(lambda: len(screen.company.space.stacks[account]) == 2)
    assert "You approved P1." in said(screen.opened(account)["blocks"])
    assert screen.decisions() == [(sofia.handle, "approve")]
    screen.home_becomes(account, "Nothing waits for you")


def test_home_lists_the_most_urgent_of_many(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen)
    asker = database.person()
    for number in range(202):
        database.proposal(asker, note_content(f"S{number:05d}"))
    words = said(home_of(screen, account)["blocks"])
    assert "202 wait for you" in words
    assert words.index("*P1*") < words.index("*P2*")


def test_an_absence_is_noted_and_ended_from_home(screen: Screen, database: TestDatabase) -> None:
    sofia, account = joined(screen)
    tom, _ = joined(screen)
    home_of(screen, account)
    screen.company.send(press_home(screen.company.slack, account, "absence"))
    screen.opened(account)
    assert "errors" in screen.submit(account, deputy=tom.handle)
    day = (datetime.now(UTC) + timedelta(days=5)).date().isoformat()
    answer = screen.submit(account, until=day, deputy=tom.handle)
    assert f"{tom.handle} stands in for you" in said(answer["view"]["blocks"])
    assert screen.company.one("SELECT count(*) FROM absence WHERE person_id = %s", sofia.id) == 1
    screen.home_becomes(account, f"{tom.handle} stands in until")


# second factor


@pytest.fixture
def strict(database: TestDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlackCompany]:
    """A company whose policy wants a code for notes."""
    policy, key = tmp_path / "policy.yaml", new_key()
    text = PACKAGED.read_text(encoding="utf-8")
    wants_code = text.replace("    expires_after: 7d", "    expires_after: 7d\n    second_factor: true", 1)
    policy.write_text(wants_code, encoding="utf-8")
    monkeypatch.setenv("EXPEDITER_POLICY", str(policy))
    monkeypatch.setenv("EXPEDITER_SECOND_FACTOR_KEY", key)
    with slack_company(database) as company:
        company.key = key  # type: ignore[attr-defined]
        yield company


def test_where_the_rule_wants_a_code_it_is_asked_for_in_a_modal(strict: SlackCompany, database: TestDatabase) -> None:
    screen = Screen(strict, strict.space.channel())
    sofia, account = joined(screen)
    authenticators = PostgresAuthenticators(database.pool("serve"), Seal([strict.key]))  # type: ignore[attr-defined]
    code = PersonAdmin(database.pool("admin")).issue_enrolment_code(sofia.handle)
    secret, step = authenticators.enrol(sofia, code).secret, int(datetime.now(UTC).timestamp()) // 30
    authenticators.confirm(sofia.id, code_at(secret, step))
    screen.press(screen.card(database.proposal()), account, "approve")
    assert "code" in {block.get("block_id") for block in screen.opened(account)["blocks"]}
    assert screen.decisions() == []
    wrong = screen.submit(account, code="000000")
    assert list(wrong["errors"]) == ["code"]
    assert screen.decisions() == []
    answer = screen.submit(account, code=code_at(secret, step + 1))
    assert "You approved P1." in said(answer["view"]["blocks"])
    assert screen.company.one("SELECT second_factor_id IS NOT NULL FROM decision") is True


# forged


FORGED = [
    "", "12", "null", "[]", '{"id": "P1"}', '{"id": "P2", "rev": "0"}', '{"id": "P1", "rev": "0"}', '{"id": "G1", "rev": "0"}',
    '{"id": "P2147483648", "rev": "0"}', '{"id": "P0", "rev": ""}', '{"id": "P1;DROP", "rev": ""}', "[" * 1_900, "x" * 2_000,
]  # fmt: skip
ACTIONS = ("approve", "approve_modal", "reject", "edit", "hand_over", "undo", "withdraw", "group_approve", "mail_handled")


@pytest.mark.parametrize("value", FORGED)
def test_a_forged_value_decides_nothing_and_is_answered(screen: Screen, database: TestDatabase, value: str) -> None:
    _, account = joined(screen)
    database.proposal()
    message = screen.card(database.proposal())
    for action in ACTIONS:
        forged = press(screen.company.slack, message, account, "approve")
        forged.body["actions"][0] |= {"action_id": action, "value": value}
        before = len(screen.company.space.whispered(account))
        (ack,) = screen.company.send(forged)
        assert ack.status == 200
        screen.company.space.until(lambda before=before: len(screen.company.space.whispered(account)) > before)
    assert screen.decisions() == []
    assert not screen.company.space.stacks[account]


def test_a_button_that_is_not_known_any_more_says_so(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen)
    old = press(screen.company.slack, screen.card(database.proposal()), account, "approve")
    old.body["actions"][0]["action_id"] = "approve_v0"
    screen.company.send(old)
    assert "does nothing here any more" in screen.told(account)
