"""The `expediter` command."""

from app.cli.edge import run as main

__all__ = ["main"]
