"""The IMAP adapter on a real server: what it sees, what it takes, and what it leaves alone."""

import socket
from contextlib import closing

import pytest

from agent.domain.mailbox import Copy
from agent.errors import MailboxRefused, MailboxUnavailable
from integrations.email import imap
from integrations.email.imap import ImapAccount, ImapMailbox, LoginWay, signed_in, signed_out
from tests.fixtures.dovecot import PASSWORD, Dovecot, TestInbox, mail


def test_a_look_tells_what_came_since_the_last_one(shared_inbox: TestInbox) -> None:
    source = shared_inbox.source()
    assert list(source.changes(None)[0]) == []
    shared_inbox.deliver(mail(1), mail(2))
    first, cursor = source.changes(None)
    assert len(first) == 2
    assert list(source.changes(cursor)[0]) == []
    shared_inbox.deliver(mail(3))
    later, cursor = source.changes(cursor)
    [fetched] = source.fetch(later)
    assert fetched.raw is not None
    assert b"Number 3." in fetched.raw


def test_a_cursor_of_before_a_rebuild_tells_everything_again(shared_inbox: TestInbox) -> None:
    source = shared_inbox.source()
    shared_inbox.deliver(mail(1), mail(2))
    before, cursor = source.changes(None)
    source.close()
    shared_inbox.server.rebuild(shared_inbox.user)
    after, _ = source.changes(cursor)
    assert len(after) == 2
    assert set(after).isdisjoint(before)
    assert list(source.fetch(before)) == [], "what the mailbox calls otherwise now is left out"


def test_reading_and_marking_leaves_a_mail_unseen_and_a_colleagues_deletion_undone(shared_inbox: TestInbox) -> None:
    shared_inbox.deliver(mail(1), mail(2))
    source = shared_inbox.source()
    copies, _ = source.changes(None)
    with shared_inbox.server.as_somebody_else(shared_inbox.user) as colleague:
        colleague.add_flags([2], [rb"\Deleted"])
        list(source.fetch(copies))
        source.mark(copies[:1])
    flags = shared_inbox.flags()
    assert set(flags) == {1, 2}, "nothing is gone for good"
    assert imap.READ.encode() in flags[1]
    assert imap.READ.encode() not in flags[2]
    assert not any(rb"\Seen" in each for each in flags.values())


def test_what_was_taken_away_meanwhile_is_left_out(shared_inbox: TestInbox) -> None:
    shared_inbox.deliver(mail(1), mail(2), mail(3))
    source = shared_inbox.source()
    copies, _ = source.changes(None)
    with shared_inbox.server.as_somebody_else(shared_inbox.user) as colleague:
        colleague.add_flags([2], [rb"\Deleted"])
        colleague.expunge([2])
    assert [fetched.copy for fetched in source.fetch(copies)] == [copies[0], copies[2]]


def test_a_restarted_server_is_one_failed_call_and_the_next_one_works(shared_inbox: TestInbox) -> None:
    shared_inbox.deliver(mail(1))
    source = shared_inbox.source()
    _, cursor = source.changes(None)
    shared_inbox.server.restart()
    with pytest.raises(MailboxUnavailable, match="cannot be read"):
        source.changes(cursor)
    assert list(source.changes(cursor)[0]) == []


def test_a_wrong_password_is_told_apart_from_a_server_that_is_away(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    with pytest.raises(MailboxRefused, match="does not accept login"):
        ImapMailbox(dovecot.account(user, "wrong")).changes(None)
    nobody = ImapAccount(dovecot.host, 1, user, lambda: PASSWORD, tls=False)
    with pytest.raises(MailboxUnavailable):
        ImapMailbox(nobody).changes(None)


def test_a_server_that_is_gone_when_we_leave_keeps_no_socket_open(dovecot: Dovecot) -> None:
    client = signed_in(dovecot.account(dovecot.new_user()))
    client.socket().shutdown(socket.SHUT_RDWR)
    signed_out(client)
    assert client.socket().fileno() == -1


def test_a_new_password_is_used_at_the_next_login(dovecot: Dovecot) -> None:
    now = ["wrong"]
    account = ImapAccount(dovecot.host, dovecot.port, dovecot.new_user(), lambda: now[0], tls=False)
    with closing(ImapMailbox(account)) as source:
        with pytest.raises(MailboxRefused):
            source.changes(None)
        now[0] = PASSWORD
        assert list(source.changes(None)[0]) == []


def by_token(dovecot: Dovecot, user: str, token: str) -> ImapMailbox:
    return ImapMailbox(ImapAccount(dovecot.host, dovecot.port, user, lambda: token, LoginWay.XOAUTH2, tls=False))


def test_a_token_opens_the_mailbox_of_its_user(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    with closing(by_token(dovecot, user, dovecot.token(user))) as source:
        assert list(source.changes(None)[0]) == []


def test_an_expired_a_foreign_and_a_forged_token_are_refused(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    expired, foreign = dovecot.token(user, valid_s=-30), dovecot.token(dovecot.new_user())
    for token in (expired, foreign, dovecot.token(user, key=b"somebody else's"), "no token"):
        with pytest.raises(MailboxRefused, match="does not accept login"):
            by_token(dovecot, user, token).changes(None)


def test_a_server_is_believed_only_with_a_certificate_that_somebody_vouches_for(dovecot: Dovecot) -> None:
    user = dovecot.new_user()
    with pytest.raises(MailboxUnavailable, match="certificate"):
        ImapMailbox(ImapAccount("localhost", dovecot.tls_port, user, lambda: PASSWORD)).changes(None)
    vouched = ImapAccount("localhost", dovecot.tls_port, user, lambda: PASSWORD, ca_file=dovecot.ca_file)
    with closing(ImapMailbox(vouched)) as source:
        assert list(source.changes(None)[0]) == []


def test_a_folder_that_is_not_there_is_said_in_one_sentence(dovecot: Dovecot) -> None:
    with pytest.raises(MailboxUnavailable, match="Nowhere"):
        ImapMailbox(dovecot.account(dovecot.new_user()), "Nowhere").changes(None)


def test_over_a_conversation_that_has_ended_nothing_is_said_to_be_marked(shared_inbox: TestInbox) -> None:
    """The mailbox was rebuilt meanwhile, and another worker knows its mails by their new names."""
    shared_inbox.deliver(mail(1))
    source = shared_inbox.source()
    source.changes(None)
    shared_inbox.server.restart()
    with pytest.raises(MailboxUnavailable):
        source.mark([Copy("INBOX/4711/1")])


def test_copies_of_another_folder_are_not_marked(shared_inbox: TestInbox) -> None:
    shared_inbox.deliver(mail(1))
    source = shared_inbox.source()
    [copy], _ = source.changes(None)
    source.mark([Copy(copy.key.replace("INBOX", "Archive"))])
    assert imap.READ.encode() not in shared_inbox.flags()[1]
