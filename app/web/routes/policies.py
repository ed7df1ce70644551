"""The policy's versions. Another one comes into force only by an approved proposal."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path

from agent.domain.decisions import Person
from agent.domain.policies import AskedPolicy, StoredPolicy
from agent.errors import DecisionRefused, PolicyInvalid, PreconditionFailed
from agent.guardrails.coverage import coverage_of
from agent.guardrails.permissions import Permission, demand
from agent.guardrails.policy import Policy, read_policy
from app.contract.chat import ReceivedRow
from app.contract.policy_versions import ActivationRequest, PolicyRequest, PolicyVersionRow
from app.web.context import WebContext
from app.web.security import Context, Reader, SignedIn

router = APIRouter(prefix="/v1/policies", tags=["policies"])
Version = Annotated[str, Path(pattern=r"^v[0-9]{1,10}-[0-9a-f]{8}$")]


@router.get("")
def policies(context: Context, _person: Reader) -> list[PolicyVersionRow]:
    """Newest first, without their texts."""
    return [PolicyVersionRow.of(stored) for stored in context.policies.all()]


@router.get("/{version}")
def policy(version: Version, context: Context, _person: Reader) -> PolicyVersionRow:
    return PolicyVersionRow.of(context.policies.stored(version), whole=True)


@router.post("", status_code=202)
def hand_in(wanted: PolicyRequest, context: Context, person: SignedIn) -> ReceivedRow:
    """Keep a text as a new version and ask for a proposal to put it in force. Its answer is read at /v1/chat/{inbound_id}."""
    demand(person, Permission.PROPOSE_POLICY)
    try:
        read = read_policy(wanted.text, "policy")
    except PolicyInvalid as mistake:
        raise PreconditionFailed(str(mistake)) from None
    _refuse_useless(read)
    stored = context.policies.store(read.version, wanted.text, person_id=person.id, reason=wanted.reason)
    return _asked(stored, wanted.reason, context, person)


@router.post("/{version}/activation", status_code=202)
def ask_for(version: Version, wanted: ActivationRequest, context: Context, person: SignedIn) -> ReceivedRow:
    """Ask for a proposal to put a version in force that is kept already. Its answer is read at /v1/chat/{inbound_id}."""
    demand(person, Permission.PROPOSE_POLICY)
    return _asked(context.policies.stored(version), wanted.reason, context, person)


def _refuse_useless(policy: Policy) -> None:
    coverage = coverage_of(policy)
    if coverage.unreachable:
        raise PreconditionFailed(f"The policy was not kept: {coverage.unreachable[0].words()}")
    if not any(rule.action == "activate_policy" for rule in policy.rules):
        raise PreconditionFailed(
            "The policy was not kept: it has no rule for activate_policy, so nobody could ever change it again."
        )


def _asked(stored: StoredPolicy, reason: str, context: WebContext, person: Person) -> ReceivedRow:
    current = context.policies.version_in_force()
    if current is None:
        raise PreconditionFailed("No policy is in force yet; `expediter db migrate` puts the first one in force.")
    if current == stored.version:
        raise DecisionRefused(f"Policy {stored.version} is in force already.")
    text = AskedPolicy(version=stored.version, replaces=current, reason=reason).model_dump_json()
    conversation = f"{person.handle}-{uuid4().hex[:12]}"
    received = context.inbound.receive(kind="policy", person_id=person.id, conversation_id=conversation, text=text)
    return ReceivedRow(inbound_id=received.id, conversation_id=received.conversation_id)
