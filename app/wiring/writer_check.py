"""The writer's login, checked in a process of its own: no other ever holds it."""

import json
import subprocess
import sys
from contextlib import ExitStack

from agent.errors import ExpediterError
from app.contract.doctor import CheckRow, Verdict
from app.settings import ExecutorSettings, environment_for
from app.wiring.company import company_of
from app.wiring.embedded import database_url
from app.wiring.executor import erp
from app.wiring.store import open_store

SUBJECT = "writer"
NEEDED = ("sale.order",)
PATIENCE_S = 60


def writer_check() -> CheckRow:
    """In the child: does the login work, and may it write what the actions write?"""
    try:
        settings = ExecutorSettings.read()
        with ExitStack() as stack:
            reader, _ = erp(
                settings,
                lambda: open_store(
                    database_url(settings.executor_database_url, company_of(settings), "executor", stack), "executor", stack, 1
                ),
            )
            found = reader.describe()
    except ExpediterError as refusal:
        return CheckRow(subject=SUBJECT, verdict=Verdict.FAILED, words=str(refusal))
    missing = [model for model in NEEDED if model not in found.may_write]
    if missing:
        words = f"{found.login} works but may not write {', '.join(missing)}; give it Sales rights in {found.product}."
        return CheckRow(subject=SUBJECT, verdict=Verdict.FAILED, words=words)
    words = f"{found.login} works and may write {len(found.may_write)} models; only the executor is given it."
    return CheckRow(subject=SUBJECT, verdict=Verdict.OK, words=words)


def writer_check_in_child() -> CheckRow:
    return check_in_child(SUBJECT, "--writer-alone")


def check_in_child(subject: str, option: str) -> CheckRow:
    """Ask a child that gets nothing but the executor's settings."""
    command = [sys.executable, "-m", "app.cli", "doctor", option]
    try:
        answer = subprocess.run(
            command, env=environment_for(ExecutorSettings, {}), capture_output=True, text=True, check=True, timeout=PATIENCE_S
        )
        return CheckRow.model_validate(json.loads(answer.stdout))
    except (subprocess.SubprocessError, OSError, ValueError) as failure:
        words = f"The check did not come to an end ({type(failure).__name__}); run `expediter executor` to see why."
        return CheckRow(subject=subject, verdict=Verdict.FAILED, words=words)
