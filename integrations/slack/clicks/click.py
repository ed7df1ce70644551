"""One click, with what every deed of it needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.domain.decisions import Person, Proposal, ProposalState, Verdict
from agent.errors import StaleShown
from agent.guardrails.approvals import rule_on
from integrations.slack.clicks.deeds import CardDeeds
from integrations.slack.interaction import Interaction, Reaction
from integrations.slack.text import escaped
from integrations.slack.views.review import told
from integrations.slack.views.revision import Shown, rev_of, shown_in
from integrations.slack.views.scene import Scene


@dataclass(frozen=True, slots=True)
class Click:
    it: Interaction
    person: Person
    deeds: CardDeeds

    @property
    def carried(self) -> str:
        """Of the button, or of the modal that was submitted."""
        return self.it.private_metadata if self.it.kind == "view_submission" else self.it.value

    def shown(self, letters: str) -> Shown:
        return shown_in(self.carried, letters)

    def given(self, name: str) -> str:
        """What an input holds."""
        return (self.it.values.get(name) or "").strip()

    def scene(self) -> Scene:
        deeds = self.deeds
        return Scene(deeds.policy(), deeds.people(), deeds.standing(), deeds.now(), deeds.link)

    def glance(self) -> Scene:
        """Enough to say how a proposal stands; who can decide on it costs more to know."""
        return Scene(self.deeds.policy(), (), (), self.deeds.now())

    def proposal(self) -> Proposal:
        """The one on the card, as it is now; a click on an older state of it is told so. Raises StaleShown, RecordMissing.

        Of one that does not wait any more that says more than that the card is old, so it is left to whoever decides.
        """
        shown = self.shown("P")
        proposal = self.deeds.proposal(shown.number)
        if proposal.state is ProposalState.PENDING and shown.rev != rev_of(proposal):
            raise StaleShown(f"{proposal.label} has changed since you saw it; look at it again before you decide.")
        return proposal

    def demand_turn(self, proposal: Proposal) -> None:
        """Raises as the API does for whoever cannot decide on it now."""
        requirement = self.deeds.policy().require(proposal.content.action, proposal.content.facts)
        rule_on(requirement, proposal, self.person, Verdict.APPROVE, self.deeds.now(), self.represented())

    def represented(self) -> Sequence[Person]:
        return [one.absent for one in self.deeds.standing() if one.deputy.id == self.person.id]

    def after(self, proposal_id: int, said: str) -> Reaction:
        """What was done, and how the proposal stands now, read anew; its cards are drawn anew."""
        proposal = self.deeds.proposal(proposal_id)
        groups = (proposal.group_id,) if proposal.group_id else ()
        return Reaction(private=f"{escaped(said)}\n{told(proposal, self.glance())}", redraw=(proposal_id,), redraw_groups=groups)
