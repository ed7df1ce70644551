"""Many different mails out of the collected ones: other numbers, real files, and some with a stolen Message-ID."""

import email
import random
import re
from email.message import EmailMessage
from email.policy import SMTP

from agent.triage.collection import collected_mails
from evals.inbox.papers import pdf, workbook
from evals.mail.expected import ExpectedMail, expected
from integrations.email.by_parts import MOST_FILES

#: Every so many mails, one bears the Message-ID of the mail before it.
STOLEN_EVERY = 40
_ROOM = MOST_FILES * 7 // 10
_LONG_NUMBER = re.compile(r"(?<![\d/-])\d{4,}(?![\d/-])")
_PIXEL = b"\xff\xd8\xff\xe0" + b"\0" * 2_000


def letters(count: int, dice: random.Random) -> list[bytes]:
    """No two of them say the same."""
    templates = [expected(mail) for mail in collected_mails()]
    made = [_letter(templates[number % len(templates)], number, dice) for number in range(count)]
    for number in range(STOLEN_EVERY, count, STOLEN_EVERY):
        made[number] = _with_id(made[number], _id(made[number - 1]))
    return made


def again(letter: bytes) -> bytes:
    """The same mail on another way."""
    return b"Received: from elsewhere.example by mx.harbourvale.example; Mon, 16 Nov 2026 09:00:00 +0000\r\n" + letter


def _letter(template: ExpectedMail, number: int, dice: random.Random) -> bytes:
    changed = {old: "".join(dice.choices("0123456789", k=len(old))) for old in set(_LONG_NUMBER.findall(template.body))}
    body, subject, html = (
        _LONG_NUMBER.sub(lambda found: changed.get(found[0], found[0]), text)
        for text in (template.body, template.subject, template.html)
    )
    varied = template.model_copy(
        update={
            "id": f"{template.id}-{number}",
            "body": f"{body}\n[{number}]\n" if body else "",
            "subject": subject,
            "attach": (),
        }
        | {"html": f"{html}<p>[{number}]</p>" if html else ""}
    )
    message = email.message_from_bytes(varied.raw(), EmailMessage, policy=SMTP)
    for name in template.attach:
        message.add_attachment(_file(name, varied), maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def _file(name: str, mail: ExpectedMail) -> bytes:
    if name.endswith(".pdf"):
        rows = [(f"BEL-{position}", f"{position * 4} pcs", "21.90") for position in range(1, 25)]
        return pdf(mail.subject.encode("cp1252", "replace").decode("cp1252"), ("SKU", "Quantity", "Price"), *rows)
    if name.endswith(".xlsx"):
        return workbook(["SKU", "Quantity"], *([f"BEL-{position}", position * 4] for position in range(1, 200)))
    return _PIXEL


def _id(letter: bytes) -> bytes:
    found = re.search(rb"^Message-ID: *(<[^>]+>)", letter, re.MULTILINE | re.IGNORECASE)
    assert found
    return found[1]


def _with_id(letter: bytes, message_id: bytes) -> bytes:
    return re.sub(rb"^Message-ID:[^\r\n]*", lambda _: b"Message-ID: " + message_id, letter, count=1, flags=re.M | re.I)


def large(size: int) -> bytes:
    """A short text, a file of that size, and one that there is just room for."""
    message: EmailMessage = EmailMessage(policy=SMTP)
    message["From"] = "Vera Vendor <vera@vendor.example>"
    message["To"] = "logistics@harbourvale.example"
    message["Subject"] = "Pictures of the damage on P00012"
    message["Message-ID"] = f"<large-{size}@vendor.example>"
    message.set_content("The pallet of P00012 arrived damaged, 4 boxes are crushed. Please see the pictures.\n")
    message.add_attachment(b"\xa5\x5a" * (size // 2), maintype="image", subtype="jpeg", filename="pictures.jpg")
    message.add_attachment(b"\x5a" * min(size, _ROOM), maintype="application", subtype="zip", filename="report.zip")
    return message.as_bytes()
