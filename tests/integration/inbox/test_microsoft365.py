"""The Microsoft 365 adapter against a stand-in that checks what it is asked: it keeps the promises of the port as IMAP does."""

from collections.abc import Iterator
from contextlib import closing
from email.policy import SMTP
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from agent.domain.mailbox import NAMELESS, Copy
from agent.errors import MailboxRefused, MailboxUnavailable
from integrations.email.graph import GraphMailbox
from integrations.email.graph_login import GraphLogin
from tests.fixtures.dovecot import mail
from tests.fixtures.microsoft365 import certified, microsoft365
from tests.fixtures.microsoft365_state import CLIENT, FOLDER, SECRET, TENANT, USER, Microsoft365


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Microsoft365]:
    with microsoft365(tmp_path) as running:
        yield running


@pytest.fixture
def source(there: Microsoft365) -> Iterator[GraphMailbox]:
    with closing(opened(there)) as opened_source:
        yield opened_source


def opened(
    there: Microsoft365, secret: str = SECRET, *, user: str = USER, folder: str = FOLDER, category: str | None = None
) -> GraphMailbox:
    login = GraphLogin(TENANT, CLIENT, lambda: secret, there.url, there.url, there.ca_file)
    return GraphMailbox(login, user, folder, name="logistics", category=category)


def letter(number: int) -> bytes:
    return mail(number).as_bytes(policy=SMTP)


def test_a_look_tells_what_came_since_the_last_one_oldest_first(there: Microsoft365, source: GraphMailbox) -> None:
    assert list(source.changes(None)[0]) == []
    keys = there.deliver(letter(1), letter(2), letter(3))
    first, cursor = source.changes(None)
    assert [copy.key for copy in first] == keys, "over several pages, without what was deleted"
    assert list(source.changes(cursor)[0]) == []
    there.deliver(letter(4))
    later, _ = source.changes(cursor)
    [fetched] = source.fetch(later)
    assert fetched.raw == letter(4)


@pytest.mark.parametrize(
    "words",
    [(410, "Gone"), (410, "SyncStateNotFound"), (400, "syncStateNotFound"), (404, "ResyncRequired"), (400, "resyncrequired")],
)
def test_a_link_that_microsoft_has_forgotten_tells_everything_again(
    there: Microsoft365, source: GraphMailbox, words: tuple[int, str]
) -> None:
    there.forgets = words
    there.deliver(letter(1), letter(2))
    before, cursor = source.changes(None)
    there.forgotten = True
    after, _ = source.changes(cursor)
    assert after == before


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_look_that_is_forgotten_as_often_as_it_begins_is_one_failed_look(
    there: Microsoft365, source: GraphMailbox, status: int
) -> None:
    there.refuse = [(status, {}, {"error": {"code": "SyncStateNotFound", "message": "Begin again."}})] * 2
    with pytest.raises(MailboxUnavailable, match="SyncStateNotFound: Begin again"):
        source.changes(None)
    assert list(source.changes(None)[0]) == []


@pytest.mark.parametrize(
    "said", [(500, "ErrorMimeContentConversionFailed"), (500, "ErrorContentConversionFailed"), (400, "ErrorInvalidRequest")]
)
def test_a_mail_that_graph_cannot_convert_is_told_by_its_head_and_holds_no_other_up(
    there: Microsoft365, source: GraphMailbox, said: tuple[int, str]
) -> None:
    keys = there.deliver(letter(1), letter(2), letter(3))
    there.broken = {keys[1]: said}
    one, broken, three = source.fetch(source.changes(None)[0])
    assert (one.raw, three.raw) == (letter(1), letter(3))
    assert (broken.copy.key, broken.raw) == (keys[1], None)
    assert b"Subject: Delivery 2" in broken.head


def test_a_mail_of_which_graph_tells_nothing_at_all_is_told_without_a_head(there: Microsoft365, source: GraphMailbox) -> None:
    [key] = there.deliver(letter(1))
    there.broken, there.headless = {key: (400, "ErrorInvalidRequest")}, True
    [broken] = source.fetch(source.changes(None)[0])
    assert (broken.copy.key, broken.raw, broken.head) == (key, None, b"")


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ((500, "ErrorInternalServerError"), MailboxUnavailable), ((503, "ErrorServerBusy"), MailboxUnavailable),
        ((429, "TooManyRequests"), MailboxUnavailable), ((408, "RequestTimeout"), MailboxUnavailable),
        ((401, "InvalidAuthenticationToken"), MailboxUnavailable), ((403, "ErrorAccessDenied"), MailboxRefused),
    ],
)  # fmt: skip
def test_what_passes_or_concerns_the_whole_mailbox_costs_no_mail_its_words(
    there: Microsoft365, source: GraphMailbox, said: tuple[int, str], error: type[Exception]
) -> None:
    [key] = there.deliver(letter(1))
    there.broken = {key: said}
    with pytest.raises(error):
        list(source.fetch(source.changes(None)[0]))


def test_what_was_taken_away_meanwhile_is_left_out(there: Microsoft365, source: GraphMailbox) -> None:
    keys = there.deliver(letter(1), letter(2), letter(3))
    copies, _ = source.changes(None)
    del there.messages[keys[1]]
    assert [fetched.copy.key for fetched in source.fetch(copies)] == [keys[0], keys[2]]


def test_without_a_category_nothing_in_the_mailbox_is_touched(there: Microsoft365, source: GraphMailbox) -> None:
    there.may_write = False
    there.deliver(letter(1))
    copies, _ = source.changes(None)
    list(source.fetch(copies))
    source.mark(copies)
    assert all(asked.startswith("GET ") for asked in there.asked)


def test_a_category_is_added_once_to_those_that_colleagues_set(there: Microsoft365) -> None:
    [key] = there.deliver(letter(1))
    there.messages[key].categories = ["Blue"]
    with closing(opened(there, category="Expediter")) as source:
        copies, _ = source.changes(None)
        source.mark(copies)
        source.mark([*copies, Copy("gone")])
    assert there.messages[key].categories == ["Blue", "Expediter"]
    assert sum(asked.startswith("PATCH") for asked in there.asked) == 1


def test_an_app_that_may_only_read_says_what_it_lacks_for_a_category(there: Microsoft365) -> None:
    there.deliver(letter(1))
    there.may_write = False
    with closing(opened(there, category="Expediter")) as source, pytest.raises(MailboxRefused, match=r"Mail\.ReadWrite"):
        source.mark(source.changes(None)[0])


def test_one_token_serves_many_calls(there: Microsoft365, source: GraphMailbox) -> None:
    there.deliver(letter(1), letter(2))
    list(source.fetch(source.changes(None)[0]))
    assert there.logins == 1


def test_a_token_that_is_not_accepted_any_more_is_one_failed_look(there: Microsoft365, source: GraphMailbox) -> None:
    there.deliver(letter(1))
    source.changes(None)
    there.tokens.clear()
    with pytest.raises(MailboxUnavailable, match="any more"):
        source.changes(None)
    assert len(source.changes(None)[0]) == 1


def test_a_wrong_secret_is_refused_and_a_new_one_needs_no_restart(there: Microsoft365) -> None:
    secrets = iter(["old", SECRET])
    login = GraphLogin(TENANT, CLIENT, lambda: next(secrets), there.url, there.url, there.ca_file)
    with closing(GraphMailbox(login, USER, name="logistics")) as source:
        with pytest.raises(MailboxRefused, match=r"does not accept the app.*Invalid client secret"):
            source.changes(None)
        assert list(source.changes(None)[0]) == []


def test_a_login_that_breaks_is_one_sentence_and_the_next_look_works(there: Microsoft365, source: GraphMailbox) -> None:
    there.login_breaks = True
    with pytest.raises(MailboxUnavailable, match="login cannot be asked"):
        source.changes(None)
    there.login_breaks = False
    assert list(source.changes(None)[0]) == []


def test_an_app_can_prove_itself_by_a_certificate(there: Microsoft365) -> None:
    there.certificate, key = certified("app")
    pem = (key + there.certificate.public_bytes(serialization.Encoding.PEM)).decode()
    with closing(opened(there, pem)) as source:
        assert list(source.changes(None)[0]) == []


@pytest.mark.parametrize(("user", "folder"), [("nobody@harbour.example", FOLDER), (USER, "Claims")])
def test_a_mailbox_or_folder_that_is_not_there_is_said(there: Microsoft365, user: str, folder: str) -> None:
    missing = pytest.raises(MailboxRefused, match="knows no mailbox or folder logistics")
    with closing(opened(there, user=user, folder=folder)) as source, missing:
        source.changes(None)


def test_microsoft_is_left_alone_for_as_long_as_it_asks(there: Microsoft365, source: GraphMailbox) -> None:
    source.changes(None)
    there.refuse = [(429, {"Retry-After": "120"}, {"error": {"code": "TooManyRequests", "message": "Slow down."}})]
    with pytest.raises(MailboxUnavailable, match="429 TooManyRequests: Slow down"):
        source.changes(None)
    asked = len(there.asked)
    with pytest.raises(MailboxUnavailable, match=r"left alone for 1\d\d more seconds"):
        source.changes(None)
    assert len(there.asked) == asked


@pytest.mark.parametrize(
    ("status", "body", "error", "said"),
    [
        (403, {"error": {"code": "ErrorAccessDenied", "message": "No."}}, MailboxRefused, r"Mail\.Read.*ErrorAccessDenied"),
        (500, "not what Graph says", MailboxUnavailable, "Microsoft 365 answers 500"),
        (200, {"value": "nonsense"}, MailboxUnavailable, "cannot be read"),
        (200, [], MailboxUnavailable, "cannot be read"),
    ],
)
def test_other_answers_are_one_sentence(
    there: Microsoft365, source: GraphMailbox, status: int, body: object, error: type[Exception], said: str
) -> None:
    there.refuse = [(status, {}, body)]
    with pytest.raises(error, match=said):
        source.changes(None)


def test_the_token_is_not_shown_to_another_server(there: Microsoft365, source: GraphMailbox) -> None:
    there.deliver(letter(1), letter(2), letter(3))
    there.elsewhere = "https://attacker.example"
    with pytest.raises(MailboxUnavailable, match="leads elsewhere"):
        source.changes(None)
    with pytest.raises(MailboxUnavailable, match="leads elsewhere"):
        source.changes("https://attacker.example/v1.0/delta")


def test_a_server_that_is_away_is_said_for_login_and_mails(tmp_path: Path) -> None:
    with microsoft365(tmp_path) as there:
        source, later = opened(there), opened(there)
        source.changes(None)
    with closing(later), pytest.raises(MailboxUnavailable, match="login cannot be asked"):
        later.changes(None)
    with closing(source), pytest.raises(MailboxUnavailable, match="The mailbox logistics cannot be read"):
        source.changes(None)


def test_a_server_nobody_vouches_for_is_not_talked_to(there: Microsoft365, tmp_path: Path) -> None:
    other, _ = certified("127.0.0.1")
    file = tmp_path / "other.pem"
    file.write_bytes(other.public_bytes(serialization.Encoding.PEM))
    login = GraphLogin(TENANT, CLIENT, lambda: SECRET, there.url, there.url, file)
    with closing(GraphMailbox(login, USER)) as source, pytest.raises(MailboxUnavailable):
        source.changes(None)
    assert there.logins == 0


def test_its_server_is_known_as_one_without_a_name(source: GraphMailbox) -> None:
    assert source.authserv == NAMELESS
