"""Which mails a mail answers, and what a thread that nobody answers does to its priority."""

import re
from collections.abc import Mapping
from typing import Any

from agent.domain.mail import ParsedMail, Priority
from agent.triage.automatic import REPORT, machine_signs

_MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,250}@[!-;=?A-~]{1,250}>")
#: Of a longer chain the first, which began it, and the latest.
MOST_NAMED = 50
#: The third mail of a thread without an answer from us is a step more urgent.
PATIENCE = 2


def named_ids(mail: ParsedMail) -> tuple[str, ...]:
    """Its own Message-ID, and those in References, In-Reply-To and what it quotes."""
    fields = [value for name, value in mail.headers if name.lower() in ("references", "in-reply-to")]
    quoted = [mail.text[start:end] for start, end in mail.quoted]
    found = _MESSAGE_ID.findall(" ".join([*fields, mail.in_reply_to or "", *quoted]))
    earlier = list(dict.fromkeys(found))
    kept = earlier if len(earlier) <= MOST_NAMED else [*earlier[:1], *earlier[1 - MOST_NAMED :]]
    return tuple(dict.fromkeys([*([mail.message_id] if mail.message_id else []), *kept]))


def reopens(mail: ParsedMail, result: Mapping[str, Any]) -> bool:
    """Whether it brings back a thread that was done: noise does not, but a report that our own mail did not arrive does."""
    return result["class"] != "automated_noise" or REPORT in machine_signs(mail)


def raised(result: Mapping[str, Any], waiting: int) -> dict[str, Any]:
    """The same a step more urgent where so many earlier mails of its thread wait; a machine's mail raises nothing."""
    level = int(result["priority"][1:])
    if waiting < PATIENCE or result["automatic"] or result["class"] == "automated_noise" or level == 1:
        return dict(result)
    reason = f"{result['reason']}; mail number {waiting + 1} without an answer from us"
    return {**result, "priority": Priority(f"P{level - 1}").value, "reason": reason}
