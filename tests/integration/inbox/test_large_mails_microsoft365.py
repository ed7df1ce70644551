"""Large mails of Microsoft 365 pass through a file and are taken in by their parts; what is the same mail over IMAP stays so."""

import io
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.mailbox import Fetched
from integrations.email import graph, imap, parse_mail
from integrations.email.by_parts import MOST_FILES
from integrations.email.by_parts_of_file import by_parts_of_file
from integrations.email.graph import GraphMailbox
from integrations.email.graph_login import GraphLogin
from tests.fixtures.dovecot import TestInbox, mail
from tests.fixtures.large_mails import LEFT, SAMPLES, with_file
from tests.fixtures.microsoft365 import microsoft365
from tests.fixtures.microsoft365_state import CLIENT, FOLDER, SECRET, TENANT, USER, Microsoft365


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Microsoft365]:
    with microsoft365(tmp_path) as running:
        yield running


def bytes_of(message: EmailMessage | bytes) -> bytes:
    """With the line ends that mail has on its way; none of these has any other in a file."""
    raw = message if isinstance(message, bytes) else message.as_bytes(policy=SMTP)
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def fetched(there: Microsoft365, *raws: bytes) -> list[Fetched]:
    there.deliver(*raws)
    login = GraphLogin(TENANT, CLIENT, lambda: SECRET, there.url, there.url, there.ca_file)
    with closing(GraphMailbox(login, USER, FOLDER, name="logistics")) as source:
        return list(source.fetch(source.changes(None)[0]))


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_file_gives_the_same_bytes_as_a_server_that_describes_the_mail(
    sample: str, shared_inbox: TestInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = bytes_of(SAMPLES[sample]())
    monkeypatch.setattr(imap, "WHOLE", 0)
    shared_inbox.deliver(raw)
    source = shared_inbox.source()
    [over_imap] = source.fetch(source.changes(None)[0])
    assert by_parts_of_file(io.BytesIO(raw)) == over_imap.raw
    assert parse_mail(by_parts_of_file(io.BytesIO(raw))) == parse_mail(raw)


def test_a_mail_of_sixty_megabytes_is_read_without_its_file(there: Microsoft365) -> None:
    [large] = fetched(there, bytes_of(with_file(44 << 20)))
    assert large.raw is not None
    read = parse_mail(large.raw)
    [file] = read.attachments
    assert (file.name, file.trouble) == ("photos.zip", LEFT)
    assert file.size > 44 << 20
    assert read.text == "The delivery of P00012 is late.\nNumber 1."


def test_files_are_kept_in_their_order_while_there_is_room(there: Microsoft365) -> None:
    message = with_file(MOST_FILES // 2, "first.zip")
    for name, size in (("second.zip", MOST_FILES // 2), ("third.txt", 10)):
        message.add_attachment(b"x" * size, maintype="application", subtype="octet-stream", filename=name)
    [large] = fetched(there, bytes_of(message))
    assert [bool(file.trouble) for file in parse_mail(large.raw or b"").attachments] == [False, True, False]


@pytest.mark.parametrize(
    "odd",
    [
        b"Content-Type: multipart/mixed\r\n\r\nno border at all\r\n",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\nnone of its parts\r\n",
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(200)),
        b"Content-Type: multipart/mixed; boundary*=a; boundary*0=b\r\n\r\n--a\r\n\r\n",
    ],
)
def test_what_cannot_be_taken_apart_is_told_by_its_head_and_holds_no_other_up(there: Microsoft365, odd: bytes) -> None:
    large = b"Subject: Odd\r\n" + odd + b"x" * (1 << 20)
    found, other = fetched(there, large, bytes_of(mail(2)))
    assert found.raw is None
    assert b"Subject: Odd" in found.head
    assert other.raw == bytes_of(mail(2))


def test_of_a_mail_larger_than_any_only_the_head_is_taken(there: Microsoft365, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "MOST_BYTES", 2_000)
    [large] = fetched(there, bytes_of(mail(2)) + b"x" * 3_000)
    assert large.raw is None
    assert b"Subject: Delivery 2" in large.head


def test_a_mail_of_forty_megabytes_takes_no_more_memory_than_what_is_kept_of_it() -> None:
    """What Python itself allocates; the bar is 60 MB above what the process has."""
    raw = bytes_of(with_file(30 << 20))
    assert len(raw) > 40 << 20
    pieces = (raw[start : start + 65_536] for start in range(0, len(raw), 65_536))
    answer = httpx.Response(200, content=pieces)
    tracemalloc.start()
    try:
        taken = graph._taken(answer)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(taken) < 10_000
    assert peak < 8 << 20


LINES = st.sampled_from(
    [
        b"--b", b"--b--", b"--c", b"--c--", b"", b"text", b"Content-Type: multipart/mixed; boundary=c", b"--bb", b"--",
        b"Content-Type: message/rfc822", b"Content-Type: application/pdf; name=a.pdf", b"Content-Transfer-Encoding: base64",
    ]
)  # fmt: skip


@given(st.lists(LINES, max_size=40), st.sampled_from([b"\r\n", b"\n"]))
@settings(max_examples=300, deadline=None)
def test_however_borders_lie_it_is_taken_apart_or_refused_and_read_without_a_crash(lines: list[bytes], end: bytes) -> None:
    raw = b"Subject: Odd\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + end.join(lines)
    try:
        taken = by_parts_of_file(io.BytesIO(raw))
    except ValueError:
        return
    assert parse_mail(taken).subject == "Odd"
