"""Play a case in its world and look at what is left."""

import time
from dataclasses import dataclass, field
from typing import Any

from fastapi.testclient import TestClient

from agent.domain.chat import PartKind
from agent.jobs.worker import answer_chat, propose_inverse
from agent.triage import triage, triage_row
from app.web import create_app
from evals.aftermath import Aftermath
from evals.case import Case, Step
from evals.observed import Observed
from evals.placeholders import filled
from evals.world import OWN_MAIL_SERVER, World, Worlds
from integrations.email import parse_mail


@dataclass(slots=True)
class Play:
    """What was said and refused so far."""

    world: World
    web: TestClient
    conversations: dict[str, str] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    refused: bool = False
    mail: dict[str, Any] | None = None

    def take(self, step: Step) -> None:
        if step.says:
            self._ask(step.person, step.says)
        elif step.mail:
            self._triage(step.mail)
        elif step.decides:
            self._decide(step.person, step.decides)
        elif step.undo:
            self._undo(step.person)
        elif step.executes:
            self.world.sweep()
        elif step.erp:
            self.world.owner.execute(
                "UPDATE demo.sale_order SET promise_date = %s::date + time '12:00' WHERE name = %s",
                [step.erp["promise_date"], step.erp["order"]],
            )

    def _post(self, path: str, person: str, body: dict[str, Any]) -> Any:
        return self.web.post(path, json=body, headers={"Authorization": f"Bearer {self.world.tokens[person]}"})

    def _ask(self, person: str, text: str) -> None:
        body = {"text": text, "conversation_id": self.conversations.get(person)}
        received = self._post("/v1/chat", person, body).json()
        self.conversations[person] = received["conversation_id"]
        answer_chat(received["inbound_id"], self.world.worker)
        self._read(received["inbound_id"])

    def _read(self, inbound_id: int) -> None:
        last = self.world.web.inbound.parts(inbound_id)[-1]
        if last.kind is PartKind.FINAL:
            self.answer = last.body
        else:
            self.answer = {"answer": last.body["text"], "degraded": True, "citations": []}
            self.errors.append(last.body["text"])

    def _decide(self, person: str, verdict: str) -> None:
        newest = self.world.web.desk.proposals(limit=1)[0]
        body = {"verdict": verdict, "reason": "decided in a case", "sha256": newest.sha256}
        response = self._post(f"/v1/proposals/{newest.id}/decisions", person, body)
        self.refused = response.status_code >= 400

    def _undo(self, person: str) -> None:
        newest = self.world.web.desk.proposals(limit=1)[0]
        received = self._post(f"/v1/proposals/{newest.id}/undo", person, {}).json()
        propose_inverse(received["inbound_id"], self.world.worker)
        self._read(received["inbound_id"])

    def _triage(self, text: str) -> None:
        mail = parse_mail(text.replace("\n", "\r\n").encode())
        found = triage(mail, self.world.worker.reader, self.world.worker.clock(), OWN_MAIL_SERVER, judge=self.world.judge)
        self.mail = triage_row("case.eml", found)


def play(case: Case, worlds: Worlds) -> tuple[Case, Observed]:
    """The case with its placeholders filled, and its end state."""
    with worlds.fresh() as world:
        ready = filled(case, world.values)
        before = Aftermath.of(world.owner)
        begun = time.monotonic()
        with TestClient(create_app(world.web)) as web:
            scene = Play(world, web)
            for step in ready.steps:
                scene.take(step)
        seconds = time.monotonic() - begun
        after = Aftermath.of(world.owner)
        return ready, Observed(
            answer=scene.answer.get("answer", ""),
            degraded=scene.answer.get("degraded", False),
            cites=tuple(citation["source"] for citation in scene.answer.get("citations", ())),
            proposals=after.proposals,
            promise_dates=after.moved_since(before),
            notes=after.notes_since(before),
            other_changes=after.changed_since(before),
            refused=scene.refused,
            unapproved=after.unapproved,
            mail=scene.mail,
            seconds=seconds,
            errors=tuple(scene.errors),
        )
