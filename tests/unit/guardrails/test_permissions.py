import pytest

from agent.domain.decisions import Role
from agent.errors import NotPermitted
from agent.guardrails.permissions import PERMISSIONS, Permission, demand, may
from tests.unit.execution.fakes import person


def test_every_role_has_permissions():
    assert set(PERMISSIONS) == set(Role)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
def test_who_checks_or_hands_out_authority_does_not_use_it(role):
    someone = person(1, "someone", role)
    assert may(someone, Permission.READ_AUDIT)
    assert not may(someone, Permission.PROPOSE)
    assert not may(someone, Permission.DECIDE)


def test_the_warehouse_sees_no_prices():
    assert not may(person(1, "walt", Role.WAREHOUSE_LEAD), Permission.READ_PRICES)


def test_roles_add_up():
    both = person(1, "bea", Role.WAREHOUSE_LEAD, Role.AUDITOR)
    assert may(both, Permission.DECIDE)
    assert may(both, Permission.READ_PRICES)


def test_a_person_without_roles_may_nothing():
    assert not any(may(person(1, "zoe"), permission) for permission in Permission)


def test_a_refusal_names_the_roles_that_may():
    demand(person(1, "ann", Role.AUDITOR), Permission.READ_AUDIT)
    with pytest.raises(NotPermitted, match="walt may not read audit; these roles may: finance, ops_manager, auditor, admin"):
        demand(person(1, "walt", Role.WAREHOUSE_LEAD), Permission.READ_AUDIT)
