"""What our own mail server said of the sender: the topmost Authentication-Results field (RFC 8601), if it is ours."""

import re

from agent.domain.mail import ParsedMail, Trust
from agent.domain.mailbox import NAMELESS

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"^\s*([a-z0-9_-]+)\s*=\s*([a-z]+)\b(.*)$", re.IGNORECASE | re.DOTALL)
_PROPERTY = re.compile(r"([a-z0-9_.-]+)\s*=\s*\"?([^\s\";]+)", re.IGNORECASE)


def trust_in(mail: ParsedMail, own_authserv: str | None) -> Trust:
    """Aligned when our server vouched for the domain in From. A field of another server proves nothing: anyone can write one.

    A server without a name (Microsoft 365) has to have passed the mail as a whole too: `compauth`.
    """
    fields = [value for name, value in mail.headers if name.lower() == "authentication-results"]
    domain = mail.sender.rpartition("@")[2]
    if not fields or not own_authserv or not domain:
        return Trust.UNKNOWN
    said = _said_by(own_authserv, _COMMENT.sub(" ", fields[0]))
    results = [found for part in said.split(";") if (found := _result(part))]
    whole = "pass" if own_authserv != NAMELESS else next((verdict for method, verdict, _ in results if method == "compauth"), "")
    if whole != "pass":
        return Trust.FAIL if whole == "fail" else Trust.UNKNOWN
    return _ruling(results, domain)


def _said_by(own_authserv: str, field: str) -> str:
    """The results in a field that our server wrote; nothing of another one's."""
    server, _, rest = field.partition(";")
    if own_authserv == NAMELESS:
        return field if "=" in server else ""
    return rest if (server.split() or [""])[0].lower() == own_authserv.lower() else ""


def _result(part: str) -> tuple[str, str, dict[str, str]] | None:
    match = _RESULT.match(part)
    if not match:
        return None
    properties = {name.lower(): value.lower() for name, value in _PROPERTY.findall(match[3])}
    return match[1].lower(), match[2].lower(), properties


def _ruling(results: list[tuple[str, str, dict[str, str]]], domain: str) -> Trust:
    dmarc = [(verdict, properties.get("header.from", "")) for method, verdict, properties in results if method == "dmarc"]
    if any(verdict == "fail" for verdict, _ in dmarc):
        return Trust.FAIL
    if any(verdict == "pass" and claimed.rpartition("@")[2] == domain for verdict, claimed in dmarc):
        return Trust.ALIGNED
    signed = [
        properties.get("header.d", properties.get("header.i", "")).rpartition("@")[2]
        for method, verdict, properties in results
        if method == "dkim" and verdict == "pass"
    ]
    if any(_same_organisation(signer, domain) for signer in signed):
        return Trust.ALIGNED
    return Trust.UNALIGNED if results else Trust.UNKNOWN


def _same_organisation(signer: str, domain: str) -> bool:
    """The signer is the domain or one above it (relaxed alignment), never a bare top level."""
    return "." in signer and (domain == signer or domain.endswith(f".{signer}"))
