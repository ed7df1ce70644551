"""Whose account stands for nobody any more when the answer comes is given none of it."""

from agent.domain.decisions import Role
from integrations.slack.answers import UNLINKED
from tests.fixtures.slack.running import SlackCompany, sending
from tests.integration.slack.test_answers import SENTENCES, asked, final, mentioned, shown_whole, streamed
from tests.integration.slack.test_joining import unlinked, whispered


def test_whoever_is_not_known_any_more_when_the_answer_comes_is_not_given_it(company: SlackCompany) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    question, channel = mentioned(company, ana)
    unlinked(company, ana)
    with sending(company):
        final(company, question)
        shown_whole(company)
    assert company.space.shown(channel) == []
    assert ["I do not know any more who you are" in words for words in whispered(company, ana)] == [True]


def test_whoever_wrote_directly_and_is_not_known_any_more_is_given_nothing_of_the_answer_and_no_picture(
    company: SlackCompany,
) -> None:
    question, channel = asked(company)
    ana = company.one("SELECT slack_user FROM slack_question")
    with sending(company):
        streamed(company, question, channel, SENTENCES[:1])
        unlinked(company, ana)
        final(company, question, picture={"kind": "timeline", "order": "S00042"})
        shown_whole(company)
    (message,) = company.space.shown(channel)
    assert message.text == UNLINKED
    assert company.one("SELECT count(*) FROM slack_outbox WHERE method = 'picture'") == 0


def test_whoever_is_not_known_any_more_is_told_so_in_the_thread_of_their_own_question(company: SlackCompany) -> None:
    question, channel = asked(company)
    ana = company.one("SELECT slack_user FROM slack_question")
    unlinked(company, ana)
    final(company, question)
    with sending(company):
        shown_whole(company)
    assert [one.text for one in company.space.shown(channel)] == [UNLINKED]
    assert company.one("SELECT outcome FROM slack_answer") == "kept back: whoever asked is not linked to me any more"


def test_a_private_answer_to_whoever_is_not_known_any_more_is_not_given(company: SlackCompany) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    _, without_prices = company.colleague(Role.WAREHOUSE_LEAD)
    question, channel = mentioned(company, ana, without_prices)
    assert company.one("SELECT private FROM slack_question")
    unlinked(company, ana)
    final(company, question)
    with sending(company):
        shown_whole(company)
    assert company.space.shown(channel) == []
    assert whispered(company, ana) == [UNLINKED]
