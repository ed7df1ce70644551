"""Every action is described where people look for it."""

from pathlib import Path

from agent.actions import ACTIONS

PAGE = Path(__file__).parents[3] / "docs" / "actions.md"


def test_the_page_of_actions_lists_each_in_its_own_words():
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")][1:]
    assert rows == [f"| {action.name} | {action.description} | {action.undo} |" for action in ACTIONS.values()]
