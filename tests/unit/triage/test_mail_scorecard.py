"""How right triage was, told with how sure one can be of it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.mail import MailClass
from agent.domain.mail_scorecard import JudgedMail, Share, score

DELAY, STATUS, CHANGE = MailClass.DELAY_NOTICE, MailClass.ORDER_STATUS_INQUIRY, MailClass.ORDER_CHANGE
MONDAY, NEXT = date(2026, 11, 23), date(2026, 11, 30)


def judged(said: MailClass, truth: MailClass | None, confidence: float = 0.9, week: date = MONDAY) -> JudgedMail:
    return JudgedMail(week, said, confidence, confidence < 0.45, truth)


MAILS = [
    judged(DELAY, DELAY), judged(DELAY, DELAY), judged(DELAY, STATUS), judged(DELAY, DELAY, 0.3), judged(STATUS, DELAY, 0.5),
    judged(STATUS, None), judged(STATUS, STATUS, 0.5, NEXT), judged(CHANGE, None, 0.2, NEXT),
]  # fmt: skip


def test_precision_and_recall_of_a_class_leave_out_what_was_left_to_people() -> None:
    delay = next(one for one in score(MAILS).classes if one.mail_class is DELAY)
    assert delay.precision == Share(2, 3), "three sure ones, of which one was something else"
    assert delay.recall == Share(2, 4), "four were delays: one was left to a person, one called a status inquiry"
    assert delay.abstained == Share(1, 4)
    assert (delay.read, delay.judged) == (4, 4)


def test_all_together_and_by_week() -> None:
    card = score(MAILS)
    assert (card.read, card.judged, card.corrected) == (8, 6, 2)
    assert card.total.precision == Share(3, 5)
    assert [(week.week, week.read, week.right) for week in card.weeks] == [(MONDAY, 6, Share(2, 4)), (NEXT, 2, Share(1, 1))]


def test_calibration_is_the_share_right_by_confidence() -> None:
    bands = {band.low: band for band in score(MAILS).bands}
    assert bands[0.0].right == Share(1, 1)
    assert bands[0.45].right == Share(1, 2)
    assert bands[0.45].confidence == pytest.approx(0.5)
    assert bands[0.9].right == Share(2, 3)
    assert bands[0.6].confidence is None


def test_of_no_mails_there_is_nothing_to_say() -> None:
    card = score([])
    assert (card.read, card.judged, card.classes, card.weeks) == (0, 0, (), ())
    assert card.total.precision.value is None
    assert card.total.precision.interval is None


def test_few_mails_leave_much_open() -> None:
    low, high = Share(5, 5).interval or (0, 0)
    assert low == pytest.approx(0.566, abs=0.001), "Wilson's interval of five of five"
    assert high == 1.0
    narrow = Share(500, 500).interval or (0, 0)
    assert narrow[0] > 0.99


@given(part=st.integers(0, 300), more=st.integers(0, 300))
def test_the_share_lies_in_its_interval(part: int, more: int) -> None:
    share = Share(part, part + more)
    if share.value is None or share.interval is None:
        assert part + more == 0
        return
    low, high = share.interval
    assert 0 <= low <= share.value + 1e-9
    assert share.value - 1e-9 <= high <= 1


@given(
    mails=st.lists(
        st.builds(judged, st.sampled_from(MailClass), st.one_of(st.none(), st.sampled_from(MailClass)), st.floats(0, 1)),
        max_size=60,
    )
)
def test_every_judged_mail_is_in_one_band_and_every_mail_in_one_week(mails: list[JudgedMail]) -> None:
    card = score(mails)
    assert sum(band.right.whole for band in card.bands) == card.judged
    assert sum(week.read for week in card.weeks) == card.read
