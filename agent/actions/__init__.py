"""What may be proposed. An action that is not listed here does not exist."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from agent.actions.activate_policy import ActivatePolicyAction
from agent.actions.adjust_stock import AdjustStockAction
from agent.actions.base import Action, Arguments, Effect
from agent.actions.cancel_order import CancelOrderAction
from agent.actions.cancel_purchase import CancelPurchaseAction
from agent.actions.cancel_transfer import CancelTransferAction
from agent.actions.change_carrier import ChangeCarrierAction
from agent.actions.change_quantity import ChangeQuantityAction
from agent.actions.change_vendor import ChangeVendorAction
from agent.actions.confirm_purchase import ConfirmPurchaseAction
from agent.actions.confirm_vendor_date import ConfirmVendorDateAction
from agent.actions.create_credit_note import CancelCreditNoteAction, CreateCreditNoteAction
from agent.actions.create_return import CreateReturnAction
from agent.actions.create_rfq import CreateRfqAction
from agent.actions.create_transfer import CreateTransferAction
from agent.actions.file_mail import FILING
from agent.actions.hold_order import HoldOrderAction, ReleaseOrderAction
from agent.actions.move_promise_date import MovePromiseDateAction
from agent.actions.open_case import CloseCaseAction, OpenCaseAction
from agent.actions.post_note import PostNoteAction, StrikeNoteAction
from agent.actions.price_exception import PriceExceptionAction
from agent.actions.reassign_reservation import ReassignReservationAction
from agent.actions.reply_to_mail import ReplyToMailAction
from agent.actions.reserve_stock import ReleaseReservationAction, ReserveStockAction
from agent.actions.schedule_activity import ScheduleActivityAction, WithdrawActivityAction
from agent.actions.send_customer_update import SendCustomerUpdateAction
from agent.actions.send_message import SendVendorMessageAction
from agent.actions.set_picking_priority import SetPickingPriorityAction
from agent.actions.tag_order import TagOrderAction, UntagOrderAction
from agent.actions.write_off import WriteOffAction
from agent.domain.decisions import Proposal, ProposalContent, ProposalState
from agent.errors import PolicyRejected, PreconditionFailed
from agent.ports.erp_reader import ErpReader

__all__ = [
    "ACTIONS",
    "BARE_OWN",
    "Action",
    "Effect",
    "OwnActions",
    "action_named",
    "checked",
    "editable",
    "editable_action",
    "inverse",
    "marker_of",
    "prepare",
]

ACTIONS: Mapping[str, Action[Any]] = {
    action.name: action
    for action in (
        MovePromiseDateAction(),
        PostNoteAction(),
        StrikeNoteAction(),
        ScheduleActivityAction(),
        WithdrawActivityAction(),
        TagOrderAction(),
        UntagOrderAction(),
        HoldOrderAction(),
        ReleaseOrderAction(),
        ChangeQuantityAction(),
        CancelOrderAction(),
        ChangeCarrierAction(),
        PriceExceptionAction(),
        CreateCreditNoteAction(),
        CancelCreditNoteAction(),
        OpenCaseAction(),
        CloseCaseAction(),
        SendCustomerUpdateAction(),
        SendVendorMessageAction(),
        ReassignReservationAction(),
        ReserveStockAction(),
        ReleaseReservationAction(),
        SetPickingPriorityAction(),
        CreateTransferAction(),
        CancelTransferAction(),
        CreateReturnAction(),
        AdjustStockAction(),
        WriteOffAction(),
        ConfirmVendorDateAction(),
        CreateRfqAction(),
        ConfirmPurchaseAction(),
        CancelPurchaseAction(),
        ChangeVendorAction(),
    )
}


#: Actions on what is not the ERP; a process that has what they work on passes them in.
OwnActions = Mapping[str, Action[Any]]
NO_OWN: OwnActions = MappingProxyType({})
#: All of them without what they work on, for whoever shows them or checks their arguments; none of these prepares or applies.
BARE_OWN: OwnActions = MappingProxyType(
    {**FILING, ReplyToMailAction.name: ReplyToMailAction(), ActivatePolicyAction.name: ActivatePolicyAction()}
)


def action_named(name: str, own: OwnActions = NO_OWN) -> Action[Any]:
    """Raises PolicyRejected: what is not an action is not permitted."""
    if name in own:
        return own[name]
    if name not in ACTIONS:
        raise PolicyRejected(f"There is no action {name}; these can be proposed: {', '.join(ACTIONS)}.")
    return ACTIONS[name]


def checked(name: str, arguments: Mapping[str, Any], own: OwnActions = NO_OWN) -> Arguments:
    """The arguments, typed. Raises PolicyRejected (no such action) and PreconditionFailed (they do not fit)."""
    wanted: type[Arguments] = action_named(name, own).arguments
    try:
        return wanted.model_validate(dict(arguments))
    except ValidationError as invalid:
        raise PreconditionFailed(_sentence(name, invalid)) from None


def prepare(
    name: str, arguments: Mapping[str, Any], reader: ErpReader, *, now: datetime | None = None, own: OwnActions = NO_OWN
) -> ProposalContent:
    """The exact change that `arguments` ask for, on the ERP as it is.

    With `now` (a new request, not an undo and not the executor) it must also make sense at this time.
    Raises PolicyRejected (no such action), PreconditionFailed (wrong arguments too), RecordMissing, and what the reader raises.
    """
    action = action_named(name, own)
    content = action.prepare(checked(name, arguments, own), reader)
    if now is not None:
        action.check_time(content, now)
    return content


def editable(proposal: Proposal) -> Sequence[str]:
    """Those of its arguments that an approver may change; none where there is no such action any more."""
    action = BARE_OWN.get(proposal.content.action) or ACTIONS.get(proposal.content.action)
    return action.editable if action else ()


def editable_action(proposal: Proposal, changes: Iterable[str]) -> Action[Any]:
    """The proposal's action, if an approver may change these of its arguments; of our own without what it works on.

    Raises PreconditionFailed.
    """
    action = action_named(proposal.content.action, BARE_OWN)
    if wrong := [name for name in changes if name not in action.editable]:
        may = f"only {' and '.join(action.editable)}" if action.editable else "nothing; reject it and have it proposed anew"
        raise PreconditionFailed(f"Of {proposal.label} ({action.name}) an approver may change {may}, not {', '.join(wrong)}.")
    return action


def marker_of(proposal: Proposal) -> str:
    """What a created record carries so that it can be found again; one for each proposal, and safe in HTML and in LIKE."""
    return f"expediter-p{proposal.id}-{proposal.sha256[:12]}"


def inverse(proposal: Proposal, own: OwnActions = NO_OWN) -> tuple[str, dict[str, Any]] | None:
    """Name and arguments of what takes a carried-out proposal back; None when it is irreversible.

    Raises PreconditionFailed when it was not carried out.
    """
    if proposal.state is not ProposalState.DONE:
        raise PreconditionFailed(f"{proposal.label} is {proposal.state.replace('_', ' ')}, so there is nothing to undo.")
    return action_named(proposal.content.action, own).inverse(proposal.content, marker_of(proposal))


def _sentence(name: str, invalid: ValidationError) -> str:
    error = invalid.errors()[0]
    # Behind the argument: which of several it is, and what of it. A choice of types would add the type it tried.
    listed = any(isinstance(part, int) for part in error["loc"])
    field = ".".join(map(str, error["loc"] if listed else error["loc"][:1])) or "arguments"
    if error["type"] == "missing":
        return f"{name} needs its {field}; `expediter actions {name}` shows its arguments."
    return f"{name} cannot use its {field}: {error['msg'][:1].lower()}{error['msg'][1:]}."
