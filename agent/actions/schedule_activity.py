"""Ask a colleague to do something by a day, and withdraw that."""

from datetime import date, datetime
from typing import Any

from pydantic import Field

from agent.actions.any_record import KINDS, find_colleague, find_record
from agent.actions.base import AnyTime, Arguments, Effect
from agent.actions.post_note import MARKER
from agent.actions.wording import clean_text, day
from agent.domain.contacts import Colleague
from agent.domain.decisions import Change, Preview, ProposalContent, Subject
from agent.domain.records import Record
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader
from agent.ports.erp_writer import ErpWriter

Number = Field(min_length=1, max_length=64, description="Number of a sale order, a purchase or a delivery")


class ScheduleActivity(Arguments):
    record: str = Number
    owner: str = Field(min_length=1, max_length=64, description="Who is to do it: name or login in the ERP")
    due: date = Field(description="By which day, ISO: 2026-12-01")
    summary: str = Field(min_length=1, max_length=120, description="What is to be done, in one line")


class WithdrawActivity(ScheduleActivity):
    """All of what was asked for: a login that only reads may not see it."""

    marker: str = Field(pattern=MARKER, description="The mark that stands in the activity's note")


class ScheduleActivityAction:
    """An activity whose note carries the marker."""

    name = "schedule_activity"
    description = "Ask a colleague to do something about an order, a purchase or a delivery by a day."
    undo = "the activity is withdrawn"
    arguments = ScheduleActivity
    lost_answer = "marker: activities and notes on it are searched for it; one on its way is waited for before another is sent"
    repeatable = False
    editable = ("owner", "due", "summary")

    def prepare(self, arguments: ScheduleActivity, reader: ErpReader) -> ProposalContent:
        record, owner = find_record(arguments.record, reader), find_colleague(arguments.owner, reader)
        summary = clean_text(arguments.summary).replace("\n", " ")
        if not summary:
            raise PreconditionFailed("Say what is to be done.")
        preview = Preview(
            title=f"Ask {owner.name} about {KINDS[record.model]} {record.name}: {summary}",
            changes=(Change(label="Activity", before="none", after=f"{owner.name}, by {day(arguments.due)}: {summary}"),),
            consequence=f"{owner.name} sees it among the activities of {record.name}; nobody outside does.",
            undo="The activity is withdrawn, unless it was done by then.",
        )
        given = {"record": record.name, "owner": owner.name, "due": arguments.due.isoformat(), "summary": summary}
        return content_on(self.name, record, given, {"owner_id": owner.id}, preview)

    def check_time(self, content: ProposalContent, now: datetime) -> None:
        due = date.fromisoformat(content.arguments["due"])
        if due < now.date():
            raise PreconditionFailed(f"{day(due)} is past; give a day to come.")

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        given = content.arguments
        owner, due = Colleague(content.before["owner_id"], given["owner"]), date.fromisoformat(given["due"])
        writer.schedule_activity(content.subject.record, owner, due, given["summary"], "", marker)

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        return Effect.DONE if was_asked(content.subject.record, reader, marker) else Effect.UNSEEN

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: {content.arguments['owner']} has the activity on {content.subject.name}."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return WithdrawActivityAction.name, {**content.arguments, "marker": marker}


class WithdrawActivityAction(AnyTime):
    """The activity is gone. Whether it is still open is for the executor's login to see: one that was done is left alone."""

    name = "withdraw_activity"
    description = "Withdraw an activity that was asked for here, as long as it is open."
    undo = "the activity is asked for again"
    arguments = WithdrawActivity
    lost_answer = "state: the record's open activities are searched for the marker; it is there, or gone"
    repeatable = True
    editable = ()

    def prepare(self, arguments: WithdrawActivity, reader: ErpReader) -> ProposalContent:
        record = find_record(arguments.record, reader)
        activity = reader.activity(record, arguments.marker)
        if activity and (activity.owner, activity.due, activity.summary) != (arguments.owner, arguments.due, arguments.summary):
            raise PreconditionFailed(f"The activity on {record.name} was changed since; withdraw it in the ERP.")
        asked = f"{arguments.owner}, by {day(arguments.due)}: {arguments.summary}"
        preview = Preview(
            title=f"Withdraw what {arguments.owner} was asked about {KINDS[record.model]} {record.name}",
            changes=(Change(label="Activity", before=asked, after="none"),),
            consequence=f"{arguments.owner} no longer sees it, unless it was done; nobody outside ever did.",
            undo="The activity is asked for again.",
        )
        given = arguments.model_dump(mode="json") | {"record": record.name}
        return content_on(self.name, record, given, {}, preview)

    def apply(self, content: ProposalContent, writer: ErpWriter, marker: str) -> None:
        writer.withdraw_activity(content.subject.record, content.arguments["marker"])

    def effect(self, content: ProposalContent, reader: ErpReader, marker: str) -> Effect:
        there = reader.activity(content.subject.record, content.arguments["marker"])
        return Effect.BEFORE if there else Effect.DONE

    def verified(self, content: ProposalContent) -> str:
        return f"Read back: the activity on {content.subject.name} is withdrawn."

    def inverse(self, content: ProposalContent, marker: str) -> tuple[str, dict[str, Any]] | None:
        return ScheduleActivityAction.name, {key: value for key, value in content.arguments.items() if key != "marker"}


def was_asked(record: Record, reader: ErpReader, marker: str) -> bool:
    """Whether the activity can be seen to have arrived, even when it was done since; deleted undone it leaves nothing."""
    return reader.asked_for(record, marker) or reader.note_exists(record, marker)


def content_on(action: str, record: Record, given: dict[str, Any], before: dict[str, Any], preview: Preview) -> ProposalContent:
    subject = Subject(model=record.model, id=record.id, name=record.name)
    facts = {"record_kind": KINDS[record.model]}
    return ProposalContent(action=action, subject=subject, arguments=given, before=before, facts=facts, preview=preview)
