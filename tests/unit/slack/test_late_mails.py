"""Mails that wait too long stand in the brief in one line, the same wherever it is read."""

from dataclasses import replace

import pytest

from agent.domain.briefs import MOST_LATE, late_mails_said
from integrations.slack.examples import day
from integrations.slack.examples.proposals import SOFIA, scene
from integrations.slack.views.brief import brief_card
from integrations.slack.views.home import Pieces, home
from tests.fixtures.slack.screen import said

ONE = (day.mail(),)
TAKEN = day.mail(thread={"owner": "maria"}, id=6)


@pytest.mark.parametrize(
    ("mails", "line"),
    [
        ((), ""),
        (ONE, "1 mail waits too long for an answer: M5 (P2); nobody has taken it."),
        ((TAKEN,), "1 mail waits too long for an answer: M6 (P2)."),
        ((*ONE, TAKEN), "2 mails wait too long for an answer: M5 (P2), M6 (P2); nobody has taken 1 of them."),
    ],
)
def test_the_line_names_how_many_which_and_whether_somebody_has_them(mails, line):
    assert late_mails_said(mails) == line


def test_of_many_five_are_named_and_where_the_list_ends_it_says_so():
    assert late_mails_said(ONE * 6).startswith("6 mails wait too long for an answer: " + "M5 (P2), " * 4 + "M5 (P2) and others;")
    assert late_mails_said(ONE * MOST_LATE).startswith("100 or more mails wait")


def test_the_card_and_home_show_the_same_line_and_none_without_such_a_mail():
    line = late_mails_said(ONE)
    for brief, shown in ((replace(day.brief(), late_mails=ONE), True), (day.brief(), False)):
        assert (line in said(brief_card(brief)["blocks"])) is shown
        assert (line in said(home(SOFIA, Pieces(brief=brief), scene())["blocks"])) is shown
