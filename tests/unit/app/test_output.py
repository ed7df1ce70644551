"""What commands print cannot steer the terminal it is printed on."""

import json

import pytest

from app.cli import output

HOSTILE = "\x1b[2J\x9b31m\x7f\u202eevil\u2066\U000e0041 [bold red]S00042[/] é 🚚"


@pytest.mark.parametrize("show", [output.print_json, output.print_json_line])
def test_json_is_the_same_value_without_a_control_character(show, capsys):
    show({"note": HOSTILE})
    printed = capsys.readouterr().out
    assert json.loads(printed) == {"note": HOSTILE}
    assert output.plain(printed) == printed
    assert "é 🚚" in printed


def test_text_loses_control_and_direction_characters_and_keeps_brackets(capsys):
    output.say(HOSTILE)
    printed = capsys.readouterr().out
    assert not set("\x1b\x9b\x7f\u202e\u2066\U000e0041") & set(printed)
    assert "[bold red]S00042[/] é 🚚" in printed
