"""The worker's jobs: answer, propose what is asked for by name or the way back, look for orders at risk.

No job here can change the ERP.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from agent.actions import NO_OWN, OwnActions, editable_action, inverse, prepare
from agent.actions.activate_policy import NAME as ACTIVATE_POLICY
from agent.actions.dry_run import dry_run, said_of_dry_run
from agent.actions.reply_to_mail import NAME as REPLY_TO_MAIL
from agent.domain.asked_edit import AskedEdit
from agent.domain.asked_reply import AskedReply
from agent.domain.chat import Inbound, PartKind, Released
from agent.domain.decisions import ExecutionLimit, Person
from agent.domain.outages import Neighbour, Reach
from agent.domain.policies import AskedPolicy
from agent.domain.records import Record
from agent.domain.scans import ScanResult
from agent.errors import ExpediterError, PreconditionFailed
from agent.graphs.asked_changes import proposed
from agent.graphs.evidence import evidence_of
from agent.graphs.release import Part, Release
from agent.graphs.rules import Chat
from agent.guardrails.permissions import Permission, demand
from agent.guardrails.policy import Policy
from agent.planner import word
from agent.ports.audit_log import AuditLog
from agent.ports.clock import Clock
from agent.ports.conversations import AnswerDesk
from agent.ports.erp_reader import ErpReader
from agent.ports.knowledge import Knowledge
from agent.ports.ledger import ProposalDesk
from agent.ports.mail_judge import ModelJudge
from agent.ports.mail_ledger import InboxReading
from agent.ports.mail_sending import Letters
from agent.ports.people import People
from agent.ports.policies import PolicyShelf
from agent.ports.risk_board import RiskBoard
from agent.risk.live import ScanEngine
from agent.tools import ToolContext, propose

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """All that the worker's jobs need from the world."""

    answers: AnswerDesk
    people: People
    desk: ProposalDesk
    audit: AuditLog
    reader: ErpReader
    knowledge: Knowledge
    policy: Policy
    clock: Clock
    chat: Chat
    """`RuleChat()` where no model is configured."""
    board: RiskBoard
    scans: ScanEngine
    own: OwnActions = field(default_factory=lambda: NO_OWN)
    in_force: Callable[[], Policy] | None = None
    """Where given, each job asks it; without it `policy` decides."""
    limits: Callable[[], Sequence[ExecutionLimit]] = tuple
    """What holds executions now."""
    shelf: PolicyShelf | None = None
    reach: Callable[[], Mapping[Neighbour, Reach]] = dict
    """How this process finds those it needs."""
    inbox: InboxReading | None = None
    mail_model: ModelJudge | None = None
    """The language model as one more judge of mails, where that is wanted."""
    letters: Letters | None = None
    """Where given, mails of the shared inbox can be answered."""

    def now(self) -> "WorkerContext":
        """The same with the policy that is in force at this moment."""
        return replace(self, policy=self.in_force()) if self.in_force else self


Answering = Callable[[Inbound, Person, ToolContext, WorkerContext], Iterator[Part]]


def answer_chat(inbound_id: int, context: WorkerContext) -> None:
    """Answer one question: release the parts of the answer, the last being `final`, or `failed` with one sentence.

    A repeated job does nothing when the answer is complete, and answers again when it was cut off.
    """
    answer_with(inbound_id, context, _chat)


def propose_inverse(inbound_id: int, context: WorkerContext) -> None:
    """Propose what takes a carried-out proposal back; the question's text is its number (`12` or `P12`)."""
    answer_with(inbound_id, context, _undo)


def propose_change(inbound_id: int, context: WorkerContext) -> None:
    """Propose a change that was asked for by its action's name; the question's text is an `AskedChange`."""
    answer_with(inbound_id, context, _propose)


def propose_policy(inbound_id: int, context: WorkerContext) -> None:
    """Propose to put a stored policy in force; the question's text is an `AskedPolicy`."""
    answer_with(inbound_id, context, _policy)


def propose_reply(inbound_id: int, context: WorkerContext) -> None:
    """Propose an answer to a mail of the shared inbox; the question's text is an `AskedReply`."""
    answer_with(inbound_id, context, _reply)


def propose_edit(inbound_id: int, context: WorkerContext) -> None:
    """Make a new revision of a proposal, as an approver wants it; the question's text is an `AskedEdit`."""
    answer_with(inbound_id, context, _edit)


def try_out(inbound_id: int, context: WorkerContext) -> None:
    """Say what the executor would check and send now; the question's text is a proposal's number."""
    answer_with(inbound_id, context, _dry_run)


def scan(context: WorkerContext) -> int:
    """Look at what changed, or at everything when that is due, and publish what differs; the number of orders at risk.

    Raises what the reader and the board raise: then the board stays as it is, and the next scan makes up for it.
    """
    context.scans.judge_by(context.now().policy)
    return _published(context.scans.scan(), context)


def rescan(model: str, record_id: int, name: str, context: WorkerContext) -> None:
    """Look at once at a record that is known to have changed, whatever else is new. Raises as `scan` does."""
    _published(context.scans.scan([Record(model, record_id, name)]), context)


def _published(found: ScanResult, context: WorkerContext) -> int:
    for sentence in found.missed:
        logger.warning("The full scan found what the scans before it had missed: %s", sentence)
    try:
        context.board.publish(found, context.reader.url, context.scans.warehouses)
    except Exception:
        context.scans.forget()  # the board does not know it: the next scan tells everything
        raise
    return found.at_risk


def answer_with(inbound_id: int, context: WorkerContext, answering: Answering) -> None:
    """Release what `answering` says, or one sentence why it failed; once."""
    inbound = context.answers.unanswered(inbound_id)
    if inbound is None:
        return
    context = context.now()
    ready: list[Released] = []
    try:
        person = context.people.by_id(inbound.person_id)
        demand(person, Permission.ASK)
        for part in answering(inbound, person, _turn(inbound, person, context), context):
            _let_out(part, inbound, ready, context)
    except ExpediterError as refused:
        logger.info("question %s was refused: %s", inbound.id, refused)
        context.answers.complete(inbound.id, [*ready, (PartKind.FAILED, {"text": str(refused)})])
    except Exception:
        # The edge of the process: whoever asked gets a sentence, and the reason is in the log under the question's number.
        logger.exception("question %s could not be answered", inbound.id)
        sentence = f"A fault in Expediter kept this from being answered; its log has the reason under question {inbound.id}."
        context.answers.complete(inbound.id, [*ready, (PartKind.FAILED, {"text": sentence})])


def _let_out(part: Part, inbound: Inbound, ready: list[Released], context: WorkerContext) -> None:
    """What somebody watches being written is shown as it comes; anything else is ready within a moment, and shown at once."""
    if part.kind is PartKind.FINAL:
        context.answers.complete(inbound.id, [*ready, (part.kind, part.body)], part.evidence)
        ready.clear()
    elif inbound.kind == "chat":
        context.answers.release(inbound.id, part.kind, part.body)
    else:
        ready.append((part.kind, part.body))


def _chat(inbound: Inbound, person: Person, turn: ToolContext, context: WorkerContext) -> Iterator[Part]:
    return context.chat.answer(inbound.text, inbound.conversation_id, turn)


def _undo(inbound: Inbound, person: Person, turn: ToolContext, context: WorkerContext) -> Iterator[Part]:
    number = inbound.text.strip().upper().removeprefix("P")
    if not number.isdecimal():
        raise PreconditionFailed("Say which proposal to undo by its number, like P12.")
    proposal = context.desk.proposal(int(number))
    back = inverse(proposal, context.own)
    if back is None:
        raise PreconditionFailed(f"{proposal.label} cannot be undone: it is irreversible.")
    if back[0] == ACTIVATE_POLICY:
        demand(person, Permission.PROPOSE_POLICY)
    release = Release(inbound.text, turn, turn.now())
    content = prepare(back[0], back[1], turn.reader, own=context.own)
    result = propose(turn, content, f"Takes {proposal.label} back, as {person.name} asked.", inverse_of=proposal.id)
    turn.turn.results.append(("propose_inverse", result))
    yield from release.rules_say(word("propose_inverse", result))
    yield from release.final({"origin": "rules"} | evidence_of(turn))


def _edit(inbound: Inbound, person: Person, turn: ToolContext, context: WorkerContext) -> Iterator[Part]:
    asked = AskedEdit.model_validate_json(inbound.text)
    shown = context.desk.proposal(asked.proposal)
    action = editable_action(shown, asked.changes)
    release = Release(inbound.text, turn, turn.now())
    content = prepare(action.name, shown.content.arguments | asked.changes, turn.reader, now=turn.now(), own=context.own)
    if content.sha256() == shown.sha256:
        raise PreconditionFailed(f"That is what {shown.label} says already.")
    rationale = f"{person.name} edited {shown.label}: {asked.reason}"
    result = propose(turn, content, rationale, supersedes=shown.id)
    turn.turn.results.append(("propose_edit", result))
    yield from release.rules_say(word("propose_edit", result))
    yield from release.final({"origin": "rules"} | evidence_of(turn))


def _dry_run(inbound: Inbound, person: Person, turn: ToolContext, context: WorkerContext) -> Iterator[Part]:
    proposal, release = context.desk.proposal(int(inbound.text)), Release(inbound.text, turn, turn.now())
    run = dry_run(
        proposal, turn.reader, context.policy, turn.now(), context.limits(), context.shelf, context.letters, context.own
    )
    yield from release.rules_say(said_of_dry_run(proposal, run))
    for part in release.final({"origin": "rules"} | evidence_of(turn)):
        row = {
            "label": proposal.label,
            "title": proposal.content.preview.title,
            "would_be_sent": run.would_be_sent,
            **asdict(run),
        }
        yield replace(part, body=part.body | {"dry_run": row}) if part.kind is PartKind.FINAL else part


def _propose(inbound: Inbound, person: Person, turn: ToolContext, context: WorkerContext) -> Iterator[Part]:
    release = Release(inbound.text, turn, turn.now())
    tool, result = proposed(inbound.text, person, turn, context.own)
    if "error" in result:
        raise PreconditionFailed(word(tool, result))
    yield from release.rules_say(word(tool, result))
    yield from release.final({"origin": "rules"} | evidence_of(turn))


def _policy(inbound: Inbound, person: Person, turn: ToolContext, context: WorkerContext) -> Iterator[Part]:
    demand(person, Permission.PROPOSE_POLICY)
    asked = AskedPolicy.model_validate_json(inbound.text)
    release = Release(inbound.text, turn, turn.now())
    arguments = {"version": asked.version, "replaces": asked.replaces}
    content = prepare(ACTIVATE_POLICY, arguments, turn.reader, own=context.own)
    result = propose(turn, content, asked.reason)
    turn.turn.results.append(("propose_policy", result))
    yield from release.rules_say(word("propose_policy", result))
    yield from release.final({"origin": "rules"} | evidence_of(turn))


def _reply(inbound: Inbound, person: Person, turn: ToolContext, context: WorkerContext) -> Iterator[Part]:
    asked = AskedReply.model_validate_json(inbound.text)
    text = asked.text or (context.letters.letter(asked.mail).draft if context.letters else None)
    if text is None:
        raise PreconditionFailed(f"No draft was prepared for M{asked.mail}; say what the answer is.")
    release = Release(inbound.text, turn, turn.now())
    arguments = {"mail": asked.mail, "text": text, "to": asked.to}
    content = prepare(REPLY_TO_MAIL, arguments, turn.reader, now=turn.now(), own=context.own)
    result = propose(turn, content, asked.reason)
    turn.turn.results.append(("propose_reply", result))
    yield from release.rules_say(word("propose_reply", result))
    yield from release.final({"origin": "rules"} | evidence_of(turn))


def _turn(inbound: Inbound, person: Person, context: WorkerContext) -> ToolContext:
    return ToolContext(
        reader=context.reader,
        book=context.desk,
        desk=context.desk,
        knowledge=context.knowledge,
        policy=context.policy,
        clock=context.clock,
        asker=person,
        inbound_id=inbound.id,
        audit=context.audit,
        board=context.board,
        inbox=context.inbox,
        earlier=context.answers.asked_before(inbound.id) if inbound.kind == "chat" else (),
    )
