"""Answers in a mailbox of Microsoft 365: drafted in their thread by one app, sent once by another, whatever is lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.policy import SMTP
from pathlib import Path
from typing import Any, cast

import pytest

from agent.domain.decisions import Outcome, Role
from agent.domain.letters import Outgoing
from agent.errors import MailAnswerLost, MailboxRefused, MailboxUnavailable, MailNotSafe
from integrations.email.graph_sending import GraphSender
from tests.fixtures.answering import DRAFT, MAILBOX
from tests.fixtures.dovecot import mail
from tests.fixtures.microsoft365 import microsoft365
from tests.fixtures.microsoft365_office import US, GraphOffice, drafts, login, now, sending
from tests.fixtures.microsoft365_replies import IN_REPLY_TO, MARK, REFERENCES
from tests.fixtures.microsoft365_state import (
    USER,
    Message,
    Microsoft365,
)
from tests.fixtures.postgres import TestDatabase

WORDS = Outgoing(
    "expediter-p1-abc", "vera@vendor.example", "Re: Delivery 1", "It's noted.", "<1@vendor.example>", ("<1@vendor.example>",)
)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Microsoft365]:
    with microsoft365(tmp_path) as running:
        yield running


@pytest.fixture
def office(database: TestDatabase, there: Microsoft365) -> GraphOffice:
    nothing = cast(Any, None)
    return GraphOffice(database, nothing, nothing, database.person("ana"), database.person("olga", Role.OPS_MANAGER), there=there)


def says(message: Message) -> tuple[Any, ...]:
    to = [one["emailAddress"]["address"] for one in message.words["toRecipients"]]
    return to, message.words["ccRecipients"], message.words["subject"], message.words["body"]["content"]


# Drafts


def test_a_draft_is_saved_once_as_an_answer_in_its_thread_for_a_person_to_send(office: GraphOffice) -> None:
    office.received(mail(1))
    assert (office.drafted(), office.drafted()) == (1, 0)
    [draft] = office.there.in_folder("drafts")
    assert says(draft) == (["vera@vendor.example"], [], "Re: Delivery 1", DRAFT)
    assert draft.properties[IN_REPLY_TO] == draft.properties[REFERENCES] == "<1@vendor.example>"
    assert any(asked.endswith("/createReply") for asked in office.there.asked), "Graph itself puts it into the thread"
    assert not any(asked.startswith("DELETE") for asked in office.there.asked)


def test_a_draft_of_a_mail_that_lies_there_no_more_names_what_it_answers(office: GraphOffice) -> None:
    office.received(mail(1))
    office.there.messages.clear()
    assert office.drafted() == 1
    [draft] = office.there.in_folder("drafts")
    assert draft.properties[IN_REPLY_TO] == draft.properties[REFERENCES] == "<1@vendor.example>"


def test_who_died_after_saving_leaves_one_draft(there: Microsoft365) -> None:
    there.deliver(mail(1).as_bytes(policy=SMTP))
    drafts(there).save(WORDS)
    assert drafts(there).holds(WORDS)
    assert not drafts(there).holds(replace(WORDS, marker="expediter-p2-abc", in_reply_to="<2@vendor.example>"))


def test_where_a_colleague_answered_already_there_is_no_draft(office: GraphOffice) -> None:
    office.received(mail(1))
    answer = Message(b"", now(), folder="sentitems", properties={IN_REPLY_TO: "<1@vendor.example>"})
    office.there.add(answer)
    office.drafted()
    assert office.there.in_folder("drafts") == []


def sent_by_a_person(text: str, answers: str = "<1@vendor.example>", to: str = "vera@vendor.example") -> Message:
    """As Graph hands it out."""
    whole = mail(9)
    whole.replace_header("From", US.address)
    whole.replace_header("To", to)
    whole.set_content(text)
    return Message(whole.as_bytes(policy=SMTP), now(), folder="sentitems", properties={IN_REPLY_TO: answers})


def test_what_a_person_sent_in_place_of_the_draft_is_set_beside_it(office: GraphOffice) -> None:
    office.received(mail(1))
    office.drafted()
    assert office.compared() == 0
    later, first = sent_by_a_person("And more."), sent_by_a_person(f"{DRAFT} Soon.\n\n> Our delivery will be late.")
    later.received += timedelta(minutes=1)
    forwarded = sent_by_a_person("Ben, look at this.", to="ben@harbour.example")
    forwarded.received -= timedelta(minutes=1)
    for one in (later, first, forwarded):
        office.there.add(one)
    assert (office.compared(), office.compared()) == (1, 0)
    draft = office.shown().mailbox_draft
    assert (draft.text, draft.changed_percent) == (f"{DRAFT} Soon.", 5)
    assert office.there.violations == []


def test_an_answer_that_graph_cannot_hand_out_keeps_no_other_from_being_noted(office: GraphOffice) -> None:
    office.received(mail(1), mail(2))
    office.drafted()
    broken = office.there.add(sent_by_a_person("Fine."))
    office.there.broken[broken] = (400, "ErrorMimeContentConversionFailed")
    office.there.add(sent_by_a_person("Good.", "<2@vendor.example>"))
    assert office.compared() == 1
    assert (office.shown(1).mailbox_draft.text, office.shown(2).mailbox_draft.text) == (None, "Good.")


def test_an_app_that_may_only_read_says_what_it_lacks_for_drafts(there: Microsoft365) -> None:
    there.deliver(mail(1).as_bytes(policy=SMTP))
    there.may_write = False
    with pytest.raises(MailboxRefused, match=r"needs Mail\.ReadWrite for this mailbox, to save drafts"):
        drafts(there).save(WORDS)


def test_a_message_id_with_a_quote_in_it_ends_no_filter(there: Microsoft365) -> None:
    odd = replace(WORDS, in_reply_to="<o'brien') or (isDraft eq true@vendor.example>")
    assert not drafts(there).holds(odd)


def test_what_would_be_no_safe_mail_is_no_draft_either(there: Microsoft365) -> None:
    with pytest.raises(MailNotSafe):
        drafts(there).save(replace(WORDS, to="vera@vendor.example>, <eve@evil.example"))
    assert there.in_folder("drafts") == []


# Sending


def test_an_approved_answer_is_sent_once_in_its_thread_under_a_name_made_of_the_proposal(office: GraphOffice) -> None:
    office.received(mail(1))
    proposal = office.proposed(text="Thank you. We tell our customers today.")
    grant = office.granted(proposal)
    assert office.carried_out(grant) is Outcome.DONE
    assert office.carried_out(grant) is None
    [sent] = office.there.in_folder("sentitems")
    assert says(sent) == (["vera@vendor.example"], [], "Re: Delivery 1", "Thank you. We tell our customers today.")
    assert sent.properties[IN_REPLY_TO] == "<1@vendor.example>"
    marker = f"expediter-p{proposal.id}-{proposal.sha256[:12]}"
    assert (sent.internet_id, sent.properties[MARK]) == (f"<{marker}@harbour.example>", marker)
    assert office.there.in_folder("drafts") == []


@pytest.mark.parametrize(
    ("happens", "outcomes", "sent"),
    [
        ("gone after", [Outcome.DONE], 1),
        ("lost after", [Outcome.DONE], 1),
        # Whether the words went out cannot be told: nothing is sent again, and a person looks.
        ("gone before", [None, Outcome.UNCERTAIN], 0),
        ("lost before", [None, Outcome.UNCERTAIN], 0),
        ("refused", [Outcome.FAILED], 0),
    ],
)
def test_whatever_is_lost_at_the_sending_it_is_sent_at_most_once_and_sent_tells(
    office: GraphOffice, happens: str, outcomes: list[Outcome | None], sent: int
) -> None:
    office.received(mail(1))
    office.there.at_send = [happens]
    grant = office.granted(office.proposed())
    assert [office.carried_out(grant) for _ in outcomes] == outcomes
    assert len(office.there.in_folder("sentitems")) == sent
    assert sum(asked.endswith("/sendMail") for asked in office.there.asked) == 1


def test_what_a_server_that_is_busy_did_not_take_is_sent_later_and_lies_nowhere_until_then(office: GraphOffice) -> None:
    office.received(mail(1))
    office.there.at_send = ["busy"]
    grant = office.granted(office.proposed())
    assert replace(office, in_flight=timedelta(minutes=10)).carried_out(grant) is None
    assert office.there.in_folder("drafts") == office.there.in_folder("sentitems") == []
    assert office.carried_out(grant) is Outcome.DONE
    [sent] = office.there.in_folder("sentitems")
    assert sent.words["body"]["content"] == DRAFT


def test_a_prepared_draft_that_a_colleague_rewrote_changes_nothing_of_the_approved_words(office: GraphOffice) -> None:
    office.received(mail(1))
    grant = office.granted(office.proposed())
    office.drafted()
    [draft] = office.there.in_folder("drafts")
    draft.words["body"] = {"contentType": "text", "content": "We pay everything."}
    assert office.carried_out(grant) is Outcome.DONE
    [sent] = office.there.in_folder("sentitems")
    assert sent.words["body"]["content"] == DRAFT


def test_a_login_that_breaks_before_the_sending_has_sent_nothing(there: Microsoft365) -> None:
    there.login_breaks = True
    with pytest.raises(MailboxUnavailable) as away:
        sending(there).send(WORDS, lambda: None)
    assert not isinstance(away.value, MailAnswerLost)
    assert there.in_folder("sentitems") == []


def test_an_answer_from_the_mailbox_meanwhile_stops_ours(office: GraphOffice) -> None:
    office.received(mail(1))
    grant = office.granted(office.proposed())
    office.there.add(Message(b"", now(), folder="sentitems", properties={IN_REPLY_TO: "<1@vendor.example>"}))
    assert office.carried_out(grant) is Outcome.REFUSED_STALE
    assert "Somebody answered M1 from the mailbox already" in office.detail()


def test_the_app_that_reads_cannot_send(there: Microsoft365) -> None:
    there.deliver(mail(1).as_bytes(policy=SMTP))
    with pytest.raises(MailboxRefused, match=r"needs Mail\.Read and Mail\.Send"):
        GraphSender(login(there, sends=False), USER, MAILBOX, US, now).send(WORDS, lambda: None)
    assert there.in_folder("sentitems") == []


def test_what_keeps_a_sending_from_beginning_keeps_it_from_the_server(there: Microsoft365) -> None:
    def no() -> None:
        raise MailNotSafe("no")

    with pytest.raises(MailNotSafe):
        sending(there).send(WORDS, no)
    assert not any(asked.endswith("/sendMail") for asked in there.asked)


def test_an_answer_whose_thread_lies_there_no_more_is_sent_all_the_same(there: Microsoft365) -> None:
    sending(there).send(WORDS, lambda: None)
    [sent] = there.in_folder("sentitems")
    assert sent.properties[IN_REPLY_TO] == sent.properties[REFERENCES] == "<1@vendor.example>"


def test_a_folder_that_is_missing_is_said_before_anything_is_approved_to_go(there: Microsoft365) -> None:
    sending(there).ready()
    there.missing_folders = ("sentitems",)
    with pytest.raises(MailboxRefused, match="no folder sentitems"):
        sending(there).ready()


def test_a_server_that_is_away_has_sent_nothing(tmp_path: Path) -> None:
    with microsoft365(tmp_path) as gone:
        sender = sending(gone)
        sender.ready()
    with pytest.raises(MailboxUnavailable) as away:
        sender.send(WORDS, lambda: None)
    assert not isinstance(away.value, MailAnswerLost)
