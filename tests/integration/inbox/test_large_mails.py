"""Large mails are taken in by their parts, as what they are, in little memory."""

from typing import Any

import pytest
from imapclient import IMAPClient

from agent.domain.mail import ParsedMail
from agent.domain.mailbox import Fetched, fingerprint
from integrations.email import imap, parse_mail
from integrations.email.by_parts import MOST_FILES, MOST_TEXT
from tests.fixtures.dovecot import TestInbox, mail
from tests.fixtures.large_mails import LEFT, SAMPLES, with_file


def only(inbox: TestInbox) -> Fetched:
    source = inbox.source()
    [fetched] = source.fetch(source.changes(None)[0])
    return fetched


def taken_in(inbox: TestInbox) -> ParsedMail:
    fetched = only(inbox)
    assert fetched.raw is not None
    return parse_mail(fetched.raw)


@pytest.mark.parametrize("sample", SAMPLES)
def test_taken_in_by_its_parts_a_mail_is_what_it_is(
    sample: str, shared_inbox: TestInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared_inbox.deliver(SAMPLES[sample]())
    whole = taken_in(shared_inbox)
    monkeypatch.setattr(imap, "WHOLE", 0)
    assert taken_in(shared_inbox) == whole


def test_a_mail_of_sixty_megabytes_is_read_without_its_file(shared_inbox: TestInbox) -> None:
    shared_inbox.deliver(with_file(44 << 20))
    read = taken_in(shared_inbox)
    [file] = read.attachments
    assert (file.name, file.content_type, file.trouble) == ("photos.zip", "application/octet-stream", LEFT)
    assert file.size > 44 << 20
    assert (read.text, read.subject, read.sender) == (
        "The delivery of P00012 is late.\nNumber 1.", "Delivery 1", "vera@vendor.example",
    )  # fmt: skip
    assert read.problems == ()


def test_files_are_kept_in_their_order_while_there_is_room(shared_inbox: TestInbox) -> None:
    message = with_file(MOST_FILES // 2, "first.zip")
    for name, size in (("second.zip", MOST_FILES // 2), ("third.txt", 10)):
        message.add_attachment(b"x" * size, maintype="application", subtype="octet-stream", filename=name)
    shared_inbox.deliver(message)
    assert [bool(file.trouble) for file in taken_in(shared_inbox).attachments] == [False, True, False]


def test_delivered_again_with_more_headers_it_is_the_same_mail(shared_inbox: TestInbox, monkeypatch: pytest.MonkeyPatch) -> None:
    message = with_file(9_000)
    monkeypatch.setattr(imap, "WHOLE", len(message.as_bytes()) + 400)
    again = (
        b"".join(b"Received: from elsewhere by here; Mon, 16 Nov 2026 09:00:00 +0000\r\n" for _ in range(20)) + message.as_bytes()
    )
    shared_inbox.deliver(message, again)
    source = shared_inbox.source()
    found = [fetched.raw or b"" for fetched in source.fetch(source.changes(None)[0])]
    assert [raw.startswith(b"X-Expediter-By-Parts") for raw in found] == [False, True]
    assert len({fingerprint(parse_mail(raw)) for raw in found}) == 1


def test_of_a_very_long_text_the_beginning_is_kept_and_that_is_said(shared_inbox: TestInbox) -> None:
    shared_inbox.deliver(mail(1, "P00012 is late. " + "and so on " * (MOST_TEXT // 5)))
    read = taken_in(shared_inbox)
    assert read.text.startswith("P00012 is late.")
    assert read.problems == ("text_cut",)


def test_what_the_server_describes_in_no_way_that_can_be_followed_is_taken_by_its_head(
    shared_inbox: TestInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = IMAPClient.fetch

    def odd(client: IMAPClient, uids: list[int], items: list[str]) -> dict[int, Any]:
        found: dict[int, Any] = fetch(client, uids, items)
        return {uid: dict(told) | ({b"BODYSTRUCTURE": None} if b"BODYSTRUCTURE" in told else {}) for uid, told in found.items()}

    monkeypatch.setattr(IMAPClient, "fetch", odd)
    monkeypatch.setattr(imap, "WHOLE", 0)
    shared_inbox.deliver(mail(1))
    fetched = only(shared_inbox)
    assert fetched.raw is None
    assert b"Subject: Delivery 1" in fetched.head


def test_a_large_mail_that_was_taken_away_meanwhile_is_left_out(shared_inbox: TestInbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "WHOLE", 0)
    shared_inbox.deliver(mail(1), mail(2))
    source = shared_inbox.source()
    copies, _ = source.changes(None)
    fetching = source.fetch(copies)
    assert next(fetching).copy == copies[0]
    with shared_inbox.server.as_somebody_else(shared_inbox.user) as colleague:
        colleague.add_flags([2], [rb"\Deleted"])
        colleague.expunge([2])
    source.changes(None)
    assert list(fetching) == []


def test_the_size_of_a_file_that_was_kept_is_its_own(shared_inbox: TestInbox) -> None:
    shared_inbox.deliver(with_file(2 << 20))
    [file] = taken_in(shared_inbox).attachments
    assert (file.size, file.trouble) == (2 << 20, "")
