"""From a triaged mail to what it endangers."""

from datetime import UTC, datetime, time

from agent.domain.mail import Triage
from agent.errors import RecordMissing
from agent.ports.erp_reader import ErpReader
from agent.risk.causes import cause_of_picking, cause_of_purchase
from agent.risk.impact import Cause
from agent.triage.fields import day_of

NOON = time(12, tzinfo=UTC)


def cause_of_mail(reader: ErpReader, triage: Triage) -> tuple[Cause, datetime | None]:
    """The purchase or transfer that the mail is linked to, and midday of the new date it names.

    Only links count, never candidates: what a stranger's mail mentions endangers nobody. Raises RecordMissing.
    """
    day = day_of(triage.fields, "new_eta")
    new_date = datetime.combine(day, NOON) if day else None
    for link in triage.links:
        if link.record.model == "purchase.order":
            return cause_of_purchase(reader, link.record), new_date
        if link.record.model == "stock.picking":
            return cause_of_picking(reader, link.record), new_date
    why = f" A person should look: {triage.reason}." if triage.needs_person else ""
    raise RecordMissing(f"The mail is linked to no purchase or transfer, so it endangers no order that could be named.{why}")
