"""What cards, modals and Home may do and read: the functions of the API's routes again, with their checks and masks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from agent.domain.absences import Absence
from agent.domain.briefs import Brief
from agent.domain.decisions import Person, Proposal
from agent.domain.erp_users import FoundUser, Said
from agent.domain.finding_life import Deed, FindingFilter, FindingList, KnownFinding
from agent.domain.findings import Severity
from agent.domain.messenger import GivenAnswer
from agent.domain.quiet_hours import QuietHours
from agent.domain.records import Record
from agent.domain.risk_list import Row
from agent.domain.second_factor import AuthenticatorState
from agent.errors import PreconditionFailed
from agent.guardrails.permissions import Permission, demand, may
from agent.risk.brief import make_brief
from app.contract.findings import DeedRequest
from app.contract.proposals import ProposeRequest
from app.web import WebContext
from app.web.routes import findings, jobs, proposals, risk
from app.wiring.slack_answers import SlackAnswers
from app.wiring.slack_deeds import SlackDeeds, as_asked, numbered
from app.wiring.slack_mails import SlackMails
from app.wiring.slack_masking import without_money
from integrations.database.erp_users import PostgresErpUsers
from integrations.database.messenger_answers import PostgresGivenAnswers
from integrations.database.messenger_inbox import PostgresDeliveries
from integrations.database.messenger_links import PostgresLinks
from integrations.database.messenger_outbox import PostgresOutbox
from integrations.database.quiet_hours import PostgresQuietTimes
from integrations.slack.clicks import MailDeeds
from integrations.slack.interaction import Payload

A_DAY = timedelta(days=1)
MOST_ASKED, MOST_LOOKED_AT, MOST_FINDINGS = 8, 200, 10


class SlackCardDeeds(SlackDeeds):
    """CardDeeds, of the clicks."""

    def __init__(
        self,
        context: WebContext,
        deliveries: PostgresDeliveries,
        links: PostgresLinks,
        team: str,
        outbox: PostgresOutbox,
        quiet: PostgresQuietTimes,
        answers: PostgresGivenAnswers,
        users: PostgresErpUsers,
    ) -> None:
        super().__init__(context, deliveries, links, team)
        self._outbox, self._quiet, self._users = outbox, quiet, users
        self.mails: MailDeeds = SlackMails(self._now)
        self._answers = SlackAnswers(context.people, deliveries, answers)

    def answer(self, person: Person, inbound_id: int) -> GivenAnswer:
        return self._answers.answer(person, inbound_id)

    def ask_again(self, person: Person, inbound_id: int, account: str, all_may_see: bool) -> bool:
        return self._answers.ask_again(person, inbound_id, account, all_may_see)

    def link(self, record: Record) -> str | None:
        """This process has no login to the ERP; where a record opens is known of those that the last scan names."""
        if record.model != "sale.order":
            return None
        row = self._context.board.order(record.name)
        url = row.get("url") if row else None
        return url if isinstance(url, str) else None

    def seen(self, person: Person, proposal_id: int) -> None:
        proposals.proposal(numbered(proposal_id), self._now(), person)

    def undo(self, person: Person, proposal_id: int) -> None:
        proposals.undo(numbered(proposal_id), self._now(), person)

    def propose(self, person: Person, action: str, arguments: Mapping[str, Any], reason: str) -> None:
        asked = as_asked(ProposeRequest, action=action, arguments=dict(arguments), reason=reason)
        proposals.propose(asked, self._now(), person)

    def asked_by(self, person: Person) -> Sequence[Proposal]:
        latest = self._context.desk.proposals(None, MOST_LOOKED_AT)
        return [one for one in latest if one.asker.id == person.id][:MOST_ASKED]

    def order(self, person: Person, name: str) -> Row:
        demand(person, Permission.READ)
        return risk.order_at_risk(name, self._now(), person).model_dump(mode="json")

    def brief(self, person: Person) -> Brief | None:
        demand(person, Permission.READ)
        now = self.now()
        if self._context.board.standing() is None:
            return None
        made = make_brief(self._context.board, now - A_DAY, inbox=self._context.inbox)
        return replace(made, lines=tuple(replace(line, finding=_masked(line.finding, person)) for line in made.lines))

    def findings(self, person: Person) -> FindingList:
        demand(person, Permission.READ)
        mine = self._context.board.findings(FindingFilter(owner=person.handle, limit=MOST_FINDINGS))
        grave = self._context.board.findings(FindingFilter(severities=(Severity.CRITICAL,), limit=MOST_FINDINGS))
        found = {one.id: one for one in (*mine.findings, *grave.findings)}
        both = len({one.id for one in mine.findings} & {one.id for one in grave.findings})
        shown = tuple(_masked(one, person) for one in found.values())[:MOST_FINDINGS]
        return FindingList(shown, max(mine.total + grave.total - both, len(found)))

    def finding(self, person: Person, finding_id: int) -> KnownFinding:
        demand(person, Permission.READ)
        return _masked(self._context.board.finding(numbered(finding_id)), person)

    def say(self, person: Person, finding_id: int, deed: Deed) -> None:
        owner = self._context.people.by_id(deed.owner_id).handle if deed.owner_id else None
        said = as_asked(
            DeedRequest, kind=deed.kind.value, severity=deed.severity, reason=deed.reason, until=deed.until, owner=owner
        )
        findings.say(numbered(finding_id), said, self._now(), person)

    def authenticator(self, person: Person) -> AuthenticatorState:
        return self._context.authenticators().state(person.id)

    def absence(self, person: Person) -> Absence | None:
        return next((one for one in self._context.absences.all() if one.person.id == person.id), None)

    def away(self, person: Person, deputy: str, starts_at: datetime | None, ends_at: datetime) -> Absence:
        now, known = self.now(), self._context.people.by_handle(deputy)
        if ends_at <= now:
            raise PreconditionFailed("That day has begun already; say on which later day you are back.")
        begins = max(starts_at, now) if starts_at else now
        return self._context.absences.note(person.id, known.id, begins, ends_at, noted_by=person.id)

    def back(self, person: Person, absence_id: int) -> None:
        self._context.absences.end(numbered(absence_id), ended_by=person.id)

    def quiet(self, person: Person) -> QuietHours | None:
        return self._quiet.of(person.id)

    def keep_quiet(self, person: Person, hours: QuietHours | None) -> None:
        if hours is None:
            self._quiet.drop(person.id)
        else:
            self._quiet.keep(person.id, hours)

    def erp_user(self, person: Person) -> FoundUser | None:
        return self._users.of(person.id)

    def say_erp_user(self, person: Person, found_id: int, said: Said) -> None:
        self._users.say(numbered(found_id), person.id, said)

    def replay_job(self, person: Person, job_id: int) -> None:
        jobs.replay(numbered(job_id), self._now(), person)

    def tell(self, channel: str, payload: Payload, under: str | None = None) -> None:
        if under is None:
            self._outbox.post(channel, payload)
        else:
            self._outbox.show(f"under:{under}:{self.now().timestamp():.6f}", channel, payload, thread_key=under)


def _masked(finding: KnownFinding, person: Person) -> KnownFinding:
    """As the API would show it to this person."""
    return finding if may(person, Permission.READ_PRICES) else without_money(finding)
