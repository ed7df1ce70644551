"""What buttons and modals do, over real HTTP and on a real database; every click is answered, to whoever clicked alone."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from agent.domain.decisions import Proposal, ProposalGroup, Provenance, Role
from agent.guardrails.policy import PACKAGED
from agent.guardrails.second_factor import code_at
from agent.ports.ledger import ProposedLine
from integrations.database.authenticators import PostgresAuthenticators, Seal, new_key
from integrations.database.decision_desk import PostgresDecisionDesk
from integrations.database.messenger_outbox import PostgresOutbox
from integrations.database.people import PersonAdmin, PostgresPeople
from integrations.database.proposal_desk import PostgresProposalDesk
from integrations.slack.views.approval import approval_card
from integrations.slack.views.group import group_card
from integrations.slack.views.scene import Scene
from tests.fixtures.ledger import decide, lapse
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.fixtures.postgres import TestDatabase, note_content
from tests.fixtures.slack.deliveries import event, modal, press, press_home, press_modal, submit, submitted
from tests.fixtures.slack.running import SlackCompany, slack_company
from tests.fixtures.slack.sender import Ack
from tests.fixtures.slack.state import Json, Message
from tests.fixtures.slack.validation.walking import parts


@dataclass
class Screen:
    """The channel of approvals, as people see it."""

    company: SlackCompany
    channel: str

    def scene(self, policy: Any = PACKAGED_POLICY) -> Scene:
        people = PostgresPeople(self.company.database.pool("serve")).all()
        return Scene(policy, people, (), datetime.now(UTC))

    def proposal(self, proposal: Proposal) -> Proposal:
        return PostgresDecisionDesk(self.company.database.pool("serve")).proposal(proposal.id)

    def card(self, proposal: Proposal, **other: Any) -> Message:
        """Posted as it stands now."""
        return self.posted(f"proposal:{proposal.id}", approval_card(self.proposal(proposal), self.scene(**other)))

    def group_card(self, group: ProposalGroup) -> Message:
        return self.posted(f"group:{group.id}", group_card(group, self.scene()))

    def posted(self, key: str, payload: Json) -> Message:
        PostgresOutbox(self.company.database.pool("serve")).show(key, self.channel, payload)
        client = WebClient("xoxb-test", base_url=f"{self.company.slack.url}/api/")
        client.chat_postMessage(channel=self.channel, **payload)
        return self.company.space.shown(self.channel)[-1]

    def press(self, message: Message, account: str, action: str) -> Ack:
        (ack,) = self.company.send(press(self.company.slack, message, account, action))
        assert ack.status == 200
        return ack

    def submit(self, account: str, **values: Any) -> Json:
        """What the app answers to the submission; the modal is then as it says."""
        (ack,) = self.company.send(submit(self.company.slack, account, values))
        assert ack.status == 200
        submitted(self.company.space, account, ack.body)
        return ack.body or {}

    def told(self, account: str) -> str:
        """The last thing this account alone was told here."""
        self.company.space.until(lambda: self.company.space.whispered(account))
        return self.company.space.whispered(account)[-1].text

    def opened(self, account: str) -> Json:
        self.company.space.until(lambda: self.company.space.stacks[account])
        return modal(self.company.space, account)

    def latest(self, key: str) -> str:
        """What the card of this key is to look like now."""
        text = self.company.one("SELECT payload FROM slack_outbox WHERE key = %s ORDER BY id DESC LIMIT 1", key)
        return said(json.loads(text)["blocks"])

    def becomes(self, key: str, words: str) -> None:
        """Its card says so, a moment after the click was acknowledged."""
        self.company.space.until(lambda: words in self.latest(key))

    def latest_home(self, account: str) -> str:
        text = self.company.one("SELECT payload FROM slack_outbox WHERE key = %s ORDER BY id DESC LIMIT 1", f"home:{account}")
        return said(json.loads(text)["view"]["blocks"])

    def sent(self) -> list[str]:
        with self.company.database.connection("admin") as connection:
            rows = connection.execute("SELECT channel, payload FROM slack_outbox ORDER BY id").fetchall()
        return [f"{row['channel']}: {row['payload']}" for row in rows]

    def decisions(self) -> list[tuple[str, str]]:
        with self.company.database.connection("admin") as connection:
            rows = connection.execute(
                "SELECT person.handle, verdict FROM decision JOIN person ON person.id = person_id ORDER BY decision.id"
            ).fetchall()
        return [(row["handle"], row["verdict"]) for row in rows]


def said(blocks: list[Json]) -> str:
    return " ".join(part.value["text"] for part in parts(blocks, "") if isinstance(part.value.get("text"), str))


@pytest.fixture
def screen(company: SlackCompany) -> Screen:
    return Screen(company, company.space.channel())


def joined(screen: Screen, *roles: Role) -> tuple[Any, str]:
    person, account = screen.company.colleague(*roles)
    screen.company.space.channels[screen.channel]["members"].append(account)
    return person, account


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
    assert "Nothing waits for you" in screen.latest_home(account)


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
    assert f"{tom.handle} stands in until" in screen.latest_home(account)


# groups


def make_group(database: TestDatabase, number: int = 3) -> ProposalGroup:
    until = datetime.now(UTC) + timedelta(days=1)
    lines = [ProposedLine(note_content(f"S0004{index}"), until) for index in range(number)]
    return PostgresProposalDesk(database.pool("worker")).propose_together(
        "Notes & dates for all", lines, inbound_id=database.inbound(database.person()), rationale="P00017 is late.",
        provenance=Provenance("rules"),
    )  # fmt: skip


def test_a_group_is_approved_with_one_click(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen)
    screen.press(screen.group_card(make_group(database)), account, "group_approve")
    assert "3 of 3 lines of G1 approved." in screen.told(account)
    assert len(screen.decisions()) == 3
    screen.becomes("group:1", "3 of 3 are being carried out")


def test_lines_that_were_chosen_are_decided_and_the_others_wait(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen)
    message = screen.group_card(make_group(database))
    screen.press(message, account, "group_lines")
    screen.opened(account)
    answer = screen.submit(account, lines=["P1", "P3"])
    assert "2 of 2 lines of G1 approved." in said(answer["view"]["blocks"])
    screen.becomes("group:1", "1 of 3 wait for approval")
    screen.press(message, account, "group_approve")
    assert "A line of G1 has changed since you saw it" in screen.told(account)
    assert len(screen.decisions()) == 2


def test_lines_are_rejected_with_one_reason(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen)
    screen.press(screen.group_card(make_group(database)), account, "group_reject")
    screen.opened(account)
    assert "errors" in screen.submit(account, lines=["P1", "P2", "P3"])
    screen.submit(account, lines=["P1", "P2", "P3"], reason="It costs too much")
    assert {verdict for _, verdict in screen.decisions()} == {"reject"}
    assert len(screen.decisions()) == 3


def test_lines_this_person_may_not_decide_on_are_told_one_by_one(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen, Role.AUDITOR)
    screen.press(screen.group_card(make_group(database)), account, "group_approve")
    answer = screen.told(account)
    assert answer.startswith("0 of 3 lines of G1 approved.")
    assert answer.count("may not decide") == 3
    assert screen.decisions() == []


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


def home_of(screen: Screen, account: str) -> Json:
    """Opened, and published."""
    opened = {"type": "app_home_opened", "user": account, "tab": "home", "channel": screen.company.space.direct(account)}
    screen.company.send(event(screen.company.space, opened))
    screen.company.worked_off()
    text = screen.company.one("SELECT payload FROM slack_outbox WHERE key = %s ORDER BY id DESC LIMIT 1", f"home:{account}")
    view = json.loads(text)["view"]
    WebClient("xoxb-test", base_url=f"{screen.company.slack.url}/api/").views_publish(user_id=account, view=view)
    return dict(view)
