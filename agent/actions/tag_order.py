"""Put a tag on an order, and take it off."""

from typing import Any

from pydantic import Field

from agent.actions.base import AnyTime, Effect
from agent.actions.on_order import OneOrder, on_order
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.domain.records import Record
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter


class OrderTag(OneOrder):
    tag: str = Field(min_length=1, max_length=64, description="Name of a tag that the ERP has already")


class _Tagging(AnyTime):
    """The tag is written by name: whether it is there afterwards is read."""

    name: str
    wears: bool
    """Whether the order wears it afterwards."""
    arguments = OrderTag
    lost_answer = "absolute value: the order's tags are read, and the tag is among them or not"
    repeatable = True
    editable = ("tag",)

    def prepare(self, arguments: OrderTag, reader: ErpReader) -> ProposalContent:
        on, tag = on_order(arguments.order, reader), _tag(arguments.tag, reader)
        name, worn = on.order.name, reader.order_tags(on.order.id)
        # a login that may not see tags leaves the question to the executor's
        if worn is not None and (tag.name in worn) == self.wears:
            raise PreconditionFailed(f"{name} {'has' if self.wears else 'does not have'} the tag {tag.name} as it is.")
        there, absent = "on the order", "not on the order"
        preview = Preview(
            title=f"Tag {name} as “{tag.name}”" if self.wears else f"Take the tag “{tag.name}” off {name}",
            changes=(
                Change(
                    label=f"Tag “{tag.name}”",
                    before=absent if self.wears else there,
                    after=there if self.wears else absent,
                ),
            ),
            consequence=f"Colleagues find {name} of {on.who} by its tags; the customer sees none of them.",
            undo="The tag is taken off again." if self.wears else "The tag is put on again.",
        )
        return on.content(self.name, {"tag": tag.name}, {"tag_id": tag.id}, on.facts(tag=tag.name), preview)

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        tag = Record("crm.tag", content.before["tag_id"], content.arguments["tag"])
        (writer.tag_order if self.wears else writer.untag_order)(content.subject.record, tag)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        worn = reader.order_tags(content.subject.id)
        if worn is None:
            return Effect.OTHER
        return Effect.DONE if (content.arguments["tag"] in worn) == self.wears else Effect.BEFORE

    def verified(self, content: ProposalContent) -> str:
        has = "has" if self.wears else "no longer has"
        return f"Read back: {content.subject.name} {has} the tag {content.arguments['tag']}."


class TagOrderAction(_Tagging):
    name = "tag_order"
    description = "Put a tag on a sale order, so that colleagues find it."
    undo = "the tag is taken off again"
    wears = True

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return UntagOrderAction.name, dict(content.arguments)


class UntagOrderAction(_Tagging):
    name = "untag_order"
    description = "Take a tag off a sale order."
    undo = "the tag is put on again"
    wears = False

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return TagOrderAction.name, dict(content.arguments)


def _tag(name: str, reader: ErpReader) -> Record:
    known = reader.sale_tags()
    found = [tag for tag in known if tag.name.casefold() == name.strip().casefold()]
    if not found:
        names = ", ".join(tag.name for tag in known[:12]) or "none"
        raise PreconditionFailed(f"The ERP has no tag of that name; it has {names}.")
    return found[0]
