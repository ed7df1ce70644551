"""Who is asking: one bearer token per person."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from agent.domain.decisions import Person
from agent.errors import ExpediterError
from agent.guardrails.permissions import Permission, demand
from app.web.context import WebContext, context_of

Context = Annotated[WebContext, Depends(context_of)]
_bearer = HTTPBearer(auto_error=False, description="The person's own token; `expediter person token` issues one.")


class NotSignedIn(ExpediterError):
    """No token came with the request, or not a valid one."""


def signed_in(context: Context, presented: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Person:
    """The person whose token this is. Raises NotSignedIn."""
    if presented is None:
        raise NotSignedIn(
            "Say who you are: set EXPEDITER_TOKEN to your token (over the API: `Authorization: Bearer …`); "
            "`expediter person token NAME` issues one."
        )
    person = context.people.by_token(presented.credentials)
    if person is None:
        raise NotSignedIn("This token is unknown, expired or revoked; ask an admin for a new one (`expediter person token`).")
    return person


SignedIn = Annotated[Person, Depends(signed_in)]


def with_permission(permission: Permission) -> Callable[[Person], Person]:
    def demanded(person: SignedIn) -> Person:
        demand(person, permission)
        return person

    return demanded


Reader = Annotated[Person, Depends(with_permission(Permission.READ))]
Auditor = Annotated[Person, Depends(with_permission(Permission.READ_AUDIT))]
