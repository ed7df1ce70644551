"""What is proposed for a mail is edited from its card, from the click to the proposal that takes its place."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.actions import OwnActions, prepare
from agent.actions.file_mail import NAME as FILE_MAIL
from agent.actions.file_mail import FileMailAction
from agent.actions.reply_to_mail import NAME as REPLY_TO_MAIL
from agent.actions.reply_to_mail import ReplyToMailAction
from agent.domain.decisions import Person, Proposal, Provenance, Role
from agent.jobs.worker import propose_edit
from integrations.database.letters import PostgresLetters
from integrations.database.mail_files import PostgresMailFiles
from integrations.database.proposal_desk import PostgresProposalDesk
from integrations.demo import SITUATIONS
from tests.fixtures.arriving import arrived, letter, made
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.slack.running import slack_company
from tests.fixtures.slack.screen import Screen, joined, said
from tests.fixtures.turns import worker_of

WORDS = "We expect it on Friday then."


@dataclass
class Desk:
    """One mail in the inbox, a channel in Slack, and the worker behind both."""

    database: DemoDatabase
    erp: DemoErp
    asker: Person
    screen: Screen

    @property
    def own(self) -> OwnActions:
        pool = self.database.pool("worker")
        letters = PostgresLetters(pool)
        return {FILE_MAIL: FileMailAction(letters, PostgresMailFiles(pool)), REPLY_TO_MAIL: ReplyToMailAction(letters)}

    def proposed(self, action: str, text: str = WORDS) -> Proposal:
        arguments: dict[str, Any] = {"mail": 1, "text": text}
        if action == FILE_MAIL:
            arguments["record"] = SITUATIONS["healthy"]
        kind = "propose" if action == FILE_MAIL else "reply"
        return PostgresProposalDesk(self.database.pool("worker")).propose(
            prepare(action, arguments, self.erp.reader, own=self.own), inbound_id=self.database.inbound(self.asker, kind=kind),
            rationale="It is about it.", provenance=Provenance("rules"), expires_at=datetime.now(UTC) + timedelta(days=1),
        )  # fmt: skip

    def edits_asked_for(self) -> int:
        """Worked on; how many."""
        with self.database.connection("admin") as connection:
            asked = [row["id"] for row in connection.execute("SELECT id FROM inbound WHERE kind = 'edit'").fetchall()]
        for inbound_id in asked:
            propose_edit(inbound_id, replace(worker_of(self.database, self.erp.reader), own=self.own))
        return len(asked)


@pytest.fixture
def desk(demo_database: DemoDatabase, demo_erp: DemoErp) -> Iterator[Desk]:
    arrived(demo_database, letter(1), made(trust="aligned"))
    with slack_company(demo_database) as company:
        yield Desk(demo_database, demo_erp, demo_database.person("ana"), Screen(company, company.space.channel()))


@pytest.mark.parametrize("action", [FILE_MAIL, REPLY_TO_MAIL])
def test_the_words_are_edited_and_the_new_card_takes_the_place_of_the_old_one(desk: Desk, action: str) -> None:
    screen, (editor, account) = desk.screen, joined(desk.screen, Role.OPS_MANAGER)
    old = desk.proposed(action)
    screen.press(screen.card(old), account, "edit")
    assert {block.get("block_id") for block in screen.opened(account)["blocks"]} >= {"edit_text", "reason"}
    assert screen.submit(account, edit_text=WORDS, reason="x")["errors"] == {"edit_text": "That is what P1 says already."}
    answer = screen.submit(account, edit_text="Friday is fine.", reason="Shorter.")
    assert "P1 is being made anew" in said(answer["view"]["blocks"])
    assert desk.edits_asked_for() == 1
    new = PostgresProposalDesk(desk.database.pool("worker")).proposal(old.id + 1)
    assert new.content.arguments == dict(old.content.arguments) | {"text": "Friday is fine."}
    assert (new.supersedes, new.asker.handle, [one.handle for one in new.authors]) == (old.id, editor.handle, ["ana"])
    card = screen.card(new)
    assert "in place of P1" in said(card.blocks)
    screen.press(card, account, "approve")
    assert "P2" in screen.told(account)
    assert screen.decisions() == [], "whoever edited it does not approve it"


def test_words_that_slack_just_takes_are_edited_whole(desk: Desk) -> None:
    _, account = joined(desk.screen, Role.OPS_MANAGER)
    old = desk.proposed(REPLY_TO_MAIL, "x" * 2_999)
    desk.screen.press(desk.screen.card(old), account, "edit")
    assert "x" * 2_999 in str(desk.screen.opened(account))
    desk.screen.submit(account, edit_text="y" * 3_000, reason="Other words.")
    assert desk.edits_asked_for() == 1
    new = PostgresProposalDesk(desk.database.pool("worker")).proposal(old.id + 1)
    assert new.content.arguments["text"] == "y" * 3_000


def test_words_that_do_not_fit_into_an_input_are_not_lost_by_opening_it(desk: Desk) -> None:
    _, account = joined(desk.screen, Role.OPS_MANAGER)
    desk.screen.press(desk.screen.card(desk.proposed(REPLY_TO_MAIL, "A long answer. " * 300)), account, "edit")
    assert "Left empty, it stays as it is" in said(desk.screen.opened(account)["blocks"])
    assert desk.screen.submit(account, edit_text="", reason="x")["errors"] == {"edit_text": "That is what P1 says already."}
