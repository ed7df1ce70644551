"""The file that names the mailboxes answers are sent from."""

from pathlib import Path

import pytest

from agent.errors import SettingMissing
from app.settings.mailboxes import read_mailboxes
from app.settings.outgoing_mail import read_outgoing

GOOD = (
    "outgoing:\n- {mailbox: logistics, address: logistics@example.com, user: logistics, password_file: secret,"
    " smtp_host: smtp.example.com, imap_host: imap.example.com}\n"
)
MICROSOFT = (
    "outgoing:\n- {mailbox: logistics, kind: microsoft365, user: logistics@example.com, tenant: example.com,"
    " client_id: 1d0c5f8e-0000, secret_file: secret}\n"
)
READ = "mailboxes:\n- {name: logistics, host: imap.example.com, user: ops, password_file: secret, save_drafts: true}\n"


def written(folder: Path, text: str) -> Path:
    file = folder / "outgoing.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_nothing_is_sent() -> None:
    assert read_outgoing(None) == ()


def test_an_ordinary_mailbox_is_sent_from_over_tls_and_keeps_its_own_copies(tmp_path: Path) -> None:
    [one] = read_outgoing(written(tmp_path, GOOD))
    assert (one.smtp_port, one.smtp_tls, one.imap_port, one.imap_tls, one.sent_copy) == (587, "starttls", 993, True, "expediter")


def test_a_mailbox_of_microsoft_365_is_sent_from_by_an_app_beside_others_over_smtp(tmp_path: Path) -> None:
    both = GOOD + MICROSOFT.split("\n")[1].replace("mailbox: logistics", "mailbox: claims")
    assert [one.kind for one in read_outgoing(written(tmp_path, both))] == ["smtp", "microsoft365"]
    (tmp_path / "secret").write_text("s3cret\n")
    [one] = read_outgoing(written(tmp_path, MICROSOFT.replace("secret}", f"{tmp_path}/secret}}")))
    assert one.secret() == "s3cret"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MICROSOFT.replace("logistics@example.com", "logistics"), "no address that mail could be from"),
        (MICROSOFT.replace("secret}", "secret, graph_url: 'http://graph.example.com'}"), "https"),
        (MICROSOFT.replace("secret}", "secret, smtp_host: smtp.example.com}"), "smtp_host"),
        ("outgoing: []", "at least 1"),
        (GOOD.replace(" password_file: secret,", ""), "needs a password_file or a token_file"),
        (GOOD.replace("logistics@example.com", "Logistics <logistics@example.com>"), "none that mail could be from"),
        (GOOD.replace("}", ', name: "a\\nBcc: b@example.com"}'), "more than one line"),
        (GOOD.replace("}", ", smtp_tls: none}"), "without TLS"),
        (GOOD.replace("}", ", imap_tls: false}"), "without TLS"),
        (GOOD.replace("}", ", sent_copy: nobody}"), "sent_copy"),
        (GOOD + GOOD.split("\n")[1], "same name"),
        (GOOD.replace("smtp_host", "smtp_hots"), "smtp_hots"),
    ],
)
def test_a_mistake_is_named_in_one_sentence(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingMissing) as refused:
        read_outgoing(written(tmp_path, text))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingMissing, match="EXPEDITER_OUTGOING_MAIL cannot be read"):
        read_outgoing(tmp_path / "none.yaml")


def test_drafts_are_from_an_address_that_is_one(tmp_path: Path) -> None:
    with pytest.raises(SettingMissing, match="save_drafts needs its address"):
        read_mailboxes(written(tmp_path, READ))
    [named] = read_mailboxes(written(tmp_path, READ.replace("ops", "ops@example.com")))
    assert named.draft_address == "ops@example.com"
    [said] = read_mailboxes(written(tmp_path, READ.replace("}", ", address: us@example.com}")))
    assert said.draft_address == "us@example.com"


def test_no_draft_is_saved_unless_somebody_wants_them(tmp_path: Path) -> None:
    [mailbox] = read_mailboxes(written(tmp_path, READ.replace(", save_drafts: true", "")))
    assert mailbox.save_drafts is False
