"""Where no Slack workspace is configured, nothing of it is loaded: a process starts no slower and grows no larger."""

import subprocess
import sys

import pytest

LOADED = """
import sys
import app.wiring.{process}
print([name for name in ("slack_bolt", "slack_sdk", "aiohttp", "integrations.slack") if name in sys.modules])
"""


@pytest.mark.parametrize("process", ["serve", "executor"])
def test_a_process_without_slack_loads_none_of_its_libraries(process: str) -> None:
    program = LOADED.format(process=process)
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "[]"
