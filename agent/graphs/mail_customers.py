"""A message to each customer whose promise breaks because of a mail: one request with a line for each message."""

from typing import Any

from agent.domain.asked_mail import AskedCustomerUpdates
from agent.errors import NotPermitted, PolicyRejected
from agent.graphs.customer_letters import customer_letters, draft_of
from agent.graphs.mail_follow import impacts_of
from agent.ports.ledger import ProposedLine
from agent.tools import ToolContext
from agent.tools.proposals import propose_group, proposing

CUSTOMER_UPDATES = "propose_customer_updates"


def propose_customer_updates(context: ToolContext, asked: AskedCustomerUpdates) -> dict[str, Any]:
    """By links alone, never by candidates; of what a customer was told, or is about to be, nothing is asked for again.

    Raises NotPermitted, PreconditionFailed, DatabaseUnavailable, and what the reader raises.
    """
    proposing(context)
    if context.inbox is None:
        raise NotPermitted("Where no shared inbox is read, nothing follows from mails.")
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
    title = f"Tell {len(lines)} {'customer' if len(lines) == 1 else 'customers'} of delays that {mail.label} announces"
    return {**propose_group(context, title, lines, asked.reason), "mail": mail.label, "left_out": left_out}
