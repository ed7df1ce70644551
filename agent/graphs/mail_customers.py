"""A message to each customer whose promise breaks because of a mail: one request with a line for each message."""

from typing import Any

from agent.domain.asked_mail import AskedCustomerUpdates
from agent.errors import NotPermitted, PolicyRejected
from agent.graphs.customer_letters import customer_letters, draft_of
from agent.graphs.mail_follow import impacts_of
from agent.guardrails.permissions import Permission, demand
from agent.ports.ledger import ProposedLine
from agent.tools import ToolContext
from agent.tools.approvals import proposal_row
from agent.tools.base import cited

CUSTOMER_UPDATES = "propose_customer_updates"


def propose_customer_updates(context: ToolContext, asked: AskedCustomerUpdates) -> dict[str, Any]:
    """By links alone, never by candidates; of what a customer was told, or is about to be, nothing is asked for again.

    Raises NotPermitted, PreconditionFailed, DatabaseUnavailable, and what the reader raises.
    """
    if context.asker is None or context.desk is None or context.inbound_id is None or context.inbox is None:
        raise NotPermitted("Only a person who asks through the server can have customers written to.")
    demand(context.asker, Permission.PROPOSE)
    mail, left_out = context.inbox.mail(asked.customers_of), list[str]()
    day, impacts = impacts_of(mail, context.reader, context.policy, context.now(), left_out)
    told = context.book.delays_told
    lines = list[ProposedLine]()
    for letter in customer_letters(mail, impacts, day, context.reader, context.now(), told, left_out):
        try:
            requirement = context.policy.require(letter.action, letter.facts)
            lines.append(ProposedLine(letter, context.now() + requirement.expires_after))
        except PolicyRejected as refused:
            left_out.append(f"{draft_of(letter).customer} is not written to: {refused}")
    if not lines:
        return {"proposed": False, "mail": mail.label, "left_out": left_out, "records": []}
    group = context.desk.propose_together(
        f"Tell {len(lines)} {'customer' if len(lines) == 1 else 'customers'} of delays that {mail.label} announces",
        lines,
        inbound_id=context.inbound_id,
        rationale=asked.reason,
        provenance=context.turn.provenance,
    )
    return {
        "proposed": True,
        "mail": mail.label,
        "group": group.label,
        "title": group.title,
        "lines": len(group.lines),
        "proposals": [proposal_row(line, context) for line in group.lines],
        "left_out": left_out,
        "records": [cited(line.content.subject.record, context.reader) for line in group.lines],
    }
