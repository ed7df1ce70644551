"""The channel of approvals is as the database has it, also after a restart."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from agent.domain.approval_notices import ApprovalNotice, NoticeKind
from agent.domain.decisions import Person, Proposal, Role
from integrations.database.approval_notices import PostgresApprovalNotices
from integrations.database.messenger_outbox import PostgresOutbox
from integrations.database.messenger_sending import PostgresSending
from integrations.database.people import PostgresPeople
from integrations.database.proposal_book import PostgresProposalBook
from integrations.slack import announcing
from integrations.slack.announcing import Announcer
from integrations.slack.examples.proposals import content
from integrations.slack.views.scene import Scene
from tests.fixtures.ledger import decide, lapse, revised
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.fixtures.postgres import TestDatabase, note_content
from tests.fixtures.slack.screen import make_group, said
from tests.fixtures.slack.validation import violations

CHANNEL = "C0APPROVE"


def announcer(database: TestDatabase, *known: Person, rest_until: datetime | None = None, channel: str = CHANNEL) -> Announcer:
    """On the worker's role, as if it had just started; `known` have linked an account, and rest until then."""
    pool, accounts = database.pool("worker"), {one.id: f"U{one.id:05d}" for one in known}
    people = PostgresPeople(pool)
    return Announcer(
        PostgresProposalBook(pool),
        PostgresApprovalNotices(pool),
        PostgresOutbox(pool),
        lambda: Scene(PACKAGED_POLICY, people.all(), (), datetime.now(UTC)),
        accounts.get,
        lambda _person_id, _now: rest_until,
        channel,
    )


def sent(database: TestDatabase) -> list[tuple[str, str, str, str | None]]:
    """Key, channel, text on it, and under which message."""
    with database.connection("admin") as connection:
        query = "SELECT key, channel, payload, thread_key FROM slack_outbox WHERE payload <> '' ORDER BY id"
        rows = connection.execute(query).fetchall()
    for row in rows:
        assert violations("chat.postMessage", {"channel": row["channel"]} | json.loads(row["payload"])) == []
    return [(row["key"], row["channel"], said(json.loads(row["payload"])["blocks"]), row["thread_key"]) for row in rows]


def test_what_waits_gets_one_card_however_often_it_is_looked_at(database: TestDatabase) -> None:
    database.proposal()
    mine = announcer(database)
    mine.sweep()
    mine.sweep()
    announcer(database).sweep()
    assert [(key, channel) for key, channel, _, _ in sent(database)] == [("proposal:1", CHANNEL)]


def test_a_card_follows_what_happened_also_while_nobody_looked(database: TestDatabase) -> None:
    sofia, proposal = database.person("sofia"), database.proposal()
    announcer(database).sweep()
    decide(database, proposal, sofia)
    announcer(database).sweep()
    first, second = sent(database)
    assert "Waits for approval" in first[2]
    assert "approved by *sofia*" in second[2]
    assert (first[0], second[0]) == ("proposal:1", "proposal:1")


def test_a_card_that_was_edited_says_so_and_the_new_one_names_it(database: TestDatabase) -> None:
    proposal = database.proposal()
    announcer(database).sweep()
    revised(database, proposal, database.person("eve", Role.SALES_MANAGER))
    mine = announcer(database)
    mine.sweep()
    last = {key: text for key, _, text, _ in sent(database)}
    assert "Replaced by a newer version" in last["proposal:1"]
    assert "Approve" not in last["proposal:1"].split()
    assert "in place of P1" in last["proposal:2"]


def test_a_card_is_followed_however_many_came_after_it(database: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "MOST", 2)
    sofia, first = database.person("sofia"), database.proposal()
    announcer(database).sweep()
    for number in range(4):
        database.proposal(content=content(days=20 + number))
    mine = announcer(database)
    mine.sweep()
    decide(database, first, sofia)
    mine.sweep()
    assert "approved by *sofia*" in newest(database, first)
    lapse(database, "approval_grant")
    mine.sweep()
    assert "Expired" in newest(database, first)


def newest(database: TestDatabase, proposal: Proposal) -> str:
    return [text for key, _, text, _ in sent(database) if key == f"proposal:{proposal.id}"][-1]


def test_what_ended_before_it_was_ever_shown_gets_no_card(database: TestDatabase) -> None:
    database.proposal()
    lapse(database, "proposal")
    announcer(database).sweep()
    assert sent(database) == []


def test_what_lapses_is_shown_as_lapsed(database: TestDatabase) -> None:
    database.proposal()
    mine = announcer(database)
    mine.sweep()
    lapse(database, "proposal")
    mine.sweep()
    assert "Expired, nothing was changed" in sent(database)[-1][2]


def test_lines_of_a_group_have_one_card_together(database: TestDatabase) -> None:
    make_group(database)
    announcer(database).sweep()
    assert [key for key, *_ in sent(database)] == ["group:1"]


def test_a_reminder_stands_under_its_card_once_and_reaches_who_can_decide(database: TestDatabase) -> None:
    sofia, auditor = database.person("sofia"), database.person(None, Role.AUDITOR)
    proposal = database.proposal()
    reminder = ApprovalNotice(proposal.id, 0, NoticeKind.REMINDER, 1, (Role.OPS_AGENT,))
    assert PostgresApprovalNotices(database.pool("worker")).note(reminder)
    for _ in range(2):
        announcer(database, sofia, auditor).sweep()
    key = f"notice:{proposal.id}:0:reminder:1"
    told = [(channel, under) for one, channel, _, under in sent(database) if one == key]
    assert told == [(CHANNEL, "proposal:1")]
    direct = [text for one, channel, text, _ in sent(database) if one is None and channel == f"U{sofia.id:05d}"]
    assert len(direct) == 1
    assert "Reminder 1 of 3" in direct[0]
    assert not [1 for _, channel, _, _ in sent(database) if channel == f"U{auditor.id:05d}"]


def test_what_nobody_decides_on_in_time_is_told_to_whoever_may_decide_now_too(database: TestDatabase) -> None:
    sofia, olaf = database.person("sofia", Role.SALES_MANAGER), database.person("olaf", Role.OPS_MANAGER)
    earlier = content().model_copy(update={"facts": content().facts | {"change": "earlier"}})
    proposal = database.proposal(content=earlier, expires_in=timedelta(days=9))
    directly = lambda person: [text for key, to, text, _ in sent(database) if key is None and to == f"U{person.id:05d}"]  # noqa: E731
    notices = PostgresApprovalNotices(database.pool("worker"))
    assert notices.note(ApprovalNotice(proposal.id, 0, NoticeKind.REMINDER, 1, (Role.SALES_MANAGER,)))
    announcer(database, sofia, olaf).sweep()
    assert (len(directly(sofia)), len(directly(olaf))) == (1, 0)
    database.one("admin", "UPDATE proposal SET created_at = created_at - interval '5 days'")
    assert notices.note(ApprovalNotice(proposal.id, 0, NoticeKind.ESCALATION, 1, (Role.OPS_MANAGER,)))
    announcer(database, sofia, olaf).sweep()
    (told,) = directly(olaf)
    assert "Nobody decided in time, so ops manager may decide on this now too." in told
    card = [text for key, _, text, _ in sent(database) if key == f"proposal:{proposal.id}"][-1]
    assert "escalated to ops manager" in card


def test_whoever_rests_is_reminded_when_their_quiet_hours_are_over_and_not_mentioned_meanwhile(database: TestDatabase) -> None:
    sofia, proposal = database.person("sofia"), database.proposal()
    reminder = ApprovalNotice(proposal.id, 0, NoticeKind.REMINDER, 1, (Role.OPS_AGENT,))
    assert PostgresApprovalNotices(database.pool("worker")).note(reminder)
    morning, account = datetime.now(UTC) + timedelta(hours=9), f"U{sofia.id:05d}"
    announcer(database, sofia, rest_until=morning).sweep()
    with database.connection("admin") as connection:
        held = connection.execute("SELECT not_before FROM slack_outbox WHERE channel = %s", [account]).fetchall()
    assert [row["not_before"] for row in held] == [morning]
    assert account not in next(text for key, _, text, _ in sent(database) if key == f"notice:{proposal.id}:0:reminder:1")
    PostgresOutbox(database.pool("worker")).post(account, {"text": "An answer"})
    due = PostgresSending(database.pool("worker")).waiting(10)
    assert "An answer" in [one.outgoing.payload["text"] for one in due], "what is meant for later keeps nothing else waiting"


def test_a_reminder_that_waits_for_the_morning_is_not_sent_once_somebody_decided(database: TestDatabase) -> None:
    sofia, olaf = database.person("sofia"), database.person("olaf")
    decided, waits = database.proposal(), database.proposal(content=note_content("S00043"))
    for proposal in (decided, waits):
        reminder = ApprovalNotice(proposal.id, 0, NoticeKind.REMINDER, 1, (Role.OPS_AGENT,))
        assert PostgresApprovalNotices(database.pool("worker")).note(reminder)
    mine = announcer(database, olaf, rest_until=datetime.now(UTC) + timedelta(hours=9))
    mine.sweep()
    decide(database, decided, sofia)
    mine.sweep()
    held = "SELECT count(*) FROM slack_outbox WHERE ended_at IS NULL AND dedupe LIKE %s"
    assert database.one("admin", held, f"notice:{decided.id}:%") == 0
    assert database.one("admin", held, f"notice:{waits.id}:%") == 1


def test_nobody_is_mentioned_on_a_card(database: TestDatabase) -> None:
    sofia = database.person("sofia")
    database.proposal()
    announcer(database, sofia).sweep()
    assert "<@" not in sent(database)[0][2]
