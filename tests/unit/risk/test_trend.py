"""A change is called sure only when accident hardly explains it."""

from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.risk.trend import rise, told, trend
from tests.unit.risk.builders import policy

events = st.integers(0, 30).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


def test_six_short_of_eight_after_three_of_forty_is_no_accident():
    found = trend(6, 8, 3, 40)
    assert found.sureness == "sure"
    assert told(found, "receipts", "came short") == "6 of the last 8 receipts came short; before, 3 of 40: sure"


def test_the_chance_is_the_share_of_all_draws_that_are_as_bad():
    """Three bad among seven events, of which four are recent: drawn out by hand, so to speak."""
    pot = [True] * 3 + [False] * 4
    draws = list(combinations(pot, 4))
    as_bad = sum(sum(draw) >= 2 for draw in draws)
    assert trend(2, 4, 1, 3).chance == Decimal(as_bad) / len(draws)


@given(events, events)
def test_the_chance_is_a_probability_and_certain_when_nothing_bad_happened(recent, past):
    chance = trend(*recent, *past).chance
    assert 0 < chance <= 1
    if recent[0] == 0 or recent[1] == 0 or past[1] == 0:
        assert chance == 1


@given(events, events)
def test_it_agrees_with_the_exact_fractions(recent, past):
    (bad, of), (bad_before, of_before) = recent, past
    all_bad, everything = bad + bad_before, of + of_before
    ways = sum(comb(of, k) * comb(of_before, all_bad - k) for k in range(bad, min(of, all_bad) + 1))
    exact = Fraction(ways, comb(everything, all_bad))
    assert abs(Fraction(trend(bad, of, bad_before, of_before).chance) - exact) < Fraction(1, 10**18)


@given(events, events)
def test_one_more_bad_event_is_never_less_sure_and_a_worse_past_never_more(recent, past):
    (bad, of), (bad_before, of_before) = recent, past
    chance = trend(bad, of, bad_before, of_before).chance
    margin = 1 + Decimal("1e-18")
    if bad < of:
        assert trend(bad + 1, of, bad_before, of_before).chance <= chance * margin
    if bad_before < of_before:
        assert trend(bad, of, bad_before + 1, of_before).chance * margin >= chance


@given(st.integers(1, 9), st.integers(1, 12), st.integers(1, 19))
@settings(max_examples=30, deadline=None)
def test_whatever_the_true_rate_an_accident_is_called_a_trend_no_oftener_than_it_says(of, of_before, twentieths):
    """Every possible outcome of a subject that never changed, weighed by its probability."""
    rate = Fraction(twentieths, 20)

    def likely(bad, of):
        return comb(of, bad) * rate**bad * (1 - rate) ** (of - bad)

    outcomes = [(bad, before) for bad in range(of + 1) for before in range(of_before + 1)]
    for limit in (Decimal("0.05"), Decimal("0.01")):
        called = [pair for pair in outcomes if trend(pair[0], of, pair[1], of_before).chance <= limit]
        assert sum(likely(bad, of) * likely(before, of_before) for bad, before in called) <= Fraction(limit)


def test_a_past_without_a_bad_event_needs_several_bad_ones():
    assert trend(2, 4, 0, 8).sureness == "not sure"
    assert trend(3, 4, 0, 8).sureness == "fairly sure"
    assert trend(4, 4, 0, 8).sureness == "sure"


def test_many_thousand_events_are_reckoned_all_the_same():
    assert trend(3_000, 5_000, 9_000, 45_000).sureness == "sure"
    assert trend(1_000, 5_000, 9_000, 45_000).sureness == "not sure"


@pytest.mark.parametrize("counts", [(-1, 4, 0, 8), (5, 4, 0, 8), (1, 4, 9, 8)])
def test_counts_that_cannot_be_are_refused(counts):
    with pytest.raises(ValueError, match="no counts"):
        trend(*counts)


@pytest.mark.parametrize(
    ("recent", "past", "said"), [(4, 8, True), (3, 8, False), (4, 7, False)], ids=["enough", "too few lately", "too short a past"]
)
def test_without_a_minimum_of_evidence_nothing_is_said(recent, past, said):
    thresholds = policy(trend_minimum_recent=4, trend_minimum_past=8).thresholds
    assert (rise([True] * recent, [False] * past, thresholds) is not None) is said


def test_what_accident_explains_oftener_than_the_policy_allows_is_no_trend():
    recent, past = [True] * 3 + [False], [False] * 8
    chance = trend(3, 4, 0, 8).chance
    assert Decimal("0.01") < chance < Decimal("0.02")
    assert rise(recent, past, policy(trend_chance_percent=1).thresholds) is None
    assert rise(recent, past, policy(trend_chance_percent=2).thresholds) is not None


def test_what_got_no_worse_is_no_trend_however_patient_the_policy():
    assert rise([True, False] * 4, [True, False] * 8, policy(trend_chance_percent=100).thresholds) is None
