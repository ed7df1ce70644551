"""What the worker says of a mail, with the company of the collected mails in the place of an ERP."""

from functools import cache
from typing import Any, cast

from agent.domain.mail import ParsedMail
from agent.ports.erp_reader import ErpReader
from agent.triage import triage, triage_row
from agent.triage.schooling import lessons
from evals.mail.company import NOW, CollectedCompany
from integrations.learning import Learned
from integrations.learning.learn import learn


@cache
def _learned() -> Learned:
    return learn(lessons())


@cache
def _company() -> ErpReader:
    return cast(ErpReader, CollectedCompany())


def judged(mail: ParsedMail, authserv: str | None) -> dict[str, Any]:
    row = triage_row("", triage(mail, _company(), NOW, authserv, judge=_learned()))
    del row["file"]
    return row
