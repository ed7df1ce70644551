"""The standard streams as every command finds them."""

import sys


def ensure_streams() -> None:
    """Started without standard streams, or in a locale that lacks a character, a command still ends with its own exit code."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open("/dev/null", "w"))  # noqa: SIM115 - lives as long as the process
        else:
            stream.reconfigure(errors="replace")
