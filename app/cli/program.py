"""All commands, in the order a newcomer meets them."""

from typing import Annotated

import typer

from app.cli import (
    actions,
    approval_report,
    approvals,
    audit,
    authenticator,
    brief,
    chat,
    database,
    decisions,
    demo,
    doctor,
    erasure,
    executions,
    findings,
    impact,
    jobs,
    knowledge,
    mail,
    mail_scorecard,
    mail_threads,
    people,
    pictures,
    policy,
    policy_versions,
    processes,
    proposals,
    risk,
    scorecard,
    shipments,
    slack,
)
from app.contract import CONTRACT

EXAMPLES = """[bold]Try it, with nothing set up[/bold] (an invented distributor, on this machine only):

  expediter demo

[bold]Everyday[/bold]

  expediter risk list --limit 10
  expediter chat "which orders will miss their promise this week, and why?"
  expediter mail triage message.eml
  expediter proposals list
  expediter approve P12 --as sofia

[bold]On your own Odoo[/bold]: set EXPEDITER_ODOO_URL and its logins (docs/settings.md), then

  expediter doctor
  expediter up"""

program = typer.Typer(
    name="expediter",
    help="Finds the orders that will miss their promise, says why, and changes nothing without a named person's approval.",
    epilog="\n\n".join(line for line in EXAMPLES.splitlines() if line),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

SEE, ACT, RUN, KEEP = "See", "Ask and decide", "Run", "Set up and keep"

program.command(rich_help_panel=RUN)(demo.demo)
risk.group.command()(brief.brief)
risk.group.command()(impact.impact)
risk.group.command()(impact.tree)
risk.group.command()(pictures.timeline)
risk.group.command()(pictures.ageing)
for command in findings.COMMANDS:
    risk.group.command()(command)
risk.group.command()(scorecard.scorecard)
program.add_typer(risk.group, name="risk", rich_help_panel=SEE)
program.command(rich_help_panel=ACT)(chat.chat)
program.add_typer(shipments.group, name="shipment", rich_help_panel=SEE)
for dealing in (*mail_threads.COMMANDS, mail_scorecard.scorecard):
    mail.group.command()(dealing)
program.add_typer(mail.group, name="mail", rich_help_panel=SEE)
program.add_typer(proposals.group, name="proposals", rich_help_panel=SEE)
program.command(rich_help_panel=SEE)(actions.actions)
program.command(rich_help_panel=ACT, epilog=actions.EPILOG)(actions.propose)
program.command("propose-dates", rich_help_panel=ACT)(actions.propose_dates)
program.command(rich_help_panel=ACT)(decisions.approve)
program.command(rich_help_panel=ACT)(decisions.reject)
for deed in (decisions.edit, decisions.withdraw, decisions.comment, decisions.undo):
    program.command(rich_help_panel=ACT)(deed)
program.command("dry-run", rich_help_panel=SEE)(decisions.dry_run)
approvals.group.command()(approval_report.report)
program.add_typer(approvals.group, name="approvals", rich_help_panel=SEE)
program.add_typer(jobs.group, name="jobs", rich_help_panel=RUN)
program.add_typer(executions.group, name="executions", rich_help_panel=ACT)
for versioning in policy_versions.COMMANDS:
    policy.group.command(versioning.__name__.rstrip("_"))(versioning)
program.add_typer(policy.group, name="policy", rich_help_panel=SEE)
audit.group.command()(erasure.prune)
audit.group.command()(erasure.erase)
program.add_typer(audit.group, name="audit", rich_help_panel=SEE)
program.add_typer(knowledge.group, name="knowledge", rich_help_panel=SEE)
program.command(rich_help_panel=RUN)(processes.up)
program.command(rich_help_panel=RUN)(processes.serve)
program.command(rich_help_panel=RUN)(processes.worker)
program.command(rich_help_panel=RUN)(processes.executor)
program.command(rich_help_panel=KEEP)(doctor.doctor)
people.group.command("erase")(erasure.erase_person)
people.group.add_typer(authenticator.group, name="authenticator")
program.add_typer(people.group, name="person", rich_help_panel=KEEP)
program.add_typer(slack.group, name="slack", rich_help_panel=KEEP)
program.add_typer(database.group, name="db", rich_help_panel=KEEP)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"expediter {version('expediter')} (JSON contract {CONTRACT})")
        raise typer.Exit


@program.callback()
def root(
    _version_wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and the JSON contract's.")
    ] = False,
) -> None:
    """Options of every command."""
