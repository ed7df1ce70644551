"""How a stream is cut into sentences."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.guardrails.sentences import SentenceStream, sentences

TEXTS = st.text(alphabet=st.sampled_from(list("ab1. \n!?,*-)\"'_€S0…")), max_size=60)


def test_a_sentence_is_released_when_it_is_complete_and_not_before() -> None:
    stream = SentenceStream()
    assert stream.feed("S00042 is 3.") == []
    assert stream.feed("5 days late. It wa") == ["S00042 is 3.5 days late."]
    assert stream.feed("its.\n- next") == [" It waits.", "\n"]
    assert stream.close() == ["- next"]
    assert stream.close() == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three? Four", ["One.", " Two!", " Three?", " Four"]),
        ("1. S00042 is late.\n2. S00043 too.\n", ["1. S00042 is late.", "\n", "2. S00043 too.", "\n"]),
        ("Goods, e.g. towels, wait. Done", ["Goods, e.g. towels, wait.", " Done"]),
        ("**S00042.** It waits.", ["**S00042.**", " It waits."]),
        ("Worth 1.234,50 EUR", ["Worth 1.234,50 EUR"]),
    ],
)
def test_numbers_lists_and_abbreviations_end_no_sentence(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


@given(text=TEXTS, cuts=st.lists(st.integers(min_value=0, max_value=60), max_size=8))
def test_how_the_text_comes_in_pieces_makes_no_difference(text: str, cuts: list[int]) -> None:
    edges = [0, *sorted(cut for cut in cuts if cut <= len(text)), len(text)]
    stream, found = SentenceStream(), []
    for start, end in pairwise(edges):
        found += stream.feed(text[start:end])
    assert [*found, *stream.close()] == sentences(text)


@given(text=TEXTS)
def test_nothing_is_lost_but_white_space_at_the_end(text: str) -> None:
    assert "".join(sentences(text)).rstrip() == text.rstrip()
