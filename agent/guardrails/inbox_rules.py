"""The shared inbox, as a policy says it: how soon somebody answers a mail, and who."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StrictStr, model_validator
from pydantic_core import PydanticCustomError

from agent.domain.decisions import Role
from agent.domain.mail import MailClass, Priority
from agent.domain.working_hours import WorkingHours
from agent.guardrails.durations import as_duration, duration
from agent.guardrails.permissions import PERMISSIONS, Permission
from agent.guardrails.policy_file import mistake

NEXT_DAY = "next_day"


def _target(value: Any) -> timedelta | str:
    try:
        return NEXT_DAY if value == NEXT_DAY else as_duration(value)
    except PydanticCustomError:
        raise mistake(f"`{value}` is not a duration; write {NEXT_DAY}, or one like 30m or 4h") from None


Target = Annotated[timedelta | Literal["next_day"], BeforeValidator(_target)]
C, R, P = MailClass, Role, Priority
TARGETS: Mapping[Priority, timedelta | str] = {
    P.P1: timedelta(minutes=30), P.P2: timedelta(hours=2), P.P3: timedelta(hours=8), P.P4: NEXT_DAY,
}  # fmt: skip
ROUTES: Mapping[MailClass, Role] = {
    C.DELAY_NOTICE: R.BUYER, C.PO_CONFIRMATION: R.BUYER, C.DISPATCH_ADVICE: R.WAREHOUSE_LEAD,
    C.DELIVERY_APPOINTMENT: R.WAREHOUSE_LEAD, C.DELIVERY_EXCEPTION: R.OPS_AGENT, C.PROOF_OF_DELIVERY: R.FINANCE,
    C.DAMAGE_SHORTAGE_CLAIM: R.OPS_AGENT, C.CUSTOMS_DOCUMENTS: R.OPS_AGENT, C.ORDER_STATUS_INQUIRY: R.OPS_AGENT,
    C.ORDER_CHANGE: R.SALES_MANAGER, C.RETURN_REQUEST: R.OPS_AGENT, C.INVOICE_DISPUTE: R.FINANCE,
    C.QUOTE_OR_ORDER: R.SALES_MANAGER, C.AUTOMATED_NOISE: R.OPS_AGENT, C.OTHER: R.OPS_AGENT,
}  # fmt: skip


class InboxSection(BaseModel):
    """What is left out stays as usual."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hours: StrictStr | None = None
    """A name of the section `hours`; without it the clock never stands still."""
    first_response: dict[Priority, Target] = {}
    """P5 waits for nobody."""
    routes: dict[MailClass, Role] = {}

    @model_validator(mode="after")
    def _makes_sense(self) -> "InboxSection":
        if Priority.P5 in self.first_response:
            raise mistake("P5 is noise, which nobody answers", "first_response", "P5")
        for kind, role in self.routes.items():
            if Permission.HANDLE_MAILS not in PERMISSIONS[role]:
                raise mistake(f"the role {role} handles no mails", "routes", kind.value)
        return self

    def rules(self, hours: Mapping[str, WorkingHours]) -> "InboxRules":
        counted = hours.get(self.hours) if self.hours else None
        return InboxRules(counted, {**TARGETS, **self.first_response}, {**ROUTES, **self.routes})


@dataclass(frozen=True, slots=True)
class InboxRules:
    hours: WorkingHours | None = None
    """None: around the clock."""
    first_response: Mapping[Priority, timedelta | str] = field(default_factory=lambda: TARGETS)
    routes: Mapping[MailClass, Role] = field(default_factory=lambda: ROUTES)

    def due(self, priority: Priority, came: datetime) -> datetime | None:
        """Until when (UTC) a mail that came then should be answered; None for noise. `next_day` is a working day later."""
        target = self.first_response.get(priority)
        if target is None:
            return None
        if not isinstance(target, timedelta):
            target = self.hours.day if self.hours else timedelta(days=1)
        return self.hours.after(came, target) if self.hours else came + target

    def routed_to(self, roles: frozenset[Role] | tuple[Role, ...]) -> tuple[MailClass, ...]:
        """The classes of mails that somebody with these roles takes care of."""
        return tuple(kind for kind in MailClass if self.routes[kind] in roles)

    def words(self) -> Mapping[str, str]:
        """Each setting by its name, as the policy would write it."""
        targets = {str(one): said if isinstance(said, str) else duration(said) for one, said in self.first_response.items()}
        return {
            **{f"first response to {name}": said for name, said in sorted(targets.items())},
            **{f"route of {kind}": str(self.routes[kind]) for kind in MailClass},
        }
