"""The mailbox says when a mail comes; connections die, and the next one says it too."""

import logging
from collections.abc import Iterator
from contextlib import closing
from queue import Empty, Queue

import pytest

from integrations.email.idle import MailHint
from integrations.email.imap import ImapAccount
from tests.fixtures.dovecot import Dovecot, TestInbox, mail

WAIT_S = 20


@pytest.fixture
def woken() -> "Queue[str]":
    return Queue()


@pytest.fixture
def hint(shared_inbox: TestInbox, woken: "Queue[str]") -> Iterator[MailHint]:
    account = shared_inbox.server.account(shared_inbox.user)
    with closing(MailHint(account, "INBOX", lambda: woken.put("look"), first_pause_s=0.05).start()) as watching:
        assert woken.get(timeout=WAIT_S) == "look", "what came before there was a connection is looked for"
        yield watching


def test_a_mail_that_comes_is_told_at_once(hint: MailHint, shared_inbox: TestInbox, woken: "Queue[str]") -> None:
    for number in (1, 2):
        shared_inbox.deliver(mail(number))
        assert woken.get(timeout=WAIT_S) == "look"


def test_a_mark_is_no_mail(hint: MailHint, shared_inbox: TestInbox, woken: "Queue[str]") -> None:
    shared_inbox.deliver(mail(1))
    assert woken.get(timeout=WAIT_S) == "look"
    source = shared_inbox.source()
    source.mark(source.changes(None)[0])
    with pytest.raises(Empty):
        woken.get(timeout=1)


def test_a_restarted_server_is_listened_to_again(hint: MailHint, shared_inbox: TestInbox, woken: "Queue[str]") -> None:
    shared_inbox.server.restart()
    assert woken.get(timeout=WAIT_S) == "look"
    shared_inbox.deliver(mail(1))
    assert woken.get(timeout=WAIT_S) == "look"


def test_a_look_that_fails_ends_no_hints(shared_inbox: TestInbox) -> None:
    looks: Queue[int] = Queue()

    def failing() -> None:
        looks.put(1)
        raise RuntimeError("the look failed")

    with closing(MailHint(shared_inbox.server.account(shared_inbox.user), "INBOX", failing, first_pause_s=0.05).start()):
        for _ in range(3):
            looks.get(timeout=WAIT_S)


def test_a_refused_login_is_tried_again_in_silence_towards_people(dovecot: Dovecot, caplog: pytest.LogCaptureFixture) -> None:
    secrets = iter(["wrong"])
    looks: Queue[int] = Queue()
    right = dovecot.account(dovecot.new_user())
    account = ImapAccount(right.host, right.port, right.user, lambda: next(secrets, None) or right.secret(), tls=False)
    with caplog.at_level(logging.WARNING), closing(MailHint(account, "INBOX", lambda: looks.put(1), first_pause_s=0.05).start()):
        looks.get(timeout=WAIT_S)
    assert caplog.records == []


def test_closed_it_ends(shared_inbox: TestInbox, woken: "Queue[str]") -> None:
    watching = MailHint(shared_inbox.server.account(shared_inbox.user), "INBOX", lambda: woken.put("look")).start()
    woken.get(timeout=WAIT_S)
    watching.close()
    assert not watching._thread.is_alive()
