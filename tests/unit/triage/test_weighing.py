"""Rules and a judge that learned, weighed together."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.mail import MailClass
from agent.ports.mail_judge import Telling
from agent.triage.schooling import lessons, lessons_sha256
from agent.triage.telling import telling_in
from agent.triage.weighing import weighed
from app.wiring.mail_judge import mail_judge
from integrations.learning import Learned
from tests.unit.triage.mails import mail, triaged

C = MailClass
SHARES = st.dictionaries(st.sampled_from(list(C)), st.floats(0, 1), max_size=15)
POINTS = st.dictionaries(st.sampled_from(list(C)), st.floats(-20, 40), max_size=15)


class Opinion:
    """A judge that always says the same."""

    def __init__(self, shares: Mapping[MailClass, float]) -> None:
        self.said = shares

    def shares(self, telling: Telling) -> Mapping[MailClass, float]:
        return self.said


@given(shares=SHARES, points=POINTS)
def test_the_likeliest_comes_first_and_all_add_up_to_one(shares: dict[MailClass, float], points: dict[MailClass, float]) -> None:
    ranked = weighed(shares, points, set(points))
    assert sorted(kind for kind, _ in ranked) == sorted(C)
    assert [share for _, share in ranked] == sorted((share for _, share in ranked), reverse=True)
    assert sum(share for _, share in ranked) == pytest.approx(1)


def test_agreement_makes_surer_and_disagreement_less_sure() -> None:
    says = {C.DELAY_NOTICE: 0.6, C.RETURN_REQUEST: 0.4}
    alone = dict(weighed(says, {}, ()))[C.DELAY_NOTICE]
    agreed = dict(weighed(says, {C.DELAY_NOTICE: 6.0}, {C.DELAY_NOTICE}))[C.DELAY_NOTICE]
    disputed = dict(weighed(says, {C.RETURN_REQUEST: 6.0}, {C.RETURN_REQUEST}))[C.DELAY_NOTICE]
    assert disputed < alone < agreed


def test_cues_that_only_support_count_less() -> None:
    says, points = {C.DELAY_NOTICE: 0.5, C.RETURN_REQUEST: 0.5}, {C.DELAY_NOTICE: 4.0}
    assert dict(weighed(says, points, ()))[C.DELAY_NOTICE] < dict(weighed(says, points, {C.DELAY_NOTICE}))[C.DELAY_NOTICE]


def test_a_person_who_must_decide_sees_what_it_may_be() -> None:
    undecided = Opinion({C.DELAY_NOTICE: 0.4, C.ORDER_CHANGE: 0.35, C.OTHER: 0.25})
    result = triaged(subject="hm", body="As discussed on the phone.", judge=undecided)
    assert result.needs_person
    assert [kind for kind, _ in result.alternatives] == [C.DELAY_NOTICE, C.ORDER_CHANGE, C.OTHER]
    assert result.draft is None


def test_the_headers_of_a_machine_are_no_matter_of_opinion() -> None:
    sure = Opinion({C.DELAY_NOTICE: 1.0})
    away = triaged(subject="Automatic reply: P00021", body="I am away.", headers={"Auto-Submitted": "auto-replied"}, judge=sure)
    assert away.mail_class is C.AUTOMATED_NOISE


def test_a_judge_does_not_outvote_a_change_of_bank_details() -> None:
    sure = Opinion({C.DELAY_NOTICE: 1.0})
    result = triaged(subject="bank", body="Our bank details have changed, please pay to the new account.", judge=sure)
    assert (result.mail_class, result.draft, result.needs_person) == (C.INVOICE_DISPUTE, None, True)


def test_ideas_are_the_same_in_five_languages() -> None:
    late = [set(telling_in(word).ideas) for word in ("late", "verspatung", "retard", "vertraging", "retraso")]
    assert set.intersection(*late) == {"late"}


@given(text=st.text(max_size=400))
def test_every_text_can_be_told(text: str) -> None:
    assert telling_in(text) == telling_in(text)


def test_what_was_learned_is_kept_until_the_lessons_change(tmp_path: Path) -> None:
    first = mail_judge(tmp_path)
    (file,) = (tmp_path / "learned").iterdir()
    assert file.stem == lessons_sha256()
    assert isinstance(first, Learned)
    corrected = ((C.RETURN_REQUEST, mail(subject="qwertz", body="zorblax frumious")),)
    told = telling_in("zorblax frumious")
    assert mail_judge(tmp_path, corrected).shares(told)[C.RETURN_REQUEST] > first.shares(told)[C.RETURN_REQUEST]
    (own,) = (tmp_path / "learned" / "corrected").iterdir()
    assert own.stem == lessons_sha256(corrected) != lessons_sha256()
    assert file.exists(), "whoever judges without corrections learns nothing anew"


def test_whoever_finds_a_kept_judge_does_not_load_what_learns(tmp_path: Path) -> None:
    mail_judge(tmp_path)
    code = (
        "import sys, pathlib; from app.wiring.mail_judge import mail_judge; mail_judge(pathlib.Path(sys.argv[1])); "
        "sys.exit('sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 0


def test_there_is_something_to_learn_of_every_class() -> None:
    assert {kind for kind, _ in lessons()} == set(C)
