"""Mails in Slack: a card in the channel of their route, worked by those who may, and true whatever was done elsewhere."""

import json

import pytest
from slack_sdk import WebClient

from agent.domain.decisions import Role
from agent.domain.mail_threads import MailDeed, MailEventKind
from integrations.database.mail_inbox import PostgresInbox, PostgresMailDesk
from integrations.database.messenger_outbox import PostgresOutbox
from integrations.slack.inbox import InboxAnnouncer
from integrations.slack.views.mail import mail_card
from tests.fixtures.arriving import arrived, letter, made
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.slack.deliveries import press_home
from tests.fixtures.slack.running import SlackCompany
from tests.fixtures.slack.screen import Screen, home_of, joined, said
from tests.fixtures.slack.state import Message
from tests.fixtures.slack.validation import violations

DRAFT = "Thank you, we expect it on Friday then."
CHANNELS = {Role.BUYER: "C0BUYERS", None: "C0OTHERS"}


def announcer(database: TestDatabase) -> InboxAnnouncer:
    """As if the worker had just started."""
    pool = database.pool("worker")
    return InboxAnnouncer(PostgresInbox(pool), PostgresOutbox(pool), PACKAGED_POLICY.inbox.routes.__getitem__, CHANNELS)


def sent(database: TestDatabase) -> list[tuple[str, str, str]]:
    """Key, channel and text of each version of a card."""
    with database.connection("admin") as connection:
        rows = connection.execute("SELECT key, channel, payload FROM slack_outbox ORDER BY id").fetchall()
    payloads = [json.loads(row["payload"]) for row in rows]
    assert [violations("chat.postMessage", {"channel": "C0OTHERS"} | one) for one in payloads] == [[]] * len(payloads)
    return [(row["key"], row["channel"], said(one["blocks"])) for row, one in zip(rows, payloads, strict=True)]


@pytest.fixture
def screen(company: SlackCompany, database: TestDatabase) -> Screen:
    """With one mail that waits, and a draft for it."""
    arrived(database, letter(1), made(draft=DRAFT, trust="aligned"))
    return Screen(company, company.space.channel())


def card(screen: Screen, database: TestDatabase) -> Message:
    """Posted as it stands now."""
    payload = mail_card(PostgresMailDesk(database.pool("serve")).mail(1))
    client = WebClient("xoxb-test", base_url=f"{screen.company.slack.url}/api/")
    client.chat_postMessage(channel=screen.channel, **payload)
    return screen.company.space.shown(screen.channel)[-1]


def test_each_mail_that_waits_is_one_card_in_the_channel_of_its_route(database: TestDatabase) -> None:
    arrived(database, letter(1), made())
    arrived(database, letter(2), made(**{"class": "damage_shortage_claim", "priority": "P2"}))
    arrived(database, letter(3), made(**{"class": "automated_noise", "priority": "P5"}), hours=None)
    mine = announcer(database)
    mine.sweep()
    mine.sweep()
    announcer(database).sweep()
    assert sorted({(key, channel) for key, channel, _ in sent(database)}) == [("mail:1", "C0BUYERS"), ("mail:2", "C0OTHERS")]


def test_a_card_follows_what_people_do_wherever_they_do_it(database: TestDatabase) -> None:
    arrived(database, letter(1), made())
    announcer(database).sweep()
    maria, inbox = database.person("maria"), PostgresMailDesk(database.pool("serve"))
    inbox.say(1, maria.id, MailDeed(MailEventKind.TAKEN, owner_id=maria.id))
    mine = announcer(database)
    mine.sweep()
    inbox.say(1, maria.id, MailDeed(MailEventKind.DONE))
    mine.sweep()
    first, second, third = (text for _, _, text in sent(database))
    assert "nobody yet" in first
    assert "maria" in second
    assert "Handled* by maria" in third


def test_the_card_of_an_earlier_mail_of_a_thread_follows_it_too_after_a_restart(database: TestDatabase) -> None:
    arrived(database, letter(1), made())
    announcer(database).sweep()
    arrived(database, letter(2, answers=str(letter(1)["Message-ID"])), made())
    maria, desk = database.person("maria"), PostgresMailDesk(database.pool("serve"))
    mine = announcer(database)
    mine.sweep()
    desk.say(2, maria.id, MailDeed(MailEventKind.DONE))
    mine.sweep()
    last = {key: text for key, _, text in sent(database)}
    assert "Handled* by maria" in last["mail:1"]
    assert "Handled* by maria" in last["mail:2"]


def test_what_was_done_before_it_was_ever_shown_gets_no_card(database: TestDatabase) -> None:
    arrived(database, letter(1), made())
    PostgresMailDesk(database.pool("serve")).say(1, database.person("maria").id, MailDeed(MailEventKind.DONE))
    announcer(database).sweep()
    assert sent(database) == []


def test_a_mail_is_opened_from_home_and_marked_handled(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen, Role.BUYER)
    assert "1 mail waits for you" in said(home_of(screen, account)["blocks"])
    screen.company.send(press_home(screen.company.slack, account, "mail:0"))
    assert "Our delivery will be late." in said(screen.opened(account)["blocks"])
    screen.press(card(screen, database), account, "mail_handled")
    assert "M1 is handled" in screen.told(account)
    assert "No mail waits for you" in said(home_of(screen, account)["blocks"])


def test_the_class_is_corrected_with_how_one_could_tell(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen, Role.BUYER)
    screen.press(card(screen, database), account, "mail_class")
    screen.opened(account)
    answer = screen.submit(account, **{"class": "po_confirmation", "note": "It confirms the order."})
    assert "triage learns from it" in said(answer["view"]["blocks"])
    mail = PostgresMailDesk(database.pool("serve")).mail(1)
    assert (mail.mail_class, mail.events[-1].reason) == ("po_confirmation", "It confirms the order.")


def test_a_mail_is_given_to_a_colleague(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen, Role.BUYER)
    colleague = database.person("ben", Role.BUYER)
    screen.press(card(screen, database), account, "mail_assign")
    screen.opened(account)
    answer = screen.submit(account, owner=colleague.handle)
    assert f"{colleague.handle} takes care of M1" in said(answer["view"]["blocks"])
    thread = PostgresMailDesk(database.pool("serve")).mail(1).thread
    assert thread is not None
    assert thread.owner == colleague.handle


def test_a_reply_is_reviewed_and_becomes_a_proposal_nothing_is_sent(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen, Role.BUYER)
    screen.press(card(screen, database), account, "mail_draft")
    assert DRAFT in json.dumps(screen.opened(account))
    answer = screen.submit(account, draft="Thank you. Friday is fine.", reason="They asked whether Friday will do.")
    assert "goes out once somebody approved it" in said(answer["view"]["blocks"])
    asked = json.loads(database.one("admin", "SELECT text FROM inbound WHERE kind = 'reply'"))
    assert (asked["mail"], asked["text"]) == (1, "Thank you. Friday is fine.")
    assert database.one("admin", "SELECT count(*) FROM proposal") == 0, "the worker makes it"


def test_on_a_mail_that_somebody_worked_on_meanwhile_nothing_is_done(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen, Role.BUYER)
    old, maria = card(screen, database), database.person("maria")
    PostgresMailDesk(database.pool("serve")).say(1, maria.id, MailDeed(MailEventKind.TAKEN, owner_id=maria.id))
    screen.press(old, account, "mail_handled")
    assert "worked on M1 since you saw it" in screen.told(account)
    thread = PostgresMailDesk(database.pool("serve")).mail(1).thread
    assert thread is not None
    assert thread.done_at is None


def test_whoever_handles_no_mails_is_told_so_and_sees_none(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen, Role.AUDITOR)
    assert "No mail waits for you" in said(home_of(screen, account)["blocks"])
    screen.press(card(screen, database), account, "mail_handled")
    assert "may not" in screen.told(account)
    screen.press(card(screen, database), account, "mail_draft")
    assert "may not" in screen.told(account)
    assert DRAFT not in str(screen.company.space.stacks[account])
