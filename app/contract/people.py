"""Persons."""

from agent.domain.decisions import Person, Role
from app.contract.model import Contract


class PersonRow(Contract):
    handle: str
    name: str
    email: str
    roles: tuple[Role, ...]

    @classmethod
    def of(cls, person: Person) -> "PersonRow":
        return cls(handle=person.handle, name=person.name, email=person.email, roles=tuple(sorted(person.roles)))


class MemberRow(PersonRow):
    odoo: str | None = None
    """Who they are in Odoo, once they confirmed it: name and login."""
