"""What `mail show` and `mail scorecard` tell of drafts."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.domain.letters import MailboxDraft
from agent.domain.mail_scorecard import DraftScore, score
from app.cli import mail as mail_page
from app.cli import mail_scorecard as scorecard_page
from app.contract.answering import MailboxDraftRow
from app.contract.mail_scorecard import MailScorecardRow

SAVED = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
WAITING = MailboxDraft(SAVED, None, None, None, None, None)
PASSED_OVER = MailboxDraft(SAVED, "It was answered or finished by then.", None, None, None, None)
LEFT = MailboxDraft(SAVED, None, SAVED + timedelta(days=14), None, None, None)
CHANGED = MailboxDraft(SAVED, None, SAVED, SAVED, "We take it.", 18)
AS_DRAFTED = MailboxDraft(SAVED, None, SAVED, SAVED, "Thank you.", 0)


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (WAITING, "A draft was put into the mailbox 16 Nov 09:00."),
        (PASSED_OVER, "No draft was put into the mailbox: It was answered or finished by then."),
        (LEFT, "A draft was put into the mailbox 16 Nov 09:00; nobody sent an answer from there."),
        (CHANGED, "Answered from the mailbox 16 Nov 09:00, 18 % of the draft said otherwise: We take it."),
        (AS_DRAFTED, "Answered from the mailbox 16 Nov 09:00, as drafted: Thank you."),
    ],
)
def test_what_became_of_a_draft_is_told(draft: MailboxDraft, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    mail_page.in_mailbox(MailboxDraftRow.of(draft))
    assert " ".join(capsys.readouterr().out.split()) == words


def test_the_scorecard_tells_what_became_of_drafts_also_before_a_class_was_judged(capsys: pytest.CaptureFixture[str]) -> None:
    scorecard_page.page(MailScorecardRow.of(score([], DraftScore((0, 0, 40, 10, 90), left=2, waiting=3))))
    printed = capsys.readouterr().out
    assert "Nothing to score yet" in printed
    assert "2 sent as they were, 3 in other words (40 % in the middle), 2 not sent, 3 waiting in the mailbox" in printed


def test_without_drafts_the_scorecard_says_nothing_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    scorecard_page.page(MailScorecardRow.of(score([])))
    assert "prepared" not in capsys.readouterr().out
