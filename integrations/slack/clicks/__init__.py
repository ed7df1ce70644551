"""What each button and each modal does. Nothing in a click is authority: it names a card, and what that showed."""

import logging
from collections.abc import Callable, Mapping

from agent.domain.decisions import Person
from agent.errors import ExpediterError, StaleShown
from integrations.slack.clicks import answers, changing, deciding, erp_users, groups, jobs, others
from integrations.slack.clicks.click import Click
from integrations.slack.clicks.deeds import CardDeeds, MailDeeds
from integrations.slack.interaction import Interaction, Reaction
from integrations.slack.text import escaped
from integrations.slack.views.review import told
from integrations.slack.views.revision import Shown, shown_in

__all__ = ["CardDeeds", "MailDeeds", "handle"]

logger = logging.getLogger(__name__)

#: By the action's id up to a colon, or the modal's callback id.
DEEDS: Mapping[str, Callable[[Click], Reaction]] = {
    "approve": deciding.approve,
    "approve_modal": deciding.read_and_approve,
    "approve_submit": deciding.approve_with_modal,
    "reject": deciding.reject,
    "reject_submit": deciding.reject_with_reason,
    "review": changing.review,
    "edit": changing.edit,
    "edit_submit": changing.propose_edited,
    "hand_over": changing.hand_over,
    "hand_over_submit": changing.handed,
    "ask": changing.ask,
    "ask_submit": changing.asked,
    "withdraw": changing.withdraw,
    "withdraw_submit": changing.withdrawn,
    "undo": changing.undo,
    "group_approve": groups.approve_all,
    "group_lines": groups.choose,
    "group_reject": groups.refuse,
    "group_approve_submit": groups.approve_chosen,
    "group_reject_submit": groups.reject_chosen,
    "answer_how": answers.how,
    "answer_again": answers.again,
    "finding": others.finding,
    "finding_submit": others.finding_said,
    "propose": others.propose,
    "propose_submit": others.proposed,
    "brief": others.brief,
    "absence": others.absence,
    "absence_submit": others.away,
    "absence_end": others.back,
    "quiet": others.quiet,
    "quiet_submit": others.kept_quiet,
    "quiet_end": others.not_quiet,
    "erp_confirm": erp_users.confirm,
    "erp_refuse": erp_users.refuse,
    "erp_unlink": erp_users.unlink,
    "job_replay": jobs.replay,
    "mail": others.mail,
    "mail_draft": others.mail_draft,
    "mail_class": others.mail_class,
    "mail_assign": others.mail_assign,
    "mail_handled": others.mail_handled,
    "mail_draft_submit": others.draft_written,
    "mail_class_submit": others.class_corrected,
    "mail_assign_submit": others.assigned,
}
UNKNOWN = "This button does nothing here any more; the card has newer ones."


def handle(interaction: Interaction, person: Person, deeds: CardDeeds) -> Reaction:
    """What the click led to, also where it was refused: then the sentence why, and how the proposal stands now.

    A decision is in the database when this returns. Raises nothing that somebody could handle but what reading anew raises.
    """
    deed = DEEDS.get(interaction.action.partition(":")[0])
    if deed is None:
        return Reaction(private=UNKNOWN)
    click = Click(interaction, person, deeds)
    try:
        return deed(click)
    except ExpediterError as refusal:
        logger.info("a click on %s by %s was refused: %s", interaction.action[:60], person.handle, refusal)
        return _refused(click, refusal)


def _refused(click: Click, refusal: ExpediterError) -> Reaction:
    """The card may be what misled them, so it is drawn anew."""
    sentence = escaped(str(refusal))
    shown = _named(click)
    if shown is None:
        return Reaction(private=sentence)
    if shown.label.startswith("G"):
        return Reaction(private=sentence, redraw_groups=(shown.number,))
    try:
        proposal = click.deeds.proposal(shown.number)
    except ExpediterError:
        return Reaction(private=sentence)
    groups_of = (proposal.group_id,) if proposal.group_id else ()
    return Reaction(private=f"{sentence}\n{told(proposal, click.glance())}", redraw=(proposal.id,), redraw_groups=groups_of)


def _named(click: Click) -> Shown | None:
    try:
        return shown_in(click.carried, "PG")
    except StaleShown:
        return None
