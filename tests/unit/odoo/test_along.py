"""Records that come along with those that point to them."""

from integrations.odoo.along import Link, specification, unfold

OWNER = Link("res.partner", ["name", "lang"])
PARTNER = Link("res.partner", ["name", "commercial_partner_id"], {"commercial_partner_id": OWNER})


def test_a_link_is_asked_for_with_its_own_fields_and_the_rest_as_ids():
    assert specification(["name", "partner_id", "order_line"], {"partner_id": PARTNER}) == {
        "name": {},
        "partner_id": {"fields": {"name": {}, "commercial_partner_id": {"fields": {"name": {}, "lang": {}}}}},
        "order_line": {},
    }


def test_what_came_along_leaves_ids_in_its_place_and_is_found_by_model_and_id():
    owner = {"id": 7, "name": "Kestrel", "lang": "en_US"}
    contact = {"id": 9, "name": "Ann", "commercial_partner_id": dict(owner)}
    rows = [{"id": 1, "partner_id": contact}, {"id": 2, "partner_id": {**owner, "commercial_partner_id": dict(owner)}}]
    found = {}
    unfold(rows, {"partner_id": PARTNER}, found)
    assert rows == [{"id": 1, "partner_id": 9}, {"id": 2, "partner_id": 7}]
    assert found["res.partner"][9] == {"id": 9, "name": "Ann", "commercial_partner_id": 7}
    assert found["res.partner"][7]["commercial_partner_id"] == 7


def test_a_link_that_points_nowhere_brings_nothing():
    rows, found = [{"id": 1, "partner_id": False}], {}
    unfold(rows, {"partner_id": PARTNER}, found)
    assert rows == [{"id": 1, "partner_id": False}]
    assert found == {}
