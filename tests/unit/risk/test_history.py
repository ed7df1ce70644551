"""The past is read as far back as the policy looks, what may not be seen is said, and it is read once a day."""

from datetime import datetime, timedelta

import pytest

from agent.domain.findings import FindingKind
from agent.errors import ErpIncomplete, ErpRefused, ErpUnavailable
from agent.guardrails.policy import ThresholdBook, Thresholds
from agent.guardrails.thresholds import ThresholdException, Where
from agent.risk.detectors import HISTORY_DETECTORS
from agent.risk.history import HistoryOfTheDay, take_history
from tests.unit.risk.builders import NOW

PARTS = ("receipts", "finished_pickings", "adjustments", "scraps", "quality_failures", "uninvoiced", "invoiced_lines")


class Past:
    """An ERP in which nothing happened, or that says no to some questions."""

    def __init__(self, **refusals: Exception) -> None:
        self.asked: dict[str, list[datetime | None]] = {part: [] for part in PARTS}
        self.refusals = refusals

    def __getattr__(self, part):
        def ask(since=None):
            self.asked[part].append(since)
            if part in self.refusals:
                raise self.refusals[part]
            return [part]

        return ask


@pytest.mark.parametrize(
    ("usual", "elsewhere", "days"),
    [
        ({}, {}, 180),
        ({"trend_history_days": 40, "trend_window_days": 30}, {}, 56),
        ({"trend_history_days": 40, "zone_history_weeks": 1}, {}, 40),
        ({}, {"damage_window_days": 365}, 365),
        ({"zone_history_weeks": 52}, {}, 364),
    ],
)
def test_it_is_read_as_far_back_as_any_rule_looks_anywhere(usual, elsewhere, days):
    exceptions = (ThresholdException(where=Where(warehouse="NO"), thresholds=Thresholds(**elsewhere)),) if elsewhere else ()
    past = Past()
    history = take_history(past, NOW, ThresholdBook(Thresholds(**usual), exceptions))
    assert history.since == NOW - timedelta(days=days)
    assert past.asked == {part: [None if part == "uninvoiced" else history.since] for part in PARTS}
    assert (history.as_of, history.not_seen) == (NOW, ())


def test_what_may_not_be_seen_is_said_and_the_rest_is_told():
    past = Past(invoiced_lines=ErpRefused("The login may not see invoices."), scraps=ErpIncomplete("Inventory is not installed."))
    history = take_history(past, NOW, ThresholdBook(Thresholds()))
    assert history.not_seen == (
        "Write-offs were not looked at. Inventory is not installed.",
        "Bills and invoices were not compared with their orders. The login may not see invoices.",
    )
    assert (history.scraps, history.invoiced) == ((), ())
    assert history.unjudged == {FindingKind.DAMAGE_CLUSTER, FindingKind.INVOICE_MISMATCH}
    assert history.receipts == ("receipts",)
    assert history.uninvoiced == ("uninvoiced",)


def test_every_rule_that_needs_the_past_rests_on_some_part_of_it():
    blind = Past(**{part: ErpRefused("The login may not see it.") for part in PARTS})
    assert take_history(blind, NOW, ThresholdBook(Thresholds())).unjudged == {rule.__name__ for rule in HISTORY_DETECTORS}


def test_an_erp_that_is_away_is_no_gap():
    with pytest.raises(ErpUnavailable):
        take_history(Past(receipts=ErpUnavailable("away")), NOW, ThresholdBook(Thresholds()))


def test_it_is_read_again_after_a_day():
    past = Past()
    days = HistoryOfTheDay(past, ThresholdBook(Thresholds()))
    first = days.at(NOW)
    assert days.at(NOW + timedelta(hours=23, minutes=59)) is first
    assert len(past.asked["receipts"]) == 1
    assert days.at(NOW + timedelta(days=1)).as_of == NOW + timedelta(days=1)
    assert len(past.asked["receipts"]) == 2
