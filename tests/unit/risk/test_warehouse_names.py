"""A warehouse is found by what people call it, and never guessed."""

import pytest

from agent.domain.stock import Warehouse
from agent.domain.warehouse_names import warehouses_called
from agent.errors import RecordMissing

LYON, HARBOUR, CITY = Warehouse(1, "Lyon", "LYN"), Warehouse(2, "Rotterdam Harbour", "RTM"), Warehouse(3, "Rotterdam City", "RTC")
ALL = (LYON, HARBOUR, CITY)


@pytest.mark.parametrize(
    ("typed", "found"), [("lyn", {1}), ("LYON", {1}), ("harb", {2}), (" rtm ", {2}), ("rotterdam city", {3}), ("yo", {1})]
)
def test_code_name_or_a_part_that_only_one_has_in_any_case(typed, found):
    assert warehouses_called(typed, ALL) == found


def test_a_part_of_several_names_is_not_guessed():
    with pytest.raises(RecordMissing, match=r"may be any of Rotterdam City \(RTC\) and Rotterdam Harbour \(RTM\)"):
        warehouses_called("rotterdam", ALL)


def test_a_whole_name_is_meant_though_another_has_it_as_a_part():
    assert warehouses_called("lyon", (*ALL, Warehouse(4, "Lyon South", "LYS"))) == {1}


def test_the_same_name_in_two_companies_means_both():
    assert warehouses_called("lyo", (*ALL, Warehouse(5, "Lyon", "LY2", company_id=2))) == {1, 5}


@pytest.mark.parametrize("typed", ["nowhere", "", "tm"])
def test_what_none_is_called_is_refused_with_those_that_are(typed):
    with pytest.raises(RecordMissing, match=r"there are Lyon \(LYN\), Rotterdam City \(RTC\) and Rotterdam Harbour \(RTM\)"):
        warehouses_called(typed, ALL)
