"""Pictures of what was asked about: drawn when they are sent, under the answer, and never twice."""

from collections.abc import Mapping
from typing import Any

import pytest

from agent.domain.chat import PartKind
from agent.domain.decisions import Role
from agent.errors import ErpUnavailable
from integrations.slack.uploading import Picture
from tests.fixtures.slack.running import SlackCompany, sending
from tests.fixtures.slack.state import Fault, Upload
from tests.integration.slack.test_answers import WHOLE, asked, final, mentioned, release, shown_whole
from tests.integration.slack.test_outbox import all_settled

TIMELINE = {"kind": "timeline", "order": "S00042"}
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 500


def draw(wanted: Mapping[str, Any]) -> Picture:
    return Picture(PNG, f"{wanted['order']}.png", f"{wanted['order']}: supply and promise", "S00042, promised for 2026-12-01.")


def shown(company: SlackCompany) -> list[Upload]:
    return [one for one in company.space.uploads.values() if one.channel]


def answered(company: SlackCompany) -> str:
    question, channel = asked(company)
    release(company, question, PartKind.SENTENCE, text=WHOLE)
    final(company, question, picture=TIMELINE)
    shown_whole(company)
    all_settled(company)
    return channel


def test_the_picture_of_an_order_comes_under_its_answer_with_words_for_who_cannot_see_it(company: SlackCompany) -> None:
    with sending(company, draw=draw):
        channel = answered(company)
    (picture,) = shown(company)
    assert (picture.channel, picture.thread_ts) == (channel, company.one("SELECT thread_ts FROM slack_question"))
    assert (picture.data, picture.name, picture.title) == (PNG, "S00042.png", "S00042: supply and promise")
    assert "promised for 2026-12-01" in picture.described


def test_of_an_answer_for_one_alone_the_picture_is_a_direct_message(company: SlackCompany) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    _, walter = company.colleague(Role.WAREHOUSE_LEAD)
    question, _ = mentioned(company, ana, walter)
    with sending(company, draw=draw):
        final(company, question, picture=TIMELINE)
        shown_whole(company)
        all_settled(company)
    assert [one.channel for one in shown(company)] == [company.space.direct(ana)]


def test_the_picture_of_a_channel_s_answer_is_not_shown_to_who_joined_since(company: SlackCompany) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    question, channel = mentioned(company, ana)
    company.space.fail("files.getUploadURLExternal", Fault("5xx"))

    def draw_while_somebody_joins(wanted: Mapping[str, Any]) -> Picture:
        company.space.channels[channel]["members"].append(company.space.user("someone@elsewhere.example"))
        return draw(wanted)

    with sending(company, draw=draw_while_somebody_joins):
        final(company, question, picture=TIMELINE)
        shown_whole(company)
        all_settled(company)
    assert shown(company) == []
    assert "somebody here whom I do not know" in company.one("SELECT detail FROM slack_outbox WHERE method = 'picture'")


@pytest.mark.parametrize(("method", "fault", "pictures"), [
    ("files.getUploadURLExternal", Fault("429"), 1),
    ("files.getUploadURLExternal", Fault("5xx"), 1),
    ("files.completeUploadExternal", Fault("429"), 1),
    ("files.completeUploadExternal", Fault("lost"), 1),
    ("files.completeUploadExternal", Fault("5xx"), 0),
    ("files.completeUploadExternal", Fault("refused", "invalid_channel"), 0),
])  # fmt: skip
def test_a_call_that_fails_on_the_way_never_shows_a_picture_twice(
    company: SlackCompany, method: str, fault: Fault, pictures: int
) -> None:
    company.space.fail(method, fault)
    with sending(company, draw=draw):
        answered(company)
    assert len(shown(company)) == pictures


@pytest.mark.parametrize(("status", "tries"), [(400, 1), (403, 1), (413, 1), (429, 2), (408, 2), (503, 2)])
def test_bytes_that_are_refused_for_good_are_brought_once_and_the_reason_is_noted(
    company: SlackCompany, status: int, tries: int
) -> None:
    company.space.fail("upload", Fault("status", status=status))
    with sending(company, draw=draw):
        channel = answered(company)
    assert len(company.space.made("upload")) == tries
    assert len(shown(company)) == tries - 1
    assert len(company.space.shown(channel)) == 1, "the answer stands without it"
    if tries == 1:
        assert company.one("SELECT detail FROM slack_outbox WHERE method = 'picture'") == f"HTTP {status} to its bytes"


def test_while_our_token_is_no_good_a_picture_waits_for_the_next_one(company: SlackCompany) -> None:
    company.space.fail("files.getUploadURLExternal", Fault("refused", "token_expired"))
    company.space.fail("files.completeUploadExternal", Fault("refused", "invalid_auth"))
    with sending(company, draw=draw):
        answered(company)
    assert len(shown(company)) == 1


def test_an_app_without_the_scope_answers_without_pictures(company: SlackCompany) -> None:
    company.space.scopes.discard("files:write")
    with sending(company, draw=draw):
        channel = answered(company)
    assert len(company.space.shown(channel)) == 1
    assert company.one("SELECT detail FROM slack_outbox WHERE method = 'picture'") == "missing_scope"


def test_what_cannot_be_drawn_now_is_left_out(company: SlackCompany) -> None:
    def away(_wanted: Mapping[str, Any]) -> Picture:
        raise ErpUnavailable("Odoo does not answer.")

    with sending(company, draw=away):
        answered(company)
    assert shown(company) == []
    assert company.one("SELECT detail FROM slack_outbox WHERE method = 'picture'") == "Odoo does not answer."
