"""Each process reads its own settings, and is told in one sentence what is wrong with them."""

from pathlib import Path

import pytest

from agent.domain.decisions import Role
from agent.errors import SettingMissing
from app.settings import (
    AdminSettings,
    ClientSettings,
    ExecutorSettings,
    ProcessSettings,
    ServeSettings,
    UpSettings,
    WorkerSettings,
    environment_for,
    overview,
    refuse_tracing,
)
from app.settings.base import plain

SECRET = "tell-nobody"
EVERYTHING = {
    "EXPEDITER_STATE": "/var/lib/somewhere",
    "EXPEDITER_ADMIN_DATABASE_URL": f"postgresql://admin:{SECRET}@db/expediter",
    "EXPEDITER_SERVE_DATABASE_URL": f"postgresql://serve:{SECRET}@db/expediter",
    "EXPEDITER_WORKER_DATABASE_URL": f"postgresql://worker:{SECRET}@db/expediter",
    "EXPEDITER_EXECUTOR_DATABASE_URL": f"postgresql://executor:{SECRET}@db/expediter",
    "EXPEDITER_ODOO_URL": "https://erp.example.com/",
    "EXPEDITER_ODOO_DATABASE": "live",
    "EXPEDITER_ODOO_READER_LOGIN": "ops_reader",
    "EXPEDITER_ODOO_READER_PASSWORD": SECRET,
    "EXPEDITER_ODOO_READER_KEY": SECRET,
    "EXPEDITER_ODOO_WRITER_LOGIN": "ops_writer",
    "EXPEDITER_ODOO_WRITER_PASSWORD": SECRET,
    "EXPEDITER_ODOO_WRITER_KEY": SECRET,
    "EXPEDITER_AUDIT_SIGNING_KEY": SECRET,
    "EXPEDITER_AUDIT_CHECKPOINT_COPY": "/mnt/elsewhere/checkpoints.jsonl",
    "EXPEDITER_MODEL": "some-model",
    "EXPEDITER_MODEL_BASE_URL": "http://127.0.0.1:9000/v1",
    "EXPEDITER_MODEL_API_KEY": SECRET,
    "EXPEDITER_MODEL_READS_MAIL": "true",
    "EXPEDITER_MAIL_AUTHSERV": "mx.ours.example",
    "EXPEDITER_MAILBOXES": "/etc/expediter/mailboxes.yaml",
    "EXPEDITER_OUTGOING_MAIL": "/etc/expediter/outgoing.yaml",
    "EXPEDITER_SCAN_EVERY": "2",
    "EXPEDITER_FULL_SCAN_EVERY": "90",
    "EXPEDITER_POLICY": "/etc/expediter/policy.yaml",
    "EXPEDITER_SECOND_FACTOR_KEY": SECRET,
    "EXPEDITER_HOST": "127.0.0.1",
    "EXPEDITER_PORT": "8500",
    "EXPEDITER_SLACK_TEAM": "T0123ABCD",
    "EXPEDITER_SLACK_BOT_TOKEN": f"xoxb-{SECRET}",
    "EXPEDITER_SLACK_APP_TOKEN": f"xapp-{SECRET}",
    "EXPEDITER_SLACK_SIGNING_SECRET": SECRET,
    "EXPEDITER_SLACK_APPROVALS_CHANNEL": "C0123ABCD",
    "EXPEDITER_SLACK_OPS_CHANNEL": "C0123ABCE",
    "EXPEDITER_SLACK_INBOX_CHANNELS": "buyer=C0123ABCD",
    "EXPEDITER_SLACK_API_URL": "https://slack.example.com/api",
    "EXPEDITER_SERVER_URL": "http://127.0.0.1:8500",
    "EXPEDITER_TOKEN": SECRET,
    "EXPEDITER_WRITE_MAY_ARRIVE_FOR": "5",
}
OWN = {
    AdminSettings: {"ADMIN_DATABASE_URL", "POLICY"},
    ServeSettings: {"SERVE_DATABASE_URL", "POLICY", "SECOND_FACTOR_KEY", "HOST", "PORT", "SLACK_TEAM", "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL", "SLACK_APPROVALS_CHANNEL", "SLACK_OPS_CHANNEL",
        "SLACK_INBOX_CHANNELS",
    },
    WorkerSettings: {
        "WORKER_DATABASE_URL", "POLICY", "ODOO_URL", "ODOO_DATABASE", "ODOO_READER_LOGIN", "ODOO_READER_PASSWORD",
        "ODOO_READER_KEY", "MODEL", "MODEL_BASE_URL", "MODEL_API_KEY", "MODEL_READS_MAIL", "MAIL_AUTHSERV", "MAILBOXES",
        "SCAN_EVERY", "FULL_SCAN_EVERY", "SLACK_TEAM", "SLACK_BOT_TOKEN", "SLACK_API_URL",
        "SLACK_APPROVALS_CHANNEL", "SLACK_OPS_CHANNEL",
        "SLACK_INBOX_CHANNELS",
    },
    ExecutorSettings: {
        "EXECUTOR_DATABASE_URL", "POLICY", "ODOO_URL", "ODOO_DATABASE", "ODOO_WRITER_LOGIN", "ODOO_WRITER_PASSWORD",
        "ODOO_WRITER_KEY", "WRITE_MAY_ARRIVE_FOR", "AUDIT_SIGNING_KEY", "AUDIT_CHECKPOINT_COPY",
        "OUTGOING_MAIL",
    },
    ClientSettings: {"SERVER_URL", "TOKEN"},
}  # fmt: skip
KINDS = pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.__name__)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in EVERYTHING:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def full_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in EVERYTHING.items():
        monkeypatch.setenv(name, value)


@KINDS
def test_a_process_reads_only_its_own_variables(kind: type[ProcessSettings]) -> None:
    in_files = {f"EXPEDITER_{secret.upper()}_FILE" for secret in kind.secrets()}
    assert set(kind.variables()) - in_files == {f"EXPEDITER_{name}" for name in OWN[kind] | {"STATE"}}


@pytest.mark.usefixtures("full_environment")
@KINDS
def test_a_child_is_given_its_own_variables_and_nobody_elses(kind: type[ProcessSettings]) -> None:
    given = environment_for(kind, {})
    assert {name for name in given if name.startswith("EXPEDITER_")} == set(EVERYTHING) & set(kind.variables())
    assert "PATH" in given


@pytest.mark.usefixtures("full_environment")
def test_a_child_can_be_given_another_value_or_none() -> None:
    given = environment_for(ExecutorSettings, {"executor_database_url": "postgresql:///other", "odoo_url": None})
    assert given["EXPEDITER_EXECUTOR_DATABASE_URL"] == "postgresql:///other"
    assert "EXPEDITER_ODOO_URL" not in given


@pytest.mark.usefixtures("full_environment")
def test_tracing_switches_and_foreign_keys_do_not_reach_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGSMITH_TRACING", "LANGSMITH_API_KEY", "OPENAI_API_KEY", "PGPASSWORD"):
        monkeypatch.setenv(name, "1")
    assert not {"LANGSMITH_TRACING", "LANGSMITH_API_KEY", "OPENAI_API_KEY", "PGPASSWORD"} & set(
        environment_for(WorkerSettings, {})
    )


@pytest.mark.usefixtures("full_environment")
def test_no_secret_is_shown_by_settings_or_by_the_overview() -> None:
    shown = "".join(str(kind.read()) for kind in OWN) + str(overview())
    assert SECRET not in shown
    assert {line.variable for line in overview()} == set(EVERYTHING)


@pytest.mark.usefixtures("full_environment")
def test_the_demo_passes_over_the_real_company() -> None:
    settings = WorkerSettings.read(demo=True)
    assert not settings.has_odoo
    assert settings.worker_database_url is None
    assert settings.model == "some-model"


def test_without_any_setting_the_defaults_apply() -> None:
    assert ServeSettings.read().port == 8421
    assert not WorkerSettings.read().has_odoo
    assert WorkerSettings.read().state.is_absolute()


def test_the_state_of_root_lies_outside_of_roots_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert WorkerSettings.read().state == Path("/var/lib/expediter")


def test_the_state_of_a_user_lies_in_their_state_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_STATE_HOME", "/home/someone/.state")
    assert WorkerSettings.read().state == Path("/home/someone/.state/expediter")


@pytest.mark.parametrize("secret", ["PASSWORD", "KEY"])
def test_a_key_stands_for_a_password(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "URL": "https://erp.example.com",
        "DATABASE": "live",
        "READER_LOGIN": "ops_reader",
        f"READER_{secret}": f"{SECRET}\n",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"EXPEDITER_ODOO_{name}", value)
    settings = WorkerSettings.read()
    assert settings.has_odoo
    assert (plain(settings.odoo_reader_password), plain(settings.odoo_reader_key)).count(None) == 1


@pytest.mark.parametrize(
    ("kind", "variables", "sentence"),
    [
        (WorkerSettings, {"ODOO_URL": "erp.example.com"}, "EXPEDITER_ODOO_URL is not a web address"),
        (WorkerSettings, {"ODOO_URL": f"https://me:{SECRET}@erp.example.com"}, "must not carry a login or password"),
        (WorkerSettings, {"ODOO_URL": "https://erp.example.com"}, "READER_PASSWORD (or EXPEDITER_ODOO_READER_KEY) are missing"),
        (ExecutorSettings, {"ODOO_URL": "https://erp.example.com"}, "WRITER_PASSWORD (or EXPEDITER_ODOO_WRITER_KEY) are missing"),
        (WorkerSettings, {"WORKER_DATABASE_URL": f"mysql://x:{SECRET}@db"}, "WORKER_DATABASE_URL is not a PostgreSQL address"),
        (WorkerSettings, {"MODEL_API_KEY": SECRET}, "EXPEDITER_MODEL is missing"),
        (WorkerSettings, {"MODEL_READS_MAIL": "true"}, "EXPEDITER_MODEL is missing"),
        (ServeSettings, {"PORT": "many"}, "EXPEDITER_PORT cannot be used"),
        (ServeSettings, {"PORT": "70000"}, "EXPEDITER_PORT cannot be used"),
        (ClientSettings, {"SERVER_URL": "ftp://somewhere"}, "EXPEDITER_SERVER_URL is not a web address"),
        (UpSettings, {"SERVE_DATABASE_URL": f"postgresql://serve:{SECRET}@db/x"}, "EXPEDITER_EXECUTOR_DATABASE_URL missing"),
    ],
)  # fmt: skip
def test_a_malformed_setting_is_refused_in_one_sentence_without_its_value(
    kind: type[ProcessSettings], variables: dict[str, str], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"EXPEDITER_{name}", value)
    with pytest.raises(SettingMissing) as refusal:
        kind.read()
    assert sentence in str(refusal.value)
    assert SECRET not in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"])
def test_tracing_to_a_third_party_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "true")
    with pytest.raises(SettingMissing, match=name):
        refuse_tracing()
    monkeypatch.setenv(name, "false")
    refuse_tracing()


def test_channels_of_the_inbox_are_named_by_role_and_one_for_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPEDITER_SLACK_INBOX_CHANNELS", "buyer=C0BUY, finance=C0FIN,C0ALL")
    assert WorkerSettings.read().inbox_channels == {Role.BUYER: "C0BUY", Role.FINANCE: "C0FIN", None: "C0ALL"}


@pytest.mark.parametrize(("value", "said"), [("boss=C0BUY", "boss"), ("buyer=general", "C0123ABCD")])
def test_a_channel_of_the_inbox_that_is_none_is_said(value: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPEDITER_SLACK_INBOX_CHANNELS", value)
    with pytest.raises(SettingMissing, match=said):
        WorkerSettings.read()
