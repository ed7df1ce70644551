"""The app's manifest: what it may do in the workspace, and where Slack sends."""

from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("manifest.yaml")


def manifest(public_url: str | None = None) -> dict[str, Any]:
    """For Socket Mode; with the address at which the internet reaches serve, for HTTP."""
    found: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    if public_url is not None:
        address = f"{public_url.rstrip('/')}/slack/events"
        settings = found["settings"]
        settings["socket_mode_enabled"] = False
        settings["event_subscriptions"]["request_url"] = address
        settings["interactivity"]["request_url"] = address
        found["features"]["slash_commands"][0]["url"] = address
    return found


def manifest_text(public_url: str | None = None) -> str:
    """As it is pasted into Slack."""
    return yaml.safe_dump(manifest(public_url), sort_keys=False, allow_unicode=True)


def wanted_scopes() -> frozenset[str]:
    return frozenset(manifest()["oauth_config"]["scopes"]["bot"])
