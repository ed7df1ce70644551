"""Whatever is wrong, a command ends with exit 1 (or 2 for usage) and one sentence that says the way out."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from integrations.demo.situations import SITUATIONS
from tests.e2e.refusing import NOBODY, SECRET, refused
from tests.e2e.running_demo import EXPEDITER, clean_environment, expediter


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["risk", "show", "S99999"], "There is no order S99999"),
        (["proposals", "show", "P999"], "999"),
        (["audit", "explain", "P999"], "The audit log knows nothing of P999"),
        (["policy", "explain", "move_promise_date", "S99999", "--with", "promise_date=2030-01-01"], "S99999"),
        (["policy", "explain", "move_promise_date", "S01888"], "promise_date"),
        (["policy", "explain", "post_note", "--fact", "length"], "write NAME=VALUE"),
        (["policy", "explain", "nonsense"], "There is no action nonsense; these can be proposed: move_promise_date"),
        (["mail", "triage", "/nowhere/at/all.eml"], "cannot be read"),
        (["mail", "triage", ""], "cannot be read"),
        (["mail", "take", "M1"], "No server answers"),
        (["mail", "correct", "M1", "--class", "other"], "No server answers"),
        (["mail", "follow", "M1", "--propose", "1"], "No server answers"),
        (["mail", "scorecard", "--since", "2026-11-01"], "No server answers"),
        (["approve", "P1", "--token", "é"], "That is not a token"),
        (["chat", "--conversation", "monday", "hello"], "Conversations are kept by the server"),
        (["approve", "P1", "--as", "sofia"], "No server answers"),
        (["approve", "P1", "--as", "nobody"], "Nobody in the demo company is called nobody"),
        (["undo", "P1"], "No server answers"),
        (["propose", "post_note", "order=S00042", "text=Hello", "--reason", "None."], "No server answers"),
        (["propose", "post_note", "order=S00042", "text=Hello"], "Say why with --reason"),
        (["propose", "post_note", "order=S00042", "--reason", "None."], "post_note needs its text"),
        (["propose", "post_note", "S00042"], "write NAME=VALUE, like order=S00042"),
        (["propose", "nonsense"], "There is no action nonsense; these can be proposed: move_promise_date"),
        (["actions", "nonsense"], "There is no action nonsense; these can be proposed: move_promise_date"),
        (["chat", "--as", "nobody", "hello"], "Nobody in the demo company is called nobody"),
        (["knowledge", "index", "/nowhere"], "/nowhere"),
        (["person", "token", "nobody"], "nobody"),
        (["person", "add", "maria", "--name", "M", "--email", "m@x.example", "--role", "ops_agent"], "already a person"),
        (["person", "add", "eve", "--name", "E\nve", "--email", "e@x.example", "--role", "ops_agent"], "no line breaks"),
        (["person", "add", "eve", "--name", "Eve", "--email", "nonsense", "--role", "ops_agent"], "is no mail address"),
        (["risk", "show", "S" * 100_000], "`expediter risk list` names orders"),
        (["risk", "show", " "], "Say which order, by its number as in S00042; `expediter risk list` names orders."),
        (["risk", "tree", "S99999"], "There is no order S99999"),
        (["risk", "list", "--warehouse", "nowhere"], "No warehouse is called “nowhere”; there are"),
        (["risk", "findings", "--warehouse", "nowhere"], "No warehouse is called “nowhere”; there are"),
        (["risk", "brief", "--warehouse", "nowhere"], "No warehouse is called “nowhere”; there are"),
        (["risk", "findings", "--owner", "nobody"], "Nobody here is called “nobody”; there are"),
        (["risk", "brief", "--owner", "nobody"], "Nobody here is called “nobody”; there are"),
        (["risk", "findings", "--order", "S99999"], "There is no order S99999"),
        (["risk", "findings", "--since", "2999-01-01"], "2999-01-01 00:00 is still to come; ask since a time that is past"),
        (["risk", "brief", "--since", "2999-01-01"], "is still to come; ask since a time that is past"),
        (["risk", "impact", "ROP-4", "--date", "2020-01-01"], "2020-01-01 is past"),
        (["risk", "impact", "ROP-4", "--date", "2999-01-01"], "2999-01-01 is too far away"),
    ],
)
def test_what_does_not_exist_is_said_in_one_sentence(state: Path, arguments: list[str], words: str) -> None:
    refused(expediter(state, *arguments, EXPEDITER_SERVER_URL=NOBODY), words)


@pytest.mark.parametrize(
    "arguments",
    [["risk", "list"], ["proposals", "list"], ["audit", "verify"], ["person", "list"], ["serve"], ["worker"], ["executor"]],
)
def test_before_anything_is_set_up_a_command_says_how_to(empty: Path, arguments: list[str]) -> None:
    refused(expediter(empty, *arguments), "`expediter demo` sets one up here")


def test_before_anything_is_set_up_the_doctor_is_content(empty: Path) -> None:
    ended = expediter(empty, "doctor")
    assert ended.code == 0
    assert "not set up yet" in ended.out


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"EXPEDITER_WORKER_DATABASE_URL": f"mysql://x:{SECRET}@db"}, "is not a PostgreSQL address"),
        ({"EXPEDITER_WORKER_DATABASE_URL": f"postgresql://x:{SECRET}@127.0.0.1:1/none"}, "PostgreSQL"),
        ({"EXPEDITER_ODOO_URL": "erp.example.com"}, "is not a web address"),
        (
            {"EXPEDITER_ODOO_URL": "http://127.0.0.1:1"},
            "EXPEDITER_ODOO_READER_PASSWORD (or EXPEDITER_ODOO_READER_KEY) are missing",
        ),
        ({"EXPEDITER_POLICY": "/nowhere/policy.yaml"}, "/nowhere/policy.yaml"),
        ({"EXPEDITER_MODEL_API_KEY": SECRET}, "EXPEDITER_MODEL is missing"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_repeated(state: Path, environment: dict[str, str], words: str) -> None:
    ended = expediter(state, "risk", "list", **environment)
    refused(ended, words)
    assert SECRET not in ended.err


def test_a_malformed_policy_is_refused_with_its_line(state: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("version: 1\nrules:\n  - id: note\n    action: post_note\n    approve: nobody\n", encoding="utf-8")
    refused(expediter(state, "policy", "explain", "post_note", EXPEDITER_POLICY=str(policy)), "line 5")


def test_a_file_that_is_missing_does_not_keep_the_others_from_being_read(state: Path) -> None:
    good = sorted((state / "demo" / "mailbox").glob("*.eml"))[0]
    ended = expediter(state, "mail", "triage", "/nowhere.eml", str(good), "--json")
    assert ended.code == 1
    assert ended.sentence == "/nowhere.eml: The file cannot be read: No such file or directory."
    assert len(ended.out.splitlines()) == 1


def test_a_sentence_that_repeats_what_was_typed_stays_readable(state: Path) -> None:
    assert len(expediter(state, "risk", "show", "S" * 100_000).sentence) < 1_100


@pytest.mark.parametrize("arguments", [["risk", "show"], ["chat"], ["audit", "explain"], ["approve", "P1", "--as"]])
def test_an_argument_that_is_no_text_is_wrong_usage(empty: Path, arguments: list[str]) -> None:
    ended = subprocess.run(
        [os.fsencode(part) for part in [*EXPEDITER, *arguments]] + [b"S\xff\xfe"],
        env=clean_environment(empty), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "An argument is not text in UTF-8; check the terminal's encoding and type it again.\n"


def test_a_mail_in_a_file_whose_name_is_no_text_is_read(state: Path, tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/\xff.eml"
    good = sorted((state / "demo" / "mailbox").glob("*.eml"))[0]
    Path(os.fsdecode(odd)).write_bytes(good.read_bytes())
    ended = subprocess.run(
        [*EXPEDITER, "mail", "triage", odd, "--json"], env=clean_environment(state), capture_output=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["class"] == "delay_notice"


def test_a_number_that_is_none_is_a_text_to_the_policy(state: Path) -> None:
    ended = expediter(state, "policy", "explain", "move_promise_date", "--fact", "days_slipped=--5", "--fact", "order_value=²")
    assert ended.code == 0, ended.err


@pytest.mark.parametrize("content", [b"", b"\0\0\0", b"this is no mail"])
def test_what_is_no_mail_is_refused_and_the_others_are_still_read(state: Path, tmp_path: Path, content: bytes) -> None:
    broken = tmp_path / "broken.eml"
    broken.write_bytes(content)
    good = sorted((state / "demo" / "mailbox").glob("*.eml"))[0]
    ended = expediter(state, "mail", "triage", str(broken), str(good), "--json")
    assert ended.code == 1
    assert str(broken) in ended.sentence
    assert len(ended.out.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [["approve", "x"], ["approve", "P0"], ["risk", "list", "--limit", "0"], ["nonsense"], ["reject", "P1"]]
)
def test_wrong_usage_is_exit_2(empty: Path, arguments: list[str]) -> None:
    ended = expediter(empty, *arguments)
    assert ended.code == 2
    assert "Usage:" in ended.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["risk", "mark", "F1", "--reason", "Seen."], "--true when the trouble is real, --false when there is none"),
        (["shipment", "report", "X1"], "a carrier's number has 4 to 64 letters, digits"),
        (["mail", "correct", "M1"], "say what is right: --class, --priority, --link or --unlink"),
        (["mail", "correct", "M1", "--link", "S1", "--class", "other"], "correct a link by itself"),
        (["mail", "correct", "M1", "--class", "gossip"], "'gossip' is not one of"),
        (["mail", "done", "P1"], "is not a mail's number; it looks like M12 or 12"),
        (["risk", "impact", "P00222", "--mail", "x.eml"], "leave out either 'P00222' or --mail"),
    ],
)
def test_what_is_left_out_or_said_twice_is_named(empty: Path, arguments: list[str], words: str) -> None:
    ended = expediter(empty, *arguments)
    assert ended.code == 2
    assert words in " ".join(ended.err.replace("│", " ").split())


def test_an_order_that_credit_holds_is_not_called_on_time(state: Path) -> None:
    held = SITUATIONS["credit_hold"]
    for command in ("show", "plan"):
        told = expediter(state, "risk", command, held).out
        assert "held until finance releases the customer's credit" in told
        assert "on time so far" not in told


def test_evidence_is_told_in_words_and_kept_raw_for_programs(state: Path) -> None:
    late = SITUATIONS["receipt_overdue"]
    told, kept = expediter(state, "risk", "show", late).out, expediter(state, "risk", "show", late, "--json").out
    assert "(purchase line), vendor's date: " in told
    assert "date_planned" not in told
    assert "date_planned" in kept


def test_a_part_of_a_warehouses_name_is_enough(state: Path) -> None:
    listed = json.loads(expediter(state, "risk", "list", "--warehouse", "rotter", "--json").out)
    assert listed == json.loads(expediter(state, "risk", "list", "--warehouse", "RTM", "--json").out)
    assert 0 < len(listed) < len(json.loads(expediter(state, "risk", "list", "--limit", "100", "--json").out))
    told = expediter(state, "risk", "brief", "--warehouse", "rotter")
    assert f"{len(listed)} orders at risk in rotter as of" in told.out, told.err


def test_without_arguments_the_help_shows_examples(empty: Path) -> None:
    ended = expediter(empty)
    assert "expediter demo" in ended.out + ended.err
    assert 'expediter chat "which orders will miss their promise' in ended.out + ended.err


def test_chat_without_a_server_answers_read_only_and_says_so(state: Path) -> None:
    ended = expediter(state, "chat", "move the promise date of S01888 to 2030-01-01")
    assert ended.code == 0
    assert "proposing a change needs `expediter up`" in ended.sentence
    assert "P2" not in ended.out
