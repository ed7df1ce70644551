"""CSV for a spreadsheet, of a log that holds what strangers wrote."""

import csv
import io

import pytest

from app.cli.output import print_csv


def printed(capsys: pytest.CaptureFixture[str], rows: list[dict[str, object]]) -> list[list[str]]:
    print_csv(list(rows[0]), rows)
    return list(csv.reader(io.StringIO(capsys.readouterr().out)))


def test_what_a_spreadsheet_would_take_for_a_formula_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    rows = printed(capsys, [{"a": '=HYPERLINK("http://evil.example")', "b": "+1", "c": "-1", "d": "@SUM(A1)", "e": "plain"}])
    assert [cell[:1] for cell in rows[1]] == ["'", "'", "'", "'", "p"]


def test_nested_values_are_json_and_nothing_is_empty(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, [{"payload": {"text": 'He said "no", twice'}, "person": None, "seq": 7}])[1] == [
        '{"text": "He said \\"no\\", twice"}',
        "",
        "7",
    ]


def test_text_does_not_control_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b" not in printed(capsys, [{"text": "\x1b[2Jgone"}])[1][0]
