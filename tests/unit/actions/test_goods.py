"""Goods as people type them."""

from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from agent.actions.finding import check_once_each
from agent.actions.goods import Goods, Prices, as_typed
from agent.actions.wording import number
from agent.errors import PreconditionFailed

GOODS, PRICES = TypeAdapter(Goods), TypeAdapter(Prices)


def test_goods_are_typed_with_a_colon_and_a_semicolon():
    typed = GOODS.validate_python("HAR-4: 14; Made to order: blue: 0.5;")
    assert [(line.product, line.quantity) for line in typed] == [("HAR-4", 14), ("Made to order: blue", Decimal("0.5"))]


def test_goods_as_a_program_names_them_are_the_same():
    assert GOODS.validate_python([{"product": "HAR-4", "quantity": 14}]) == GOODS.validate_python("HAR-4: 14")
    assert PRICES.validate_python("HAR-4: 52.50")[0].price == Decimal("52.50")
    assert PRICES.validate_python("") == ()


@pytest.mark.parametrize(
    "typed", ["", "HAR-4", "HAR-4: ", "HAR-4: 0", "HAR-4: -1", "HAR-4: x", "HAR-4: 1e99", "HAR-4: NaN", ": 3"]
)
def test_goods_without_a_product_or_a_quantity_are_refused(typed):
    with pytest.raises(ValidationError):
        GOODS.validate_python(typed)


def test_a_product_is_named_once():
    with pytest.raises(ValidationError, match="add its quantities up"):
        GOODS.validate_python("HAR-4: 1; har-4: 2")


@pytest.mark.parametrize(
    ("amount", "told"), [("14.000", "14"), ("0.000", "0"), ("1E+3", "1000"), ("0.50", "0.5"), ("-3.0", "-3")]
)
def test_the_same_number_is_stored_with_the_same_letters(amount, told):
    assert number(Decimal(amount)) == told


def test_arguments_are_told_as_they_are_typed():
    told = as_typed(
        {
            "to": "WH",
            "goods": [{"product": "HAR-4", "quantity": "14"}, {"product": "GLV", "quantity": "3"}],
            "now": True,
            "x": None,
        }
    )
    assert told == ["to=WH", "'goods=HAR-4: 14; GLV: 3'", "now=true"]


@pytest.mark.parametrize(("ids", "named_twice"), [([3, 4], False), ([3, 3], True), ([4, 3, 5, 3], True), ([], False)])
def test_a_code_and_a_name_of_one_product_are_one_product(ids, named_twice):
    if named_twice:
        with pytest.raises(PreconditionFailed, match="add its quantities up"):
            check_once_each(ids)
    else:
        check_once_each(ids)
