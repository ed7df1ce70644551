"""What `doctor` says of the logins that send mail; it sends nothing."""

from pathlib import Path

import pytest

from app.contract.doctor import Verdict
from app.wiring.sending_check import sending_check, sending_check_in_child
from tests.fixtures.dovecot import TestInbox
from tests.fixtures.smtp import PASSWORD, SmtpServer


@pytest.fixture
def outgoing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared_inbox: TestInbox, smtp: SmtpServer) -> Path:
    """The secret's file."""
    secret, file, server = tmp_path / "secret", tmp_path / "outgoing.yaml", shared_inbox.server
    secret.write_text(PASSWORD, encoding="utf-8")
    file.write_text(
        f"outgoing:\n- {{mailbox: logistics, address: us@harbour.example, user: {shared_inbox.user}, password_file: {secret},"
        f" smtp_host: 127.0.0.1, smtp_port: {smtp.port}, smtp_tls: none, imap_host: {server.host}, imap_port: {server.port},"
        " imap_tls: false}\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("EXPEDITER_OUTGOING_MAIL", str(file))
    return secret


def test_without_a_file_it_is_a_note_that_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXPEDITER_OUTGOING_MAIL", raising=False)
    assert sending_check().verdict is Verdict.NOTE


def test_servers_that_take_the_login_are_told_by_a_child_with_the_executors_settings(outgoing: Path, smtp: SmtpServer) -> None:
    row = sending_check_in_child()
    assert (row.verdict, "logistics can be sent from" in row.words) == (Verdict.OK, True)
    assert smtp.taken == []


def test_a_login_that_is_refused_is_said_without_the_secret(outgoing: Path) -> None:
    outgoing.write_text("not the password", encoding="utf-8")
    row = sending_check()
    assert (row.verdict, "does not accept login" in row.words) == (Verdict.FAILED, True)
    assert "not the password" not in row.words


def test_a_secret_that_is_not_there_is_said(outgoing: Path) -> None:
    outgoing.unlink()
    row = sending_check()
    assert (row.verdict, "the secret of mailbox logistics" in row.words) == (Verdict.FAILED, True)
