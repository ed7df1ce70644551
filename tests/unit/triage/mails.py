"""Building and reading mails in tests."""

from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from agent.domain.mail import ParsedMail, Triage
from agent.ports.erp_reader import ErpReader
from agent.triage import triage
from agent.triage.schooling import lessons
from integrations.email import parse_mail
from integrations.learning import Learned
from integrations.learning.learn import learn
from tests.unit.triage.company import NOW, SmallCompany

MAILS = Path(__file__).parents[2] / "fixtures" / "mails"
OWN_SERVER = "mx.harbourvale.example"


@cache
def judge() -> Learned:
    return learn(lessons())


def cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((MAILS / name).read_text(encoding="utf-8"))
    return found


def raw_mail(case: dict[str, Any]) -> bytes:
    """`proven: true` adds our own server's word for the sender."""
    message = EmailMessage()
    sender = case.get("from", "someone@partner.example")
    if case.get("proven"):
        domain = sender.rpartition("@")[2].rstrip(">")
        message["Authentication-Results"] = f"{OWN_SERVER}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}"
    message["From"] = sender
    message["To"] = "logistics@harbourvale.example"
    message["Subject"] = case["subject"]
    message["Date"] = "Wed, 04 Mar 2026 08:00:00 +0000"
    message["Message-ID"] = f"<{case.get('id', 'one')}@partner.example>"
    for name, value in case.get("headers", {}).items():
        message[name] = value
    if "html" in case:
        message.set_content(case["html"], subtype="html")
    else:
        message.set_content(case["body"])
    for name in case.get("attach", []):
        message.add_attachment(b"content", maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def mail(**case: Any) -> ParsedMail:
    return parse_mail(raw_mail({"subject": "", "body": "", **case}))


def triaged(**case: Any) -> Triage:
    reader, asked = cast(ErpReader, case.pop("reader", None) or SmallCompany()), case.pop("judge", None) or judge()
    return triage(mail(**case), reader, NOW, OWN_SERVER, judge=asked)
