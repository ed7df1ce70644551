"""The worker's look for the ERP's users behind people's mail addresses; who it is, people say themselves."""

import logging
from collections import Counter
from collections.abc import Sequence

from agent.domain.erp_users import ErpUser
from agent.errors import DatabaseUnavailable, ExpediterError
from agent.ports.erp_users import ErpUserBook, ErpUsers
from agent.ports.people import People

logger = logging.getLogger(__name__)


def find_users(people: People, erp: ErpUsers, book: ErpUserBook) -> int:
    """For how many people the answer changed. Raises DatabaseUnavailable; an ERP that is away changes nothing."""
    addressed = [person for person in people.all() if person.email]
    try:
        found = erp.users_by_email([person.email for person in addressed])
    except DatabaseUnavailable:
        raise
    except ExpediterError as away:
        logger.warning("nobody was looked for in Odoo this time: %s", away)
        return 0
    having = Counter(person.email.casefold() for person in addressed)
    changed = 0
    for person in addressed:
        users = found.get(person.email, ())
        why = _why_not(person.email, users, having[person.email.casefold()])
        changed += book.note(person.id, person.email, None if why else users[0], why)
    return changed


def _why_not(email: str, users: Sequence[ErpUser], people: int) -> str:
    if people > 1:
        return f"{people} people here have the address {email}, so nobody can say whose user of Odoo it is."
    if not users:
        return f"No active internal user of Odoo has the address {email}; whoever keeps the users of Odoo can enter it there."
    if len(users) > 1:
        return f"{len(users)} users of Odoo have the address {email}; only one of them may have it."
    return ""
