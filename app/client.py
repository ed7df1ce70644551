"""Talking to serve as one person."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from agent.domain.chat import PartKind
from agent.domain.decisions import ProposalState
from agent.domain.finding_life import EventKind
from agent.errors import DecisionRefused, ExpediterError, NotPermitted, RecordMissing, SecondFactorNeeded, ServerUnreachable
from app.contract.absences import AbsenceRow
from app.contract.answering import DraftRow
from app.contract.chat import AnswerRow
from app.contract.executions import LimitRow
from app.contract.findings import KnownFindingRow
from app.contract.groups import GroupAnswer, GroupRow
from app.contract.jobs import GivenUpJobRow
from app.contract.mail import CorrectionAnswer, MailRow
from app.contract.mail_scorecard import MailScorecardRow
from app.contract.proposals import DecisionAnswer, ProposalRow
from app.contract.second_factor import AuthenticatorRow, EnrolmentRow
from app.contract.shipments import CarrierReportRow

#: Beyond serve's own keep-alive of 5 s.
PATIENCE_S = 30.0
NEEDS_CODE = SecondFactorNeeded().kind
TOKEN = re.compile(r"[\x21-\x7e]+")
REFUSALS: dict[int, type[ExpediterError]] = {401: NotPermitted, 403: NotPermitted, 404: RecordMissing, 409: DecisionRefused}


@dataclass(frozen=True, slots=True)
class Part:
    kind: PartKind
    body: dict[str, Any]


class Api:
    """Raises NotPermitted for what is no token, ServerUnreachable when nothing answers, and serve's refusals in serve's words."""

    def __init__(self, url: str, token: str | None) -> None:
        if token and not TOKEN.fullmatch(token):
            raise NotPermitted("That is not a token; `expediter person token NAME` issues one, which looks like exp_….")
        self.url = url
        self.signed_in = token is not None
        self._client = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {token}"} if token else {}, timeout=PATIENCE_S, trust_env=False
        )

    def alive(self) -> bool:
        try:
            return bool(self._request("GET", "/healthz") == {"status": "ok"})
        except ExpediterError:
            return False

    def ready(self) -> None:
        self._request("GET", "/readyz")

    def proposal(self, proposal_id: int) -> ProposalRow:
        """A glance on behalf of a command, which does not mean that its person read it."""
        return ProposalRow.model_validate(self._request("GET", f"/v1/proposals/{proposal_id}?glance=true"))

    def group(self, group_id: int) -> GroupRow:
        return GroupRow.model_validate(self._request("GET", f"/v1/groups/{group_id}"))

    def decide_group(self, shown: GroupRow, verdict: str, reason: str, code: str | None = None) -> GroupAnswer:
        """On every line that waits. Raises SecondFactorNeeded when the same click would pass with a code."""
        lines = [{"proposal_id": line.id, "sha256": line.sha256} for line in shown.lines if line.state == ProposalState.PENDING]
        if not lines:
            raise DecisionRefused(f"No line of {shown.label} waits for a decision.")
        click = {"verdict": verdict, "lines": lines, "reason": reason or None, "code": code}
        return GroupAnswer.model_validate(self._request("POST", f"/v1/groups/{shown.id}/decisions", click))

    def propose_new_dates(self, cause: str, new_date: str | None, reason: str) -> int:
        wanted = {"cause": cause, "new_date": new_date, "reason": reason}
        return int(self._request("POST", "/v1/groups", wanted)["inbound_id"])

    def edit(self, shown: ProposalRow, changes: Mapping[str, Any], reason: str) -> int:
        wanted = {"sha256": shown.sha256, "changes": dict(changes), "reason": reason}
        return int(self._request("POST", f"/v1/proposals/{shown.id}/edits", wanted)["inbound_id"])

    def withdraw(self, proposal_id: int, reason: str) -> ProposalRow:
        said = {"reason": reason}
        return ProposalRow.model_validate(self._request("POST", f"/v1/proposals/{proposal_id}/withdrawal", said))

    def comment(self, proposal_id: int, text: str) -> ProposalRow:
        return ProposalRow.model_validate(self._request("POST", f"/v1/proposals/{proposal_id}/comments", {"text": text}))

    def authenticator(self) -> AuthenticatorRow:
        return AuthenticatorRow.model_validate(self._request("GET", "/v1/me/authenticator"))

    def enrol_authenticator(self, enrolment_code: str) -> EnrolmentRow:
        given = {"enrolment_code": enrolment_code}
        return EnrolmentRow.model_validate(self._request("POST", "/v1/me/authenticator", given))

    def confirm_authenticator(self, code: str) -> AuthenticatorRow:
        return AuthenticatorRow.model_validate(self._request("POST", "/v1/me/authenticator/confirmation", {"code": code}))

    def remove_authenticator(self, code: str) -> AuthenticatorRow:
        return AuthenticatorRow.model_validate(self._request("POST", "/v1/me/authenticator/removal", {"code": code}))

    def decide(self, shown: ProposalRow, verdict: str, reason: str, code: str | None = None) -> DecisionAnswer:
        """Raises SecondFactorNeeded when the same click would pass with a code."""
        click = {"verdict": verdict, "sha256": shown.sha256, "reason": reason, "code": code}
        return DecisionAnswer.model_validate(self._request("POST", f"/v1/proposals/{shown.id}/decisions", click))

    def hold(self, action: str, per_hour: int | None, reason: str) -> list[LimitRow]:
        """What is stopped or limited then."""
        wanted = {"action": action, "per_hour": per_hour, "reason": reason}
        return [LimitRow.model_validate(row) for row in self._request("POST", "/v1/executions/limits", wanted)]

    def resolve(self, proposal_id: int, took_effect: bool, reason: str) -> ProposalRow:
        seen = {"took_effect": took_effect, "reason": reason}
        return ProposalRow.model_validate(self._request("POST", f"/v1/executions/{proposal_id}/resolution", seen))

    def given_up_jobs(self, limit: int) -> list[GivenUpJobRow]:
        return [GivenUpJobRow.model_validate(row) for row in self._request("GET", f"/v1/jobs?limit={limit}")]

    def replay_job(self, job_id: int) -> GivenUpJobRow:
        return GivenUpJobRow.model_validate(self._request("POST", f"/v1/jobs/{job_id}/replay"))

    def finding(self, finding_id: int) -> KnownFindingRow:
        return KnownFindingRow.model_validate(self._request("GET", f"/v1/findings/{finding_id}"))

    def say(self, shown: KnownFindingRow, kind: EventKind, said: Mapping[str, str]) -> KnownFindingRow:
        """Of a finding as it was shown; it is refused when that got graver or less grave meanwhile."""
        deed = {"kind": kind.value, "severity": shown.severity.value, **said}
        return KnownFindingRow.model_validate(self._request("POST", f"/v1/findings/{shown.id}/events", deed))

    def mails(self, mail_class: str | None, limit: int, **flags: bool) -> list[MailRow]:
        """Flags: `needs_person`, `mine`, `late`, `done`."""
        wanted = {name: "true" for name, flag in flags.items() if flag} | ({"class": mail_class} if mail_class else {})
        query = urlencode({**wanted, "limit": limit})
        return [MailRow.model_validate(row) for row in self._request("GET", f"/v1/mails?{query}")]

    def mail(self, mail_id: int) -> MailRow:
        return MailRow.model_validate(self._request("GET", f"/v1/mails/{mail_id}"))

    def mail_scorecard(self, since: str | None, until: str | None) -> MailScorecardRow:
        asked = urlencode({name: day for name, day in (("since", since), ("until", until)) if day})
        return MailScorecardRow.model_validate(self._request("GET", f"/v1/mails/scorecard?{asked}"))

    def correct_mail(self, shown: MailRow, said: Mapping[str, str]) -> CorrectionAnswer:
        """As it was shown; it is refused when somebody worked on it meanwhile."""
        body = {**said, "rev": shown.rev}
        return CorrectionAnswer.model_validate(self._request("POST", f"/v1/mails/{shown.id}/corrections", body))

    def handle_mail(self, shown: MailRow, kind: str, said: Mapping[str, str]) -> MailRow:
        """Likewise."""
        body = {"kind": kind, "rev": shown.rev, **said}
        return MailRow.model_validate(self._request("POST", f"/v1/mails/{shown.id}/events", body))

    def follow_mail(self, mail_id: int) -> int:
        return int(self._request("POST", f"/v1/mails/{mail_id}/following")["inbound_id"])

    def file_mails_of(self, day: str, reason: str) -> int:
        return int(self._request("POST", "/v1/mails/filing", {"day": day, "reason": reason})["inbound_id"])

    def write_to_customers(self, mail_id: int, reason: str) -> int:
        return int(self._request("POST", f"/v1/mails/{mail_id}/customer-updates", {"reason": reason})["inbound_id"])

    def draft(self, mail_id: int) -> DraftRow:
        return DraftRow.model_validate(self._request("GET", f"/v1/mails/{mail_id}/draft"))

    def reply(self, mail_id: int, text: str | None, to: str | None, reason: str) -> int:
        wanted = {"text": text, "to": to, "reason": reason}
        return int(self._request("POST", f"/v1/mails/{mail_id}/reply", wanted)["inbound_id"])

    def report_shipment(self, tracking: str, status: str, eta: str | None, said: str) -> CarrierReportRow:
        report = {"tracking": tracking, "status": status, "eta": eta, "said": said}
        return CarrierReportRow.model_validate(self._request("POST", "/v1/shipments/reports", report))

    def away(self, handle: str, deputy: str, starts_at: str | None, ends_at: str) -> AbsenceRow:
        said = {"person": handle, "deputy": deputy, "from": starts_at, "until": ends_at}
        return AbsenceRow.model_validate(self._request("POST", "/v1/absences", said))

    def back(self, absence_id: int) -> AbsenceRow:
        return AbsenceRow.model_validate(self._request("POST", f"/v1/absences/{absence_id}/end"))

    def cancel_absence(self, absence_id: int, reason: str) -> AbsenceRow:
        return AbsenceRow.model_validate(self._request("POST", f"/v1/absences/{absence_id}/cancel", {"reason": reason}))

    def absences(self) -> list[AbsenceRow]:
        return [AbsenceRow.model_validate(row) for row in self._request("GET", "/v1/absences")]

    def hand_in_policy(self, text: str, reason: str) -> int:
        return int(self._request("POST", "/v1/policies", {"text": text, "reason": reason})["inbound_id"])

    def ask_for_policy(self, version: str, reason: str) -> int:
        return int(self._request("POST", f"/v1/policies/{quote(version, safe='')}/activation", {"reason": reason})["inbound_id"])

    def undo(self, proposal_id: int) -> int:
        return int(self._request("POST", f"/v1/proposals/{proposal_id}/undo")["inbound_id"])

    def dry_run(self, proposal_id: int) -> int:
        return int(self._request("POST", f"/v1/proposals/{proposal_id}/dry-run")["inbound_id"])

    def propose(self, action: str, arguments: Mapping[str, Any], reason: str) -> int:
        asked = {"action": action, "arguments": dict(arguments), "reason": reason}
        return int(self._request("POST", "/v1/proposals", asked)["inbound_id"])

    def ask(self, text: str, conversation_id: str | None = None) -> tuple[int, str]:
        received = self._request("POST", "/v1/chat", {"text": text, "conversation_id": conversation_id})
        return int(received["inbound_id"]), str(received["conversation_id"])

    def parts(self, inbound_id: int) -> Iterator[Part]:
        """Parts as they are released; the last is `final` or `failed`."""
        try:
            with self._client.stream("GET", f"/v1/chat/{inbound_id}") as response:
                if response.is_error:
                    response.read()
                    raise _refusal(response.status_code, response.content)
                yield from _events(response.iter_lines())
        except httpx.HTTPError as lost:
            raise self._unreachable(lost) from None

    def _request(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        try:
            response = self._client.request(method, path, json=body)
        except (httpx.HTTPError, httpx.InvalidURL) as lost:
            raise self._unreachable(lost) from None
        if response.is_error:
            raise _refusal(response.status_code, response.content)
        try:
            return response.json()
        except ValueError:
            raise ServerUnreachable(f"What answers at {self.url} is not Expediter; is EXPEDITER_SERVER_URL right?") from None

    def _unreachable(self, lost: Exception) -> ServerUnreachable:
        if type(lost).__name__ in ("ReadTimeout", "RemoteProtocolError", "ReadError"):
            return ServerUnreachable(
                f"The server at {self.url} broke off its answer; `expediter proposals list` shows how things stand."
            )
        return ServerUnreachable(f"No server answers at {self.url}; start one with `expediter up`, or set EXPEDITER_SERVER_URL.")


def final_answer(parts: Iterator[Part]) -> AnswerRow:
    """The whole answer. Raises ExpediterError with the reason when it failed."""
    for part in parts:
        if part.kind is PartKind.FINAL:
            return AnswerRow.model_validate(part.body)
        if part.kind is PartKind.FAILED:
            raise ExpediterError(part.body["text"])
    raise ServerUnreachable("The server ended the answer before it was complete; ask again.")


def _events(lines: Iterator[str]) -> Iterator[Part]:
    kind, data = "", ""
    for line in lines:
        if line.startswith("event:"):
            kind = line.removeprefix("event:").strip()
        elif line.startswith("data:"):
            data += line.removeprefix("data:").strip()
        elif not line and data:
            yield Part(PartKind(kind), json.loads(data))
            kind, data = "", ""


def _refusal(status: int, content: bytes) -> ExpediterError:
    try:
        body = json.loads(content)
        sentence, kind = str(body["error"]), body.get("kind")
    except (ValueError, KeyError, TypeError, AttributeError):
        kind, sentence = None, f"The server refused with status {status}; is EXPEDITER_SERVER_URL right?"
    return (SecondFactorNeeded if kind == NEEDS_CODE else REFUSALS.get(status, ExpediterError))(sentence)
