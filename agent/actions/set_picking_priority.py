"""Star a transfer, so that it is served before all others."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from agent.actions.base import AnyTime, Arguments, Effect
from agent.actions.finding import find_transfer, segment_behind, subject_of
from agent.actions.goods import TransferNumber
from agent.actions.harm import NO_HARM, Harm, Shift
from agent.actions.harmed import harm_told
from agent.actions.touched import touched
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.domain.transfers import Transfer
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter

WORDS = {True: "urgent", False: "normal"}


class SetPickingPriority(Arguments):
    transfer: TransferNumber
    urgent: bool = Field(description="true: before all others; false: like all others")


class SetPickingPriorityAction(AnyTime):
    """`priority` of a transfer that is not finished."""

    name = "set_picking_priority"
    description = "Mark a delivery or another transfer as urgent, or as normal again."
    undo = "its priority is what it was"
    arguments = SetPickingPriority
    lost_answer = "absolute value: the transfer's priority is read"
    repeatable = True
    editable: Sequence[str] = ()

    def prepare(self, arguments: SetPickingPriority, reader: ErpReader) -> ProposalContent:
        transfer = find_transfer(arguments.transfer, reader)
        wanted = WORDS[arguments.urgent]
        if not transfer.open:
            raise PreconditionFailed(
                f"{transfer.name} is {'done' if transfer.state == 'done' else 'cancelled'}; its priority no longer matters."
            )
        if transfer.urgent == arguments.urgent:
            raise PreconditionFailed(f"{transfer.name} is {wanted} already.")
        harmed = _harm(transfer, arguments.urgent, reader)
        whose = f" of {transfer.partner_name}" if transfer.partner_name else ""
        served = "before all others" if arguments.urgent else "in its turn, like all others"
        return ProposalContent(
            action=self.name,
            subject=subject_of(transfer.record),
            arguments={"transfer": transfer.name, "urgent": arguments.urgent},
            before={"urgent": transfer.urgent, "state": transfer.state, "partner": transfer.partner_name},
            facts={**harmed.facts(), "priority": wanted, "segment": segment_behind(transfer, reader)},
            preview=Preview(
                title=f"Make {transfer.name} {wanted}",
                changes=(Change(label="Priority", before=WORDS[transfer.urgent], after=wanted),),
                consequence=f"{transfer.name}{whose} is served {served}; what is reserved stays as it is. {harmed.sentence()}",
                undo=f"{transfer.name} is {WORDS[transfer.urgent]} again.",
            ),
            touches=touched(harmed.stock, [transfer.sale_order_id]),
        )

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        writer.set_urgent(content.subject.record, content.arguments["urgent"])

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        now = next((each for each in reader.transfers([content.subject.name]) if each.id == content.subject.id), None)
        if now is None:
            return Effect.OTHER
        return Effect.DONE if now.urgent == content.arguments["urgent"] else Effect.BEFORE

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: {content.subject.name} is {WORDS[content.arguments['urgent']]}."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return self.name, {"transfer": content.subject.name, "urgent": content.before["urgent"]}


def _harm(transfer: Transfer, urgent: bool, reader: ErpReader) -> Harm:
    """Of those served after it now; of its own customer, when it goes back into the queue."""
    house = transfer.from_warehouse_id
    if house is None:
        return NO_HARM
    served = Shift(urgent={line.move_id: urgent for line in transfer.lines})
    return harm_told(reader, {(line.product_id, house): served for line in transfer.lines})
