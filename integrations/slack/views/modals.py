"""What opens when deciding takes more than a click."""

from collections.abc import Sequence

from agent.domain.decisions import Change, Person, Proposal
from integrations.slack.interaction import Payload
from integrations.slack.views import blocks as b
from integrations.slack.views import inputs
from integrations.slack.views.approval import IRREVERSIBLE
from integrations.slack.views.revision import carried

REASONS = (
    "The new date does not work for the customer",
    "It costs too much",
    "It harms another order or customer",
    "The record or the amount is wrong",
    "It is not needed any more",
    "Another way is better",
    "Other, see the note",
)
ASKER, ASSISTANT = "asker", "assistant"
ROW_OF_TEXT, SHORT = 2_900, 120
MOST_ROWS = 40


def approve_modal(proposal: Proposal, *, code: bool) -> Payload:
    """Everything that would be written, read before the button; with the code of an authenticator where the rule wants one."""
    return inputs.modal(
        f"Approve {proposal.label}",
        [*_whole(proposal), *([code_input()] if code else [])],
        "approve_submit",
        carried(proposal),
        "Approve",
    )


def code_input() -> Payload:
    return inputs.asked(
        "code",
        "Code of your authenticator",
        inputs.text(most=20, least=6, placeholder="123 456"),
        hint="The rule wants a second factor for this; a code counts once.",
    )


def reject_modal(proposal: Proposal) -> Payload:
    """The reason goes to whoever asked, and into the report."""
    return inputs.modal(
        f"Reject {proposal.label}",
        [inputs.alert(f"{proposal.content.preview.title}: this will not be done."), *reason_inputs()],
        "reject_submit",
        carried(proposal),
        "Reject",
    )


def reason_inputs() -> list[Payload]:
    return [
        inputs.asked("reason", "Why", inputs.choice([(one, one) for one in REASONS], placeholder="A reason")),
        inputs.asked(
            "note", "Note", inputs.text(lines=True, most=900, placeholder="What should be done instead?"), optional=True
        ),
    ]


def withdraw_modal(proposal: Proposal) -> Payload:
    return inputs.modal(
        f"Take {proposal.label} back",
        [
            inputs.alert(f"{proposal.content.preview.title}: nobody will be asked any more.", "info"),
            inputs.asked("reason", "Why", inputs.text(lines=True, least=1, placeholder="For whoever would have decided")),
        ],
        "withdraw_submit",
        carried(proposal),
        "Take back",
    )


def hand_over_modal(proposal: Proposal, colleagues: Sequence[Person]) -> Payload:
    """`colleagues`: who can decide on it now, without whoever asks. Handing over gives nobody a right they do not have."""
    if not colleagues:
        said = (
            "Nobody else can decide on this now. It stays with you until it escalates or lapses; reject what should not be done."
        )
        return inputs.modal(f"Hand over {proposal.label}", [b.section(b.mrkdwn(said, 500))], "none", carried(proposal))
    options = [(one.handle, f"{one.name} ({one.handle})") for one in colleagues]
    return inputs.modal(
        f"Hand over {proposal.label}",
        [
            b.section(b.mrkdwn(proposal.content.preview.title, 300)),
            inputs.asked("to", "To whom", inputs.choice(options, placeholder="A colleague who can decide")),
            inputs.asked("note", "What they should know", inputs.text(lines=True, most=900), optional=True),
        ],
        "hand_over_submit",
        carried(proposal),
        "Hand over",
    )


def ask_modal(proposal: Proposal, place: str) -> Payload:
    """`place`: channel and time stamp of the card, so that the question stands under it."""
    options = [(ASKER, f"{proposal.asker.handle}, who asked for it"), (ASSISTANT, "Expediter")]
    return inputs.modal(
        f"Ask about {proposal.label}",
        [
            b.section(b.mrkdwn(proposal.content.preview.title, 300)),
            inputs.asked("whom", "Whom", inputs.choice(options, ASKER)),
            inputs.asked("question", "Question", inputs.text(lines=True, most=1_900, least=1)),
        ],
        "ask_submit",
        b.value(proposal.label, place),
        "Ask",
    )


def _change(change: Change) -> list[Payload]:
    """A short value in a line, a long one quoted."""
    if max(len(change.before), len(change.after)) <= SHORT:
        runs = (b.bold(f"{change.label}: "), b.run(change.before, SHORT), b.run(" → "), b.bold(change.after, SHORT))
        return [b.paragraph(*runs)]
    now = [b.paragraph(b.bold(f"{change.label}, now")), b.quote(change.before, ROW_OF_TEXT)] if change.before else []
    return [*now, b.paragraph(b.bold(f"{change.label}, then")), b.quote(change.after, ROW_OF_TEXT)]


def _whole(proposal: Proposal) -> list[Payload]:
    """Nothing is cut but what no modal can hold."""
    preview = proposal.content.preview
    blocks = [b.section(f"*{b.mrkdwn(preview.title, 300)}*\n{b.mrkdwn(preview.consequence, 1_500)}")]
    blocks += [b.rich(*_change(change)) for change in preview.changes[:MOST_ROWS]]
    if len(preview.changes) > MOST_ROWS:
        rest = len(preview.changes) - MOST_ROWS
        blocks.append(
            inputs.alert(f"{rest} more changes do not fit here; read them with `expediter proposals show {proposal.label}`.")
        )
    if preview.undo == IRREVERSIBLE:
        blocks.append(inputs.alert("This cannot be undone."))
    return blocks
