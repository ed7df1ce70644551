"""How a product is counted."""

import pytest

from integrations.odoo.lookups import Unit, stocked

PLAIN = {"id": 1, "name": "Set", "default_code": False, "type": "consu", "is_storable": True, "product_tmpl_id": 7}


@pytest.mark.parametrize(
    ("given", "goods", "counted"),
    [
        ({}, True, True),
        ({"is_kits": False}, True, True),
        ({"is_kits": True}, True, False),
        ({"is_storable": False}, True, False),
        ({"type": "service", "is_storable": False}, False, False),
    ],
)
def test_a_kit_is_shipped_and_not_counted(given, goods, counted):
    found = stocked({**PLAIN, **given}, Unit("Units", 1.0), frozenset({"service", "combo"}))
    assert (found.goods, found.product.storable) == (goods, counted)
    assert found.product.kit is given.get("is_kits", False)
