"""A judge learns from mails with a class, keeps what it learned as plain numbers, and says how likely each class is."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.mail import MailClass
from agent.guardrails.untrusted_text import fold
from agent.triage.telling import telling_in
from integrations.learning import Learned, keep, kept
from integrations.learning.learn import learn

LATE, BROKEN, WHEN = MailClass.DELAY_NOTICE, MailClass.DAMAGE_SHORTAGE_CLAIM, MailClass.ORDER_STATUS_INQUIRY
LESSONS = [
    (LATE, "the pumps will be late"), (LATE, "a new date, the ship is late"), (LATE, "die lieferung kommt verspatet"),
    (WHEN, "when will it come?"), (WHEN, "where is our order?"), (WHEN, "wo bleibt die bestellung?"),
    (BROKEN, "the pumps came broken"), (BROKEN, "two boxes crushed and wet"), (BROKEN, "eine palette ist beschadigt"),
]  # fmt: skip


@pytest.fixture(scope="module")
def judge() -> Learned:
    return learn([(kind, telling_in(text)) for kind, text in LESSONS])


def test_a_mail_is_most_like_the_mails_of_its_class(judge: Learned) -> None:
    shares = judge.shares(telling_in("the ship is late"))
    assert shares[LATE] > 0.7


def test_a_language_teaches_about_another_by_what_words_say_alike(judge: Learned) -> None:
    shares = judge.shares(telling_in(fold("l'envoi a du retard")))
    assert shares[LATE] > shares[BROKEN]


@given(text=st.text(max_size=300))
def test_shares_of_any_text_add_up_to_one(judge: Learned, text: str) -> None:
    shares = judge.shares(telling_in(fold(text)))
    assert sum(shares.values()) == pytest.approx(1)
    assert all(0 <= share <= 1 for share in shares.values())


def test_the_same_lessons_make_the_same_judge(judge: Learned) -> None:
    again = learn([(kind, telling_in(text)) for kind, text in LESSONS])
    telling = telling_in("crushed pumps are late")
    assert again.shares(telling) == judge.shares(telling)


def test_what_was_kept_judges_alike_and_replaces_what_was_kept_before(judge: Learned, tmp_path: Path) -> None:
    keep(judge, tmp_path, "old")
    keep(judge, tmp_path, "new")
    found = kept(tmp_path, "new")
    assert found is not None
    telling = telling_in("two pallets broken, the ship is late?")
    assert found.shares(telling) == pytest.approx(judge.shares(telling))
    assert [file.name for file in tmp_path.iterdir()] == ["new.npz"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY", b"words"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "one.npz").write_bytes(content)
    assert kept(tmp_path, "one") is None
    assert kept(tmp_path, "other") is None


def test_a_file_that_would_execute_something_is_not_read(tmp_path: Path) -> None:
    import numpy as np

    np.savez(tmp_path / "one.npz", classes=np.array([object()], dtype=object), allow_pickle=True)
    assert kept(tmp_path, "one") is None
