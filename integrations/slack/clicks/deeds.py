"""All that cards, modals and Home may do and read beside deciding: with the rules, checks and masks of the API."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from agent.domain.absences import Absence
from agent.domain.briefs import Brief
from agent.domain.decisions import Person, Proposal
from agent.domain.erp_users import FoundUser, Said
from agent.domain.finding_life import Deed, FindingList, KnownFinding
from agent.domain.mailbox import InboxMail
from agent.domain.messenger import GivenAnswer
from agent.domain.quiet_hours import QuietHours
from agent.domain.records import Record
from agent.domain.risk_list import Row
from agent.domain.second_factor import AuthenticatorState
from integrations.slack.interaction import Deeds, Payload


class MailDeeds(Protocol):
    """The shared inbox. `rev` is the thread's as it was shown: what changed since raises StaleShown."""

    def mail(self, person: Person, mail_id: int) -> InboxMail:
        """Raises RecordMissing."""

    def mails_of(self, person: Person) -> Sequence[InboxMail]:
        """That wait for this person, most urgent first."""

    def correct(self, person: Person, mail_id: int, rev: int, mail_class: str, note: str) -> None: ...

    def assign(self, person: Person, mail_id: int, rev: int, owner: Person) -> None: ...

    def handled(self, person: Person, mail_id: int, rev: int) -> None: ...

    def propose_reply(self, person: Person, mail_id: int, text: str, reason: str) -> None:
        """It goes out once somebody approved it."""


class CardDeeds(Deeds, Protocol):
    @property
    def mails(self) -> MailDeeds: ...

    def answer(self, person: Person, inbound_id: int) -> GivenAnswer:
        """Raises RecordMissing, and NotPermitted for whoever may see less than whoever asked."""

    def ask_again(self, person: Person, inbound_id: int, account: str, all_may_see: bool) -> bool:
        """The same question, to be read anew; False while one of this person's waits there. Raises as `answer`.

        `all_may_see`: everybody there may see now what this person may; otherwise the answer is for them alone.
        """

    def link(self, record: Record) -> str | None:
        """Where a record of the ERP opens."""

    def seen(self, person: Person, proposal_id: int) -> None:
        """Note when this person first saw it."""

    def undo(self, person: Person, proposal_id: int) -> None:
        """Have the inverse proposed."""

    def propose(self, person: Person, action: str, arguments: Mapping[str, Any], reason: str) -> None: ...

    def asked_by(self, person: Person) -> Sequence[Proposal]:
        """The latest, newest first."""

    def order(self, person: Person, name: str) -> Row:
        """An order at risk, without money for whoever may not see it. Raises RecordMissing."""

    def brief(self, person: Person) -> Brief | None:
        """Since yesterday, masked likewise; None before the first scan."""

    def findings(self, person: Person) -> FindingList:
        """Open ones that this person takes care of, and critical ones; masked likewise."""

    def finding(self, person: Person, finding_id: int) -> KnownFinding:
        """Raises RecordMissing."""

    def say(self, person: Person, finding_id: int, deed: Deed) -> None: ...

    def authenticator(self, person: Person) -> AuthenticatorState: ...

    def absence(self, person: Person) -> Absence | None:
        """That is not over."""

    def away(self, person: Person, deputy: str, starts_at: datetime | None, ends_at: datetime) -> Absence: ...

    def back(self, person: Person, absence_id: int) -> None: ...

    def quiet(self, person: Person) -> QuietHours | None: ...

    def keep_quiet(self, person: Person, hours: QuietHours | None) -> None:
        """None: from now on there are none."""

    def erp_user(self, person: Person) -> FoundUser | None:
        """Whom the last look in Odoo found by the person's address; None before the first."""

    def say_erp_user(self, person: Person, found_id: int, said: Said) -> None:
        """Raises PreconditionFailed when another was found since."""

    def replay_job(self, person: Person, job_id: int) -> None:
        """Have a job run again that was given up. Raises RecordMissing, NotPermitted, and DecisionRefused where it was before."""

    def tell(self, channel: str, payload: Payload, under: str | None = None) -> None:
        """A message to a channel or an account; `under` the message of this key, like `proposal:12`."""
