"""Open a case that somebody owns, and close it."""

from typing import Any

from pydantic import Field

from agent.actions.any_record import find_colleague
from agent.actions.base import AnyTime, Effect
from agent.actions.on_order import OneOrder, OnOrder, on_order
from agent.actions.post_note import MARKER, NoteText
from agent.actions.schedule_activity import was_asked
from agent.actions.wording import clean_text
from agent.domain.contacts import Case, Colleague
from agent.domain.decisions import Change, Preview, ProposalContent
from agent.domain.records import Record
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter

TASKS = "project.project"


class OpenCase(OneOrder):
    owner: str = Field(min_length=1, max_length=64, description="Who takes care of it: name or login in the ERP")
    title: str = Field(min_length=1, max_length=120, description="The trouble, in one line")
    text: NoteText = Field(description="What is known, plain text for colleagues")
    desk: str | None = Field(
        default=None,
        max_length=128,
        description="Helpdesk team or project of the case; needed where there are several",
    )


class CloseCase(OneOrder):
    title: str = Field(min_length=1, max_length=120, description="The trouble, as the case was opened with")
    desk: str | None = Field(max_length=128, description="Helpdesk team or project of the case; empty where the ERP has neither")
    marker: str = Field(pattern=MARKER, description="The mark that stands below the case's text")


class OpenCaseAction(AnyTime):
    """A helpdesk ticket where the ERP has a helpdesk, else a task where it has projects, else an activity on the order."""

    name = "open_case"
    description = "Open a case about an order, owned by a colleague: a helpdesk ticket, else a project task, else an activity."
    undo = "the case is closed"
    arguments = OpenCase
    lost_answer = "marker: the desk's cases are searched for it; one on its way is waited for before another is sent"
    repeatable = False
    editable = ("owner", "title", "text", "desk")

    def prepare(self, arguments: OpenCase, reader: ErpReader) -> ProposalContent:
        on, owner, desk = (
            on_order(arguments.order, reader),
            find_colleague(arguments.owner, reader),
            _find_desk(arguments.desk, reader),
        )
        title = f"{on.order.name}: {clean_text(arguments.title).replace(chr(10), ' ')}"
        where = _where(desk, on.order.name)
        preview = Preview(
            title=f"Open a case about {on.order.name} ({on.customer.name}) for {owner.name}",
            changes=(
                Change(label="Case", before="none", after=f"{where}, owned by {owner.name}: {title}"),
                Change(label="Text", before="none", after=arguments.text),
            ),
            consequence=f"{owner.name} takes care of it; {on.who} is not told.",
            undo="The case is closed.",
        )
        given = {
            "owner": owner.name, "title": title.removeprefix(f"{on.order.name}: "), "text": arguments.text,
            "desk": desk.name if desk else None,
        }  # fmt: skip
        before = {"owner_id": owner.id, "customer_id": on.customer.id, **_told(desk)}
        return on.content(self.name, given, before, _facts(on, desk), preview)

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        given, before = content.arguments, content.before
        owner, title = Colleague(before["owner_id"], given["owner"]), f"{content.subject.name}: {given['title']}"
        desk = _desk_of(content)
        if desk is None:
            writer.schedule_activity(content.subject.record, owner, None, given["title"], given["text"], marker)
        else:
            writer.open_case(desk, title, given["text"], before["customer_id"], owner, marker)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        desk = _desk_of(content)
        there = reader.case(desk, marker) is not None if desk else was_asked(content.subject.record, reader, marker)
        return Effect.DONE if there else Effect.UNSEEN

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: {content.arguments['owner']} has the case about {content.subject.name}."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        old = {key: content.arguments[key] for key in ("title", "desk")}
        return CloseCaseAction.name, {"order": content.subject.name, **old, "marker": marker}


class CloseCaseAction(AnyTime):
    """The case is archived; one that is an activity is withdrawn."""

    name = "close_case"
    description = "Close a case that was opened here."
    undo = "irreversible"
    arguments = CloseCase
    lost_answer = "state: the case is read; it is closed, or still open"
    repeatable = True
    editable = ()

    def prepare(self, arguments: CloseCase, reader: ErpReader) -> ProposalContent:
        on, desk = on_order(arguments.order, reader), _find_desk(arguments.desk, reader) if arguments.desk else None
        case = _look(on.order.record, desk, reader, arguments.marker)
        _check(case, on, desk, arguments.title)
        preview = Preview(
            title=f"Close the case about {on.order.name} ({on.customer.name}): {arguments.title}",
            changes=(Change(label="Case", before=f"open: {_where(desk, on.order.name)}", after="closed"),),
            consequence=f"Nobody takes care of it any more; {on.who} is not told.",
            undo="irreversible",
        )
        given = {"title": arguments.title, "desk": desk.name if desk else None, "marker": arguments.marker}
        before = {
            "case_id": case.record.id if case and desk else None,
            "case_model": case.record.model if case and desk else None,
        }
        before |= _told(desk)
        return on.content(self.name, given, before, _facts(on, desk), preview)

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        before = content.before
        if before["desk_id"] is None:
            writer.withdraw_activity(content.subject.record, content.arguments["marker"])
        else:
            writer.close_case(Record(before["case_model"], before["case_id"], content.arguments["title"]))

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        desk = _desk_of(content)
        case = _look(content.subject.record, desk, reader, content.arguments["marker"])
        if case is None:  # an activity that is closed is gone, but a desk's case is archived: that one was not closed here
            return Effect.OTHER if desk else Effect.DONE
        return Effect.BEFORE if case.open else Effect.DONE

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: the case about {content.subject.name} is closed."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return None


def _check(case: Case | None, on: OnOrder, desk: Record | None, title: str) -> None:
    """An activity may be hidden from a login that only reads; whether it is open is for the executor's to see."""
    name = on.order.name
    if case is None and desk is not None:
        raise PreconditionFailed(f"There is no case about {name} with that mark.")
    if case is not None and not case.open:
        raise PreconditionFailed(f"The case about {name} is closed already.")
    if case is not None and case.record.name != (f"{name}: {title}" if desk else title):
        raise PreconditionFailed(f"The case about {name} is called otherwise now; close it in the ERP.")


def _find_desk(name: str | None, reader: ErpReader) -> Record | None:
    """None where the ERP has no desk at all and none was named. Raises PreconditionFailed."""
    known = reader.case_desks()
    if not name or not name.strip():
        if len(known) > 1:
            raise PreconditionFailed(f"Say which desk with `desk`; there are {', '.join(desk.name for desk in known[:12])}.")
        return known[0] if known else None
    found = [desk for desk in known if desk.name.casefold() == name.strip().casefold()]
    if len(found) != 1:
        names = ", ".join(desk.name for desk in known[:12]) or "none"
        raise PreconditionFailed(f"The ERP has no one helpdesk team or project of that name; it has {names}.")
    return found[0]


def _look(order: Record, desk: Record | None, reader: ErpReader, marker: str) -> Case | None:
    if desk is not None:
        return reader.case(desk, marker)
    activity = reader.activity(order, marker)
    return Case(Record("mail.activity", activity.id, activity.summary), open=True) if activity else None


def _told(desk: Record | None) -> dict[str, Any]:
    return {"desk_model": desk.model if desk else None, "desk_id": desk.id if desk else None}


def _desk_of(content: ProposalContent) -> Record | None:
    before = content.before
    if before["desk_id"] is None:
        return None
    return Record(before["desk_model"], before["desk_id"], content.arguments["desk"])


def _facts(on: OnOrder, desk: Record | None) -> dict[str, Any]:
    return on.facts(case_kind="activity" if desk is None else "task" if desk.model == TASKS else "ticket")


def _where(desk: Record | None, order: str) -> str:
    if desk is None:
        return f"activity on {order}"
    return f"task in project {desk.name}" if desk.model == TASKS else f"ticket of helpdesk team {desk.name}"
