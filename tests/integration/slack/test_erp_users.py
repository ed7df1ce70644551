"""Who a person is in Odoo: found by their verified address, linked by their own word, and what is theirs by it."""

from dataclasses import replace

import pytest

from agent.domain.erp_users import ErpUser, Said
from agent.domain.findings import Evidence, FindingKind, Severity
from agent.errors import ErpUnavailable, PreconditionFailed
from agent.jobs.erp_users import find_users
from integrations.database.erp_users import PostgresErpUsers
from integrations.database.people import PersonAdmin, PostgresPeople
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.scans import full, known, publish, trouble
from tests.fixtures.slack.deliveries import press_home
from tests.fixtures.slack.running import SlackCompany
from tests.fixtures.slack.screen import Screen, home_of, joined, said

SOFIA = ErpUser(7, "sofia@ours", "Sofia <Lind>")


class Users:
    """An ERP with these users for every address that is asked for."""

    def __init__(self, *users: ErpUser) -> None:
        self.users = users

    def users_by_email(self, addresses: list[str]) -> dict[str, list[ErpUser]]:
        return {address: list(self.users) for address in addresses}


class Away:
    def users_by_email(self, addresses: list[str]) -> dict[str, list[ErpUser]]:
        raise ErpUnavailable("Odoo does not answer.")


@pytest.fixture
def screen(company: SlackCompany) -> Screen:
    return Screen(company, company.space.channel())


def look(database: TestDatabase, erp: Users | Away) -> int:
    pool = database.pool("worker")
    return find_users(PostgresPeople(pool), erp, PostgresErpUsers(pool))


def theirs(database: TestDatabase, name: str) -> None:
    """A stalled transfer that Odoo has this user down for."""
    found = trouble(1, FindingKind.PICKING_STALLED, Severity.MEDIUM, "WH/OUT/1 stands still.")
    publish(database, full(replace(found, evidence=(*found.evidence, Evidence(found.subject, "user_id", name)))))


def click(screen: Screen, account: str, action: str) -> None:
    screen.company.send(press_home(screen.company.slack, account, action))
    screen.company.worked_off()


def test_nothing_is_linked_until_they_say_so_then_what_odoo_has_them_down_for_is_theirs(
    screen: Screen, database: TestDatabase
) -> None:
    sofia, account = joined(screen)
    theirs(database, SOFIA.name)
    assert "nobody has looked for you there yet" in said(home_of(screen, account)["blocks"])
    look(database, Users(SOFIA))
    asked = said(home_of(screen, account)["blocks"])
    assert "This is you in Odoo" in asked
    assert "sofia@ours" in asked
    assert known(database, owner=sofia.handle) == ()
    click(screen, account, "erp_confirm")
    shown = said(home_of(screen, account)["blocks"])
    assert "1 open, yours or critical" in shown
    assert "WH/OUT/1 stands still." in shown
    assert [one.body["summary"] for one in known(database, owner=sofia.handle)] == ["WH/OUT/1 stands still."]
    (member,) = [one for one in PersonAdmin(database.pool("admin")).list() if one.person.id == sofia.id]
    assert member.erp_user == "Sofia <Lind> (sofia@ours)"
    click(screen, account, "erp_unlink")
    assert "not linked" in said(home_of(screen, account)["blocks"])
    assert known(database, owner=sofia.handle) == ()
    kinds = database.one("admin", "SELECT array_agg(kind ORDER BY id) FROM audit_entry WHERE kind LIKE 'erp_user.%'")
    assert kinds == ["erp_user.confirmed", "erp_user.unlinked"]


def test_whoever_says_that_is_not_me_is_not_linked_and_may_think_again(screen: Screen, database: TestDatabase) -> None:
    sofia, account = joined(screen)
    look(database, Users(SOFIA))
    home_of(screen, account)
    click(screen, account, "erp_refuse")
    assert "you said that is not you" in said(home_of(screen, account)["blocks"])
    found = PostgresErpUsers(database.pool("serve")).of(sofia.id)
    assert found is not None
    assert (found.linked, found.said) == (None, Said.REFUSED)
    click(screen, account, "erp_confirm")
    found = PostgresErpUsers(database.pool("serve")).of(sofia.id)
    assert found is not None
    assert found.linked == SOFIA


@pytest.mark.parametrize(
    ("users", "sentence"),
    [
        ((), "No active internal user of Odoo has the address"),
        ((SOFIA, ErpUser(8, "b", "B")), "2 users of Odoo have the address"),
    ],
)
def test_without_exactly_one_user_home_says_why(
    screen: Screen, database: TestDatabase, users: tuple[ErpUser, ...], sentence: str
) -> None:
    _, account = joined(screen)
    look(database, Users(*users))
    assert sentence in said(home_of(screen, account)["blocks"])


def test_what_is_as_it_was_is_kept_once_and_a_user_who_changed_is_asked_about_anew(
    screen: Screen, database: TestDatabase
) -> None:
    sofia, _ = joined(screen)
    book = PostgresErpUsers(database.pool("serve"))
    assert look(database, Users(SOFIA)) >= 1
    assert look(database, Users(SOFIA)) == 0
    found = book.of(sofia.id)
    assert found is not None
    book.say(found.id, sofia.id, Said.CONFIRMED)
    assert look(database, Away()) == 0
    found = book.of(sofia.id)
    assert found is not None
    assert found.linked == SOFIA
    look(database, Users(ErpUser(9, "other@ours", "Somebody Else")))
    later = book.of(sofia.id)
    assert later is not None
    assert later.linked is None
    with pytest.raises(PreconditionFailed, match="has changed since you saw it"):
        book.say(found.id, sofia.id, Said.CONFIRMED)


def test_an_address_that_no_linked_account_verifies_links_nobody(database: TestDatabase) -> None:
    person = database.person("maria")
    look(database, Users(SOFIA))
    book = PostgresErpUsers(database.pool("serve"))
    found = book.of(person.id)
    assert found is not None
    with pytest.raises(PreconditionFailed, match="not verified"):
        book.say(found.id, person.id, Said.CONFIRMED)


def test_what_odoo_has_somebody_else_down_for_is_not_theirs(screen: Screen, database: TestDatabase) -> None:
    sofia, _ = joined(screen)
    look(database, Users(SOFIA))
    book = PostgresErpUsers(database.pool("serve"))
    found = book.of(sofia.id)
    assert found is not None
    book.say(found.id, sofia.id, Said.CONFIRMED)
    theirs(database, "Nadia Haddad")
    assert known(database, owner=sofia.handle) == ()
