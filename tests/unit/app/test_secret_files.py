"""A secret may stand in a file, and is read again from it where it may have changed."""

from pathlib import Path

import pytest

from agent.errors import SettingMissing
from app.settings import ExecutorSettings, ProcessSettings, ServeSettings, WorkerSettings, environment_for, overview
from app.settings.base import plain
from app.settings.overview import PROCESSES

URL = "postgresql://expediter_serve@db/expediter?passfile=/run/serve.pgpass"
ODOO = {
    "EXPEDITER_ODOO_URL": "https://erp.example.com",
    "EXPEDITER_ODOO_DATABASE": "live",
    "EXPEDITER_ODOO_READER_LOGIN": "reader",
}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in PROCESSES.values():
        for variable in kind.variables():
            monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that the worker's key is in."""
    file = tmp_path / "key"
    file.write_text("first\n")
    for name, value in {**ODOO, "EXPEDITER_ODOO_READER_KEY_FILE": str(file)}.items():
        monkeypatch.setenv(name, value)
    return file


def _slack_beside(secret: str) -> dict[str, str]:
    """What has to be set beside one of Slack's secrets."""
    whole = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "a secret", "slack_team": "T0123"}
    return {f"EXPEDITER_{name.upper()}": value for name, value in whole.items() if "slack" in secret and name != secret}


@pytest.mark.parametrize("kind", PROCESSES.values(), ids=PROCESSES.keys())
def test_every_secret_of_every_process_can_stand_in_a_file(
    kind: type[ProcessSettings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kind.secrets()
    file = tmp_path / "secret"
    file.write_text(f"{URL}\n")
    for secret in kind.secrets():
        with monkeypatch.context() as patched:
            needed = {"EXPEDITER_MODEL": "some-model"} | (ODOO if "reader" in secret else {})
            needed |= {"EXPEDITER_ODOO_WRITER_LOGIN": "writer", **ODOO} if "writer" in secret else {}
            needed |= _slack_beside(secret)
            for name, value in {**needed, f"EXPEDITER_{secret.upper()}_FILE": str(file)}.items():
                patched.setenv(name, value)
            assert plain(getattr(kind.read(), secret)) == URL


def test_what_the_file_says_now_is_told_when_it_is_asked_for(key: Path) -> None:
    settings = WorkerSettings.read()
    key.write_text("second\n")
    assert plain(settings.odoo_reader_key) == "first"
    assert settings.current("odoo_reader_key") == "second"
    assert settings.current("odoo_reader_password") is None


def test_without_a_file_a_secret_stays_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPEDITER_AUDIT_SIGNING_KEY", "key")
    assert ExecutorSettings.read().current("audit_signing_key") == "key"


def test_a_value_and_a_file_at_once_are_refused(key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPEDITER_ODOO_READER_KEY", "tell-nobody")
    with pytest.raises(SettingMissing, match="are both set; set one of them") as refusal:
        WorkerSettings.read()
    assert "tell-nobody" not in str(refusal.value)


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe\xfa"])
def test_a_file_that_says_nothing_is_named(key: Path, content: bytes | None) -> None:
    key.unlink() if content is None else key.write_bytes(content)
    with pytest.raises(SettingMissing, match=f"EXPEDITER_ODOO_READER_KEY_FILE names {key}, which (cannot be read|is empty)"):
        WorkerSettings.read()


def test_what_is_wrong_in_a_file_is_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "url"
    file.write_text("mysql://someone:tell-nobody@db/expediter")
    monkeypatch.setenv("EXPEDITER_SERVE_DATABASE_URL_FILE", str(file))
    with pytest.raises(SettingMissing, match="EXPEDITER_SERVE_DATABASE_URL is not a PostgreSQL address") as refusal:
        ServeSettings.read()
    assert "tell-nobody" not in str(refusal.value)


def test_the_demo_passes_over_an_odoos_secret_in_a_file(key: Path) -> None:
    assert WorkerSettings.read(demo=True).odoo_reader_key is None


def test_a_child_is_given_the_files_of_its_own_secrets_alone(key: Path) -> None:
    assert environment_for(WorkerSettings, {})["EXPEDITER_ODOO_READER_KEY_FILE"] == str(key)
    assert "EXPEDITER_ODOO_READER_KEY_FILE" not in environment_for(ExecutorSettings, {})
    assert "EXPEDITER_ODOO_READER_KEY_FILE" not in environment_for(WorkerSettings, {"odoo_reader_key": None})


def test_the_overview_tells_which_file_a_secret_is_in_and_not_the_secret(key: Path) -> None:
    [line] = [line for line in overview() if line.variable == "EXPEDITER_ODOO_READER_KEY"]
    assert line.shown == f"(in {key})"
