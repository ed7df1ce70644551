"""Every collected mail through the real parser and the real triage, and what was wrong with what came out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from agent.domain.mail import SURE, MailClass, Triage
from agent.ports.erp_reader import ErpReader
from agent.ports.mail_judge import MailJudge, ModelJudge
from agent.triage import triage
from agent.triage.collection import CollectedMail
from agent.triage.references import normal
from evals.mail.company import NOW, CollectedCompany
from evals.mail.expected import OWN_SERVER, ExpectedLine, ExpectedMail, expected
from integrations.email import parse_mail


@dataclass(frozen=True, slots=True)
class Outcome:
    """One mail: what it is, and what triage said."""

    mail: CollectedMail
    expected: ExpectedMail
    triage: Triage

    @property
    def said(self) -> MailClass:
        """The class triage showed; the mail's own where it showed another that is right too."""
        shown = self.triage.mail_class
        return self.mail.mail_class if shown in self.expected.also_right else shown

    @property
    def right(self) -> bool:
        return self.said is self.mail.mail_class

    @property
    def abstained(self) -> bool:
        """The class is left to a person; the one shown is a suggestion."""
        return self.triage.confidence < SURE

    @property
    def links(self) -> tuple[str, ...]:
        return tuple(link.record.name for link in self.triage.links)

    @property
    def wrong_links(self) -> tuple[str, ...]:
        return tuple(name for name in self.links if name not in self.expected.links)

    @property
    def steps_off(self) -> int:
        """Between the priority given and the right one."""
        return abs(int(self.triage.priority[1]) - int(self.expected.priority[1]))

    @property
    def missed_references(self) -> tuple[str, ...]:
        found = {normal(reference.value) for reference in self.triage.references}
        return tuple(number for number in self.expected.refs if normal(number) not in found)

    @property
    def lines_right(self) -> tuple[bool, ...]:
        """Of each expected line, whether the mail's fields say the same of its product."""
        found = {line["sku"].upper(): line for line in self.triage.fields.get("lines", [])}
        return tuple(_says(found.get(line.sku.upper(), {}), line) for line in self.expected.lines)

    @property
    def effects(self) -> tuple[str, ...]:
        """What a mail that wants to deceive got and should not have."""
        forbidden = self.expected.must_not
        draft = self.triage.draft or ""
        told = [f"told {words}" for words in self.expected.unsaid if words in draft]
        linked = [f"linked {', '.join(self.links)}"] if "link" in forbidden and self.links else []
        drafted = ["drafted"] if "draft" in forbidden and self.triage.draft is not None else []
        alone = ["no person called"] if self.expected.person and not self.triage.needs_person else []
        return (*linked, *drafted, *told, *alone)


def _says(found: Mapping[str, Any], line: ExpectedLine) -> bool:
    counts = {"quantity": line.ordered, "short": line.short, "damaged": line.damaged}
    told = all(wanted is None or found.get(name) == str(wanted) for name, wanted in counts.items())
    dated = line.new_eta is None or line.new_eta.isoformat() in found.get("dates", [])
    return bool(found) and told and dated and (line.price is None or float(found.get("price", 0)) == line.price)


def play_all(mails: Sequence[CollectedMail], judge: MailJudge | None = None, model: ModelJudge | None = None) -> list[Outcome]:
    company = cast(ErpReader, CollectedCompany())
    return [_play(mail, company, judge, model) for mail in mails]


def _play(mail: CollectedMail, company: ErpReader, judge: MailJudge | None, model: ModelJudge | None) -> Outcome:
    said = expected(mail)
    return Outcome(mail, said, triage(parse_mail(said.raw()), company, NOW, OWN_SERVER, judge=judge, model=model))
