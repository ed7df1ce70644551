"""Whether those who approved may still: authority is that of the moment at which a change is carried out."""

from dataclasses import replace

from agent.domain.decisions import Decision, Person, Proposal
from agent.errors import PreconditionFailed, RecordMissing
from agent.ports.absences import StandIns
from agent.ports.people import People


def as_of_today(proposal: Proposal, people: People | None, stand_ins: StandIns | None) -> Proposal:
    """The proposal with its deciders as they are now, so that roles that were lost no longer count.

    Of a deputy's decision three things are judged, each by what is known now:

    * the absent person is active; what roles both have now is left to `satisfied`, which also keeps roles apart;
    * the deputy is active;
    * the deputy stood in at the time of the decision. It need not last until the change is carried out: an absence that ended
      afterwards, early or not, leaves the decision good. One that was cancelled, noted by mistake, never was one.

    `people` None: they are taken as stored. `stand_ins` None: no deputy's decision counts.
    Raises PreconditionFailed, saying who has left or did not stand in.
    """
    return replace(proposal, decisions=tuple(_today(taken, people, stand_ins) for taken in proposal.decisions))


def _today(taken: Decision, people: People | None, stand_ins: StandIns | None) -> Decision:
    deputy, absent = taken.person, taken.on_behalf_of
    if absent is None:
        return replace(taken, person=_active(deputy, "who decided", people))
    if stand_ins is None or not stand_ins.stood_in(deputy.id, absent.id, taken.decided_at):
        raise PreconditionFailed(
            f"{deputy.handle} decided for {absent.handle}, but did not stand in for {absent.handle} then: "
            "the absence was cancelled or had ended."
        )
    return replace(
        taken,
        person=_active(deputy, f"who decided for {absent.handle}", people),
        on_behalf_of=_active(absent, f"for whom {deputy.handle} decided", people),
    )


def _active(person: Person, who: str, people: People | None) -> Person:
    try:
        return people.by_id(person.id) if people is not None else person
    except RecordMissing:
        raise PreconditionFailed(f"{person.handle}, {who}, is no longer an active person.") from None
