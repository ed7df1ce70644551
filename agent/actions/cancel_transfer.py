"""Cancel an internal transfer or a return of which nothing was moved yet."""

from collections.abc import Sequence
from typing import Any

from agent.actions.base import AnyTime, Arguments, Effect, effect_on_state
from agent.actions.finding import find_transfer, segment_behind, subject_of
from agent.actions.goods import TransferNumber, listed, of, stored_goods
from agent.actions.harm import Harm, Shift, Wait
from agent.actions.harmed import harm_told
from agent.actions.touched import touched
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.domain.stock import Move, PickingKind
from agent.domain.transfers import Transfer
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter

STATES = {"draft": "draft", "waiting": "waiting", "confirmed": "waiting", "assigned": "ready"}


class CancelTransfer(Arguments):
    transfer: TransferNumber


class CancelTransferAction(AnyTime):
    """`action_cancel` of a transfer between warehouses, or of a return."""

    name = "cancel_transfer"
    description = "Cancel a transfer between warehouses, or a return, of which nothing was moved yet."
    undo = "the same goods are planned in a new transfer"
    arguments = CancelTransfer
    lost_answer = "state: the transfer is read; it is as before or cancelled"
    repeatable = True
    editable: Sequence[str] = ()

    def prepare(self, arguments: CancelTransfer, reader: ErpReader) -> ProposalContent:
        transfer = find_transfer(arguments.transfer, reader)
        _check(transfer)
        goods = listed([of(line.demand, line.product_name) for line in transfer.lines])
        back, harmed = _again(transfer, reader), _harm(transfer, reader)
        return ProposalContent(
            action=self.name,
            subject=subject_of(transfer.record),
            arguments={"transfer": transfer.name},
            before={"state": transfer.state, "goods": goods, "again": back},
            facts={
                **harmed.facts(),
                "kind": "return" if transfer.returns else "internal",
                "segment": segment_behind(transfer, reader),
            },
            preview=Preview(
                title=f"Cancel {transfer.name}",
                changes=(Change(label="State", before=STATES[transfer.state], after="cancelled"),),
                consequence=f"{goods} stay where they are; what is reserved for {transfer.name} is free again. "
                f"{harmed.sentence()}",
                undo="The same goods are planned in a new transfer." if back else "irreversible",
            ),
            touches=touched(harmed.stock, [transfer.sale_order_id]),
        )  # fmt: skip

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        writer.cancel_transfer(content.subject.record)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        now = next((each for each in reader.transfers([content.subject.name]) if each.id == content.subject.id), None)
        return effect_on_state(now, content, {"cancel"})

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: {content.subject.name} is cancelled."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        again = content.before["again"]
        return (again["action"], again["arguments"]) if again else None


def _check(transfer: Transfer) -> None:
    if not transfer.open:
        raise PreconditionFailed(f"{transfer.name} is {'done' if transfer.state == 'done' else 'cancelled already'}.")
    if transfer.kind is not PickingKind.INTERNAL and transfer.returns is None:
        raise PreconditionFailed(
            f"{transfer.name} is a {transfer.kind} that belongs to an order; cancel the order, or change it in the ERP."
        )


def _harm(transfer: Transfer, reader: ErpReader) -> Harm:
    """With all that was to follow it gone as well; the order that a step of its delivery belongs to waits in any case."""
    moves = reader.open_moves(sorted({line.product_id for line in transfer.lines}))
    gone = _with_what_follows({line.move_id for line in transfer.lines}, moves)
    ended = [move for move in moves if move.id in gone]
    ends = {(line.product_id, end) for line in transfer.lines for end in (transfer.from_warehouse_id, transfer.to_warehouse_id)}
    ends |= {(move.product_id, end) for move in ended for end in (move.from_warehouse_id, move.to_warehouse_id)}
    after = {(product, end): Shift(gone=gone) for product, end in ends if end is not None}
    own = {move.sale_line_id: Wait(move.sale_line_id, move.demand.amount, move.reference) for move in ended if move.sale_line_id}
    return harm_told(reader, after, [] if transfer.returns else list(own.values()))


def _with_what_follows(ids: set[int], moves: Sequence[Move]) -> frozenset[int]:
    """These moves and all that wait for nothing else."""
    found = frozenset(ids)
    while more := {move.id for move in moves if move.waits_for and move.id not in found and found.issuperset(move.waits_for)}:
        found |= more
    return found


def _again(transfer: Transfer, reader: ErpReader) -> dict[str, Any] | None:
    """The action that plans the same goods again, where there is one."""
    if transfer.returns is not None:
        goods = stored_goods([(line.product, line.demand.amount) for line in transfer.lines])
        return {"action": "create_return", "arguments": {"transfer": transfer.returns.name, "goods": goods}}
    codes = {house.id: house.code for house in reader.warehouses()}
    start, end = transfer.from_warehouse_id, transfer.to_warehouse_id
    if start is None or end is None or start == end or not {start, end} <= codes.keys():
        return None
    goods = stored_goods([(line.product, line.demand.amount) for line in transfer.lines])
    planned = {"from_warehouse": codes[start], "to_warehouse": codes[end], "goods": goods}
    return {"action": "create_transfer", "arguments": planned | {"confirmed": transfer.state != "draft"}}
