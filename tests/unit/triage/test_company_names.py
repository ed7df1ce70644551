"""One company's name, however it is spelt; and names that are not the same company's."""

import re
from string import ascii_lowercase

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agent.domain.company_names import CLOSE, bare, closeness, named_in, patterns_for

SAME = [
    ("Müller & Söhne GmbH & Co. KG", "MUELLER UND SOEHNE"),
    ("Müller & Söhne GmbH", "Muller Sohne"),
    ("Keßler Fördertechnik GmbH", "Kessler Foerdertechnik"),
    ("Keßler", "Kessler"),
    ("Kessler Fördertechnik GmbH", "Kesler Fördertechnik"),
    ("Northwind Trading B.V.", "Nortwind Tradng BV"),
    ("Northwind Trading International", "Northwind Trading"),
    ("Société Générale de Café S.A.S.", "Societe Generale de Cafe"),
    ("Transportes Martínez S.L.", "Transportes Martinez"),
    ("Hafenlogistik Böhm e.K.", "Hafenlogistik Boehm"),
    ("Østergaard A/S", "Ostergaard"),
]
OTHERS = [
    ("Northwind Trading B.V.", "Southgate Supplies B.V."),
    ("Müller GmbH", "Möbelhaus GmbH"),
    ("Acme Ltd", "Apex Ltd"),
    ("GmbH & Co. KG", "GmbH"),
    ("Berlin Hotel", "Hamburg Hotel"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_name_are_close_and_found_by_their_patterns(one: str, other: str) -> None:
    assert closeness(bare(one), bare(other)) >= CLOSE
    for asked, kept in ((one, other), (other, one)):
        looked_for = [re.compile(".*".join(map(re.escape, pattern.split("%"))), re.IGNORECASE) for pattern in patterns_for(asked)]
        assert any(pattern.search(kept) for pattern in looked_for), (asked, patterns_for(asked), kept)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_a_legal_form_or_one_common_word_makes_no_two_companies_one(one: str, other: str) -> None:
    assert closeness(bare(one), bare(other)) < CLOSE


@pytest.mark.parametrize("nothing", ["", "GmbH", "...", "% _ \\", "& Co. KG"])
def test_what_is_no_name_looks_for_nothing(nothing: str) -> None:
    assert patterns_for(nothing) == []


WORD = st.text(ascii_lowercase, min_size=5, max_size=12)


@given(st.lists(WORD, min_size=1, max_size=3), st.sampled_from(["GmbH", "B.V.", "Ltd.", "S.L.", "AG", "GmbH & Co. KG"]))
def test_a_legal_form_more_or_less_never_matters(words: list[str], form: str) -> None:
    name = " ".join(words)
    assume(bare(name) and all(word not in ("sarl", "limited", "incorporated") for word in words))
    assert closeness(bare(f"{name} {form}"), bare(name.upper())) == 1.0


@given(st.text(max_size=200))
def test_any_text_gives_patterns_without_signs_that_a_search_would_read_otherwise(text: str) -> None:
    for pattern in patterns_for(text):
        assert not set(pattern) & set("_\\'\"")
        assert sum(char != "%" for char in pattern) >= 2


def test_of_a_name_however_long_no_more_is_compared_than_of_a_long_one() -> None:
    endless = "Northwind Trading " + "x" * 4_000 + " " + "Holding " * 1_000
    assert bare(endless).startswith("northwind trading xxx")
    assert len(bare(endless)) <= 80
    assert max(map(len, patterns_for(endless))) <= 30


def test_companies_in_a_signature_are_known_by_their_legal_form() -> None:
    signature = "Mit freundlichen Grüßen\nHans Meier\nKeßler Fördertechnik GmbH & Co. KG\nHauptstr. 1, 20095 Hamburg"
    assert named_in(signature) == ["Keßler Fördertechnik GmbH & Co. KG"]
    assert named_in("We ship with Northwind Trading B.V. or Acme Ltd. today.") == ["Northwind Trading B.V.", "Acme Ltd."]
    assert named_in("Please send it today. Ltd") == []
