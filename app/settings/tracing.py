"""Tracing to a third party would send what people ask and what the ERP holds out of the house."""

import os

from agent.errors import SettingMissing

SWITCHES = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2")
OFF = ("", "0", "false")


def refuse_tracing() -> None:
    """Raises SettingMissing while a switch is on that makes the model libraries report conversations elsewhere."""
    on = [name for name in SWITCHES if os.environ.get(name, "").lower() not in OFF]
    if on:
        raise SettingMissing(f"{' and '.join(on)} would send conversations to a tracing service; unset it and start again.")
