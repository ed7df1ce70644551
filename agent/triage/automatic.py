"""Whether a machine sent it. Such mail is triaged, and never answered: two machines would answer each other for ever."""

import re
from collections.abc import Mapping

from agent.domain.mail import ParsedMail
from agent.guardrails.untrusted_text import fold

REPORT, AUTO_REPLY, BULK, MACHINE = "report", "auto_reply", "bulk", "machine"
_ROBOT = re.compile(
    r"^(no-?_?reply|do-?not-?reply|mailer-daemon|postmaster|bounces?|notifications?|auto-?(reply|mailer))\b|noreply", re.I
)
_AWAY = re.compile(
    r"^\W*(automatic reply|auto(matic)?[- ]?(reply|response)|out of( the)? office|ooo\b|abwesen|automatische "
    r"antwort|reponse automatique"
    r"|absence|absent du bureau|automatisch antwoord|afwezig|respuesta automatica|fuera de la oficina|autosvar"
    r"|risposta automatica)"
)
_BOUNCED = re.compile(
    r"^\W*(undeliver(able|ed)|unzustellbar|returned mail|mail delivery (failed|failure|system)|delivery status "
    r"notification|failure notice"
    r"|delivery failure|non remis|onbestelbaar|no se puede entregar|echec de (la )?remise)\b"
)


def machine_signs(mail: ParsedMail) -> frozenset[str]:
    """What shows that a machine sent it (RFC 3834 and the habits of mail programs); empty for a person's mail."""
    headers = {name.lower(): value.strip().lower() for name, value in reversed(mail.headers)}
    subject = fold(mail.subject)
    signs = {
        REPORT: headers.get("content-type", "").startswith("multipart/report")
        or re.match(r"(mailer-daemon|postmaster)@", mail.sender) is not None
        or ("@" not in mail.sender and _BOUNCED.match(subject) is not None),
        AUTO_REPLY: headers.get("auto-submitted", "").startswith("auto-replied")
        or _AWAY.match(subject) is not None
        or any(name in headers for name in ("x-autoreply", "x-autorespond", "x-auto-reply-from")),
        BULK: headers.get("precedence", "") in ("bulk", "list", "junk") or "list-unsubscribe" in headers or "list-id" in headers,
        MACHINE: _from_a_machine(headers, mail.sender),
    }
    return frozenset(sign for sign, present in signs.items() if present)


def _from_a_machine(headers: Mapping[str, str], sender: str) -> bool:
    submitted = headers.get("auto-submitted", "no").partition(";")[0].strip()
    return (
        submitted not in ("", "no")
        or headers.get("return-path") == "<>"
        or headers.get("x-auto-response-suppress", "none") not in ("", "none")
        or "x-expediter-action" in headers
        or _ROBOT.search(sender.partition("@")[0]) is not None
    )
