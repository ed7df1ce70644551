"""The file that names the shared mailboxes."""

from pathlib import Path

import pytest

from agent.errors import SettingMissing
from app.settings.mailboxes import ImapFolder, Microsoft365Folder, read_mailboxes

GOOD = "mailboxes:\n- {name: logistics, host: imap.example.com, user: logistics@example.com, password_file: secret}\n"
MICROSOFT = (
    "mailboxes:\n- {name: logistics, kind: microsoft365, user: logistics@example.com, tenant: example.com, "
    "client_id: 1d0c5f8e-0000, secret_file: secret}\n"
)


def written(folder: Path, text: str) -> Path:
    file = folder / "mailboxes.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_no_mailbox_is_read() -> None:
    assert read_mailboxes(None) == ()


def test_a_mailbox_is_read_over_tls_unless_it_is_said_otherwise(tmp_path: Path) -> None:
    [mailbox] = read_mailboxes(written(tmp_path, GOOD))
    assert isinstance(mailbox, ImapFolder)
    assert (mailbox.host, mailbox.port, mailbox.tls, mailbox.folder, mailbox.authserv) == (
        "imap.example.com",
        993,
        True,
        "INBOX",
        None,
    )


def test_a_mailbox_of_microsoft_365_is_its_inbox_read_only_unless_it_is_said_otherwise(tmp_path: Path) -> None:
    [mailbox] = read_mailboxes(written(tmp_path, MICROSOFT))
    assert isinstance(mailbox, Microsoft365Folder)
    assert (mailbox.folder, mailbox.category, mailbox.save_drafts) == ("inbox", None, False)


def test_drafts_in_a_mailbox_of_microsoft_365_need_its_address(tmp_path: Path) -> None:
    wanted = MICROSOFT.replace("secret}", "secret, save_drafts: true}")
    [mailbox] = read_mailboxes(written(tmp_path, wanted))
    assert mailbox.save_drafts
    with pytest.raises(SettingMissing, match="save_drafts needs its address"):
        read_mailboxes(written(tmp_path, wanted.replace("user: logistics@example.com", "user: 1d0c5f8e")))


def test_both_kinds_stand_in_one_file(tmp_path: Path) -> None:
    both = GOOD + MICROSOFT.split("\n")[1].replace("name: logistics", "name: returns")
    assert [mailbox.kind for mailbox in read_mailboxes(written(tmp_path, both))] == ["imap", "microsoft365"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file"),
        ("mailboxes: []", "at least 1"),
        (GOOD.replace(", password_file: secret", ""), "needs a password_file or a token_file"),
        (GOOD.replace("secret}", "secret, token_file: other}"), "not both"),
        (GOOD.replace("secret}", "secret, tls: false}"), "without TLS"),
        (GOOD.replace("secret}", "secret, passwort: x}"), "passwort"),
        (GOOD.replace("secret}", "secret, port: 0}"), "port"),
        (GOOD + GOOD.split("\n")[1], "same name"),
        ("mailboxes: [", "cannot be read"),
        (MICROSOFT.replace("microsoft365", "gmail"), "kind"),
        (MICROSOFT.replace("tenant: example.com, ", ""), "tenant"),
        (MICROSOFT.replace("tenant: example.com", "tenant: a/b"), "tenant"),
        (MICROSOFT.replace("secret}", "secret, graph_url: 'http://graph.example'}"), "https"),
        (MICROSOFT.replace("secret}", "secret, host: imap.example.com}"), "host"),
    ],
)
def test_a_mistake_is_named_in_one_sentence_without_the_value(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingMissing) as refused:
        read_mailboxes(written(tmp_path, text))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingMissing, match="EXPEDITER_MAILBOXES cannot be read"):
        read_mailboxes(tmp_path / "none.yaml")


def test_the_secret_is_what_its_file_says_now(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("first\n", encoding="utf-8")
    [mailbox] = read_mailboxes(written(tmp_path, GOOD.replace("secret", str(secret))))
    assert mailbox.secret() == "first"
    secret.write_text("second", encoding="utf-8")
    assert mailbox.secret() == "second"
    secret.unlink()
    with pytest.raises(SettingMissing, match="secret of mailbox logistics"):
        mailbox.secret()
