"""Every action is described where people look for it."""

from pathlib import Path

import pytest

from agent.actions import ACTIONS, checked
from agent.errors import PreconditionFailed

PAGE = Path(__file__).parents[3] / "docs" / "actions.md"


def test_the_page_of_actions_lists_each_in_its_own_words():
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")][1:]
    assert rows == [f"| {action.name} | {action.description} | {action.undo} |" for action in ACTIONS.values()]


def test_an_argument_deep_inside_is_named_with_its_whole_place() -> None:
    asked = {"vendor": "Harbor", "warehouse": "WH", "goods": [{"product": "HAR-4", "quantity": 5}], "arrives": "2026-12-01"}
    with pytest.raises(PreconditionFailed, match=r"create_rfq needs its prices\.0\.price; "):
        checked("create_rfq", asked | {"prices": [{"product": "HAR-4"}]})
    with pytest.raises(PreconditionFailed, match=r"create_rfq cannot use its goods\.0\.quantity: "):
        checked("create_rfq", asked | {"goods": [{"product": "HAR-4", "quantity": -5}]})
