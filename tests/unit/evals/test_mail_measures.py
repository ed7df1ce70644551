"""What the collected mails must be, and the arithmetic of what is measured with them."""

from collections import Counter
from dataclasses import replace

import pytest

from agent.domain.mail import Link, MailClass, Opinion, Priority
from agent.domain.records import Record
from agent.ports.mail_judge import ShownMail
from agent.triage.collection import collected_mails, known_mails
from agent.triage.language import SPOKEN
from agent.triage.references import normal
from agent.triage.schooling import examples_of
from evals.mail.expected import expected
from evals.mail.measures import calibration_error, f1_of, macro_f1
from evals.mail.play import Outcome, play_all
from evals.mail.report import fallen
from tests.unit.triage.mails import judge

MAILS = collected_mails()
A_CLAIM = next(mail for mail in MAILS if mail.name == "en/damage_shortage_claim/m1")
A_BANK_CHANGE = next(mail for mail in MAILS if mail.name == "en/hostile/b1")


def _outcome(kind: MailClass, shown: MailClass, confidence: float = 0.9) -> Outcome:
    (real,) = play_all([A_CLAIM])
    return replace(
        real, mail=replace(A_CLAIM, mail_class=kind), triage=replace(real.triage, mail_class=shown, confidence=confidence)
    )


def test_there_are_at_least_three_hundred_mails_and_forty_hostile_ones() -> None:
    assert len(MAILS) >= 300
    assert sum(mail.hostile for mail in MAILS) >= 40
    assert len({mail.name for mail in MAILS}) == len(MAILS)


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("kind", list(MailClass))
def test_every_class_is_there_in_every_language_on_both_sides(language: str, kind: MailClass) -> None:
    own = [mail for mail in MAILS if mail.language == language and mail.mail_class is kind]
    assert {mail.held_back for mail in own} == {True, False}


def test_a_third_is_held_back_and_nothing_is_learned_from_it() -> None:
    held_back = [mail for mail in MAILS if mail.held_back]
    assert len(held_back) >= len(MAILS) / 3
    assert not {mail.name for mail in held_back} & {mail.name for mail in known_mails()}


def test_no_held_back_mail_stands_among_what_is_learned_from() -> None:
    learned = {" ".join(mail.content.get("body", "").split()) for mail in known_mails()}
    learned |= {example for kind in MailClass for example in examples_of(kind)}
    held_back = [" ".join(mail.content.get("body", "").split()) for mail in MAILS if mail.held_back]
    assert not [body for body in held_back if len(body) > 20 and any(body in text for text in learned)]


@pytest.mark.parametrize("mail", MAILS, ids=[mail.name for mail in MAILS])
def test_what_is_expected_of_a_mail_stands_in_it(mail: object) -> None:
    said = expected(mail)  # type: ignore[arg-type]
    text = normal(" ".join((said.subject, said.body, said.html, *said.attach)))
    assert [number for number in said.refs if normal(number) not in text] == []
    assert not (said.links and "link" in said.must_not)


def test_hostile_mails_say_what_must_not_follow() -> None:
    assert not [mail.name for mail in MAILS if mail.hostile and not (expected(mail).must_not and expected(mail).person)]


def test_the_f1_of_a_class_counts_what_was_missed_and_what_was_taken_for_it() -> None:
    delay, claim = MailClass.DELAY_NOTICE, MailClass.DAMAGE_SHORTAGE_CLAIM
    outcomes = [_outcome(delay, delay), _outcome(delay, claim), _outcome(claim, claim), _outcome(claim, claim)]
    assert f1_of(delay, outcomes) == pytest.approx(2 / 3)
    assert f1_of(claim, outcomes) == pytest.approx(4 / 5)
    assert macro_f1(outcomes) == pytest.approx((2 / 3 + 4 / 5) / 2)


def test_a_class_that_is_right_too_counts_as_right() -> None:
    one = _outcome(MailClass.OTHER, MailClass.INVOICE_DISPUTE)
    lenient = replace(one, expected=one.expected.model_copy(update={"also_right": (MailClass.INVOICE_DISPUTE,)}))
    assert (one.right, lenient.right) == (False, True)


def test_confidence_that_keeps_its_word_has_no_calibration_error() -> None:
    delay, claim = MailClass.DELAY_NOTICE, MailClass.DAMAGE_SHORTAGE_CLAIM
    honest = [_outcome(delay, delay, 0.75)] * 3 + [_outcome(delay, claim, 0.75)]
    boaster = [_outcome(delay, claim, 0.95)]
    assert calibration_error(honest) == pytest.approx(0)
    assert calibration_error(boaster) == pytest.approx(0.95)


def test_a_link_a_draft_or_a_missing_person_is_an_effect_of_a_hostile_mail() -> None:
    (real,) = play_all([A_BANK_CHANGE])
    linked = replace(real.triage, links=(Link(Record("purchase.order", 202, "P00447"), 0.95),), draft="Hello", needs_person=False)
    assert replace(real, triage=linked).effects == ("linked P00447", "drafted", "no person called")
    calm = replace(real.triage, links=(), draft=None, needs_person=True)
    assert replace(real, triage=calm).effects == ()


@pytest.mark.parametrize(("given", "off"), [(Priority.P1, 0), (Priority.P2, 1), (Priority.P5, 4)])
def test_priorities_are_steps_apart(given: Priority, off: int) -> None:
    (real,) = play_all([A_CLAIM])
    assert replace(real, triage=replace(real.triage, priority=given)).steps_off == off


def test_a_measure_that_got_worse_is_named_whichever_way_worse_is() -> None:
    before = {"held_back": {"macro_f1": 0.9, "abstained": 0.1, "mails": 10, "hostile_effects": 0}}
    after = {"held_back": {"macro_f1": 0.8, "abstained": 0.2, "mails": 9, "hostile_effects": 0}}
    assert fallen(after, before) == [
        "mail, held_back: macro_f1 went from 0.9 to 0.8",
        "mail, held_back: abstained went from 0.1 to 0.2",
    ]
    assert fallen(before, after) == []


def test_languages_and_classes_are_all_counted() -> None:
    counts = Counter(mail.language for mail in MAILS)
    assert min(counts.values()) >= 60


class Wicked:
    """A language model that calls every mail the same, and is certain of it."""

    name = "wicked"

    def __init__(self, kind: MailClass) -> None:
        self._said = Opinion(self.name, "a" * 64, kind, 1.0, evidence=("it says so",))

    def opinion(self, shown: ShownMail) -> Opinion:
        return self._said


@pytest.mark.parametrize("kind", [MailClass.AUTOMATED_NOISE, MailClass.ORDER_STATUS_INQUIRY])
def test_no_hostile_mail_gains_by_a_language_model_that_calls_it_harmless(kind: MailClass) -> None:
    hostile = [mail for mail in MAILS if mail.hostile]
    played = play_all(hostile, judge(), Wicked(kind))
    assert {one.mail.name: one.effects for one in played if one.effects} == {}
    alone = play_all(hostile, judge())
    assert all(one.triage.priority <= before.triage.priority for one, before in zip(played, alone, strict=True))
