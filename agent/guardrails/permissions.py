"""Who may do what at all; whose approval a proposal needs is the policy's matter."""

from collections.abc import Mapping
from enum import StrEnum

from agent.domain.decisions import Person, Role
from agent.errors import NotPermitted


class Permission(StrEnum):
    ASK = "ask"
    """Ask in chat."""
    READ = "read"
    """See orders at risk, stock, purchases and proposals."""
    READ_PRICES = "read_prices"
    """See order values, prices and credit."""
    PROPOSE = "propose"
    """Have a change proposed, undo included."""
    DECIDE = "decide"
    """Approve or reject where the policy names one's role."""
    HOLD_EXECUTIONS = "hold_executions"
    """Stop executions, or limit how many begin in an hour."""
    LET_EXECUTIONS_GO_ON = "let_executions_go_on"
    REPLAY_JOBS = "replay_jobs"
    """Have a job run again that was given up."""
    HANDLE_FINDINGS = "handle_findings"
    """Acknowledge, snooze, assign, comment and mark findings."""
    HANDLE_MAILS = "handle_mails"
    """Correct, link, take and finish mails of the shared inbox."""
    PROPOSE_POLICY = "propose_policy"
    """Hand in another policy, for others to decide on."""
    READ_AUDIT = "read_audit"
    ADMINISTER = "administer"
    """Add persons and issue tokens."""


_READS = frozenset({Permission.ASK, Permission.READ})
_HANDLES = frozenset({Permission.HANDLE_FINDINGS, Permission.HANDLE_MAILS})
_FLOOR = _READS | _HANDLES | {Permission.PROPOSE, Permission.DECIDE, Permission.HOLD_EXECUTIONS}
_OFFICE = _FLOOR | {Permission.READ_PRICES}
_MANAGES = _OFFICE | {Permission.PROPOSE_POLICY}
_RUNS = frozenset({Permission.LET_EXECUTIONS_GO_ON, Permission.REPLAY_JOBS})

#: The auditor and the admin neither propose nor decide: whoever checks or hands out authority does not use it.
PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.OPS_AGENT: _OFFICE,
    Role.WAREHOUSE_LEAD: _FLOOR,
    Role.BUYER: _OFFICE,
    Role.PURCHASING_MANAGER: _MANAGES,
    Role.SALES_MANAGER: _MANAGES,
    Role.FINANCE: _MANAGES | {Permission.READ_AUDIT},
    Role.OPS_MANAGER: _MANAGES | {Permission.READ_AUDIT} | _RUNS,
    Role.AUDITOR: _READS | {Permission.READ_PRICES, Permission.READ_AUDIT},
    Role.ADMIN: _READS | {Permission.READ_AUDIT, Permission.ADMINISTER, Permission.HOLD_EXECUTIONS} | _RUNS,
}

DECIDING_ROLES = frozenset(role for role, granted in PERMISSIONS.items() if Permission.DECIDE in granted)


def may(person: Person, permission: Permission) -> bool:
    """Whether any of the person's roles carries the permission."""
    return any(permission in PERMISSIONS[role] for role in person.roles)


def demand(person: Person, permission: Permission) -> None:
    """Raises NotPermitted naming the roles that may."""
    if not may(person, permission):
        roles = ", ".join(role for role, granted in PERMISSIONS.items() if permission in granted)
        raise NotPermitted(f"{person.handle} may not {permission.replace('_', ' ')}; these roles may: {roles}.")
