"""From what Slack sent to what we know of it. Signed or not, no shape is taken for granted: what is not there is empty."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.domain.messenger import DeliveryKind
from integrations.slack.interaction import Interaction, Kind, Place
from integrations.slack.text import storable

LONGEST_TEXT = 12_000
_ID, _VALUE, _METADATA, _INPUT = 255, 2_000, 3_000, 3_000
_INTERACTIONS = frozenset(kind.value for kind in Kind)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A delivery: who sent it from which workspace, and the names by which it is known again."""

    kind: DeliveryKind | None
    """None: nothing we handle; it is acknowledged and forgotten."""
    teams: frozenset[str]
    """Every workspace it names as its own or as that of whoever acted."""
    user: str
    identities: tuple[str, ...]
    body: dict[str, Any]
    """What is worth storing of it."""


def text_at(body: Any, *path: str | int, limit: int = _ID) -> str:
    """The string at the end of this path, cut to `limit`; empty when there is none."""
    found = at(body, *path)
    return storable(found)[:limit] if isinstance(found, str) else ""


def at(body: Any, *path: str | int) -> Any:
    for name in path:
        if isinstance(body, Mapping):
            body = body.get(str(name))
        elif isinstance(body, list) and isinstance(name, int) and name < len(body):
            body = body[name]
        else:
            return None
    return body


def parsed(body: Mapping[str, Any]) -> Parsed:
    kind = text_at(body, "type")
    if kind == "event_callback":
        return _event(body)
    if kind in _INTERACTIONS:
        return _interaction(body)
    if text_at(body, "command"):
        return _command(body)
    return Parsed(None, _teams(body), "", (), {})


def interaction_of(body: Mapping[str, Any]) -> Interaction:
    """The click or submission, of a body that `parsed` took for one."""
    kind = Kind(text_at(body, "type"))
    view = at(body, "view")
    action = at(body, "actions", 0)
    values, blocks = _inputs(at(view, "state", "values") or at(body, "state", "values"))
    return Interaction(
        kind=kind,
        user=text_at(body, "user", "id"),
        place=Place(
            text_at(body, "channel", "id") or text_at(body, "container", "channel_id") or None,
            text_at(body, "container", "message_ts") or text_at(body, "message", "ts") or None,
            text_at(body, "message", "thread_ts") or None,
        ),
        action=text_at(action, "action_id") if kind is Kind.BLOCK_ACTIONS else text_at(view, "callback_id"),
        block=text_at(action, "block_id"),
        value=_chosen(action, _VALUE) or "",
        values=values,
        blocks_of=blocks,
        private_metadata=text_at(view, "private_metadata", limit=_METADATA),
    )


def in_modal(body: Mapping[str, Any]) -> bool:
    return text_at(body, "view", "type") == "modal"


def _event(body: Mapping[str, Any]) -> Parsed:
    event = at(body, "event")
    names = [f"event:{text_at(body, 'event_id')}"] if text_at(body, "event_id") else [_digest("event", body)]
    bot = text_at(body, "authorizations", 0, "user_id")
    inner: dict[str, Any] = {
        "type": text_at(event, "type"),
        "subtype": text_at(event, "subtype"),
        "user": text_at(event, "user") or text_at(event, "user", "id") or text_at(event, "assistant_thread", "user_id"),
        "text": text_at(event, "text", limit=LONGEST_TEXT),
        "channel": text_at(event, "channel") or text_at(event, "assistant_thread", "channel_id"),
        "channel_type": text_at(event, "channel_type"),
        "ts": text_at(event, "ts"),
        "thread_ts": text_at(event, "thread_ts") or text_at(event, "assistant_thread", "thread_ts"),
        "bot": bool(text_at(event, "bot_id")) or at(event, "bot_profile") is not None,
        "tab": text_at(event, "tab"),
    }
    stored = {
        "event": inner,
        "bot": bot,
        "ext_shared": at(body, "is_ext_shared_channel") is not False,
        "team": text_at(body, "team_id"),
        "user_team": text_at(event, "user_team") or text_at(event, "source_team"),
    }
    if inner["channel"] and inner["ts"] and (inner["channel_type"] == "im" or _addressed(inner, bot)):
        # The same message comes as a mention and as a message of the channel, under two event ids.
        names.append(f"message:{inner['channel']}:{inner['ts']}")
    return Parsed(DeliveryKind.EVENT, _teams(body), inner["user"], tuple(names), stored)


def _addressed(event: Mapping[str, Any], bot: str) -> bool:
    return event["type"] == "app_mention" or (event["type"] == "message" and bool(bot) and f"<@{bot}>" in event["text"])


def _interaction(body: Mapping[str, Any]) -> Parsed:
    user, trigger = text_at(body, "user", "id"), text_at(body, "trigger_id")
    action, view = at(body, "actions", 0), at(body, "view")
    if text_at(body, "type") == Kind.BLOCK_ACTIONS:
        parts = ("action", user, *(text_at(action, name) for name in ("action_ts", "action_id", "block_id")))
        named = text_at(action, "action_ts") != ""
    else:
        parts = (text_at(body, "type"), user, text_at(view, "id"), text_at(view, "hash"), trigger)
        named = trigger != ""
    name = ":".join(parts) if named else _digest("click", body)
    names = [name if len(name) <= 300 else _digest("click", parts)]
    # A trigger is good for one modal of one click, so a second delivery with it is the same click.
    names += [f"trigger:{trigger}"] if trigger else []
    return Parsed(DeliveryKind.CLICK, _teams(body), user, tuple(names), {})


def _command(body: Mapping[str, Any]) -> Parsed:
    trigger = text_at(body, "trigger_id")
    stored = {
        "command": text_at(body, "command"),
        "text": text_at(body, "text", limit=LONGEST_TEXT),
        "channel": text_at(body, "channel_id"),
        "user": text_at(body, "user_id"),
        "team": text_at(body, "team_id"),
        "response_url": text_at(body, "response_url", limit=1_000),
    }
    name = f"trigger:{trigger}" if trigger else _digest("command", body)
    return Parsed(DeliveryKind.COMMAND, _teams(body), stored["user"], (name,), stored)


def _teams(body: Mapping[str, Any]) -> frozenset[str]:
    """Bolt calls the workspace of whoever clicked ours even where it is not, so they are all collected."""
    paths: tuple[tuple[str, ...], ...] = (("team_id",), ("team", "id"), ("user", "team_id"), ("event", "user_team"))
    paths += (("event", "user", "team_id"),)
    return frozenset(found for path in paths if (found := text_at(body, *path)))


def _inputs(state: Any) -> tuple[dict[str, str | None], dict[str, str]]:
    values, blocks = dict[str, str | None](), dict[str, str]()
    for block, elements in state.items() if isinstance(state, Mapping) else ():
        for action, element in elements.items() if isinstance(elements, Mapping) else ():
            if isinstance(action, str) and isinstance(block, str) and len(values) < 100:
                values[action[:_ID]], blocks[action[:_ID]] = _chosen(element, _INPUT), block[:_ID]
    return values, blocks


_HELD = ("value", "selected_date", "selected_time", "selected_user", "selected_conversation", "selected_channel")


def _chosen(element: Any, limit: int) -> str | None:
    """What an input holds or a button carries; several choices with line breaks between."""
    if (option := text_at(element, "selected_option", "value", limit=limit)) != "":
        return option
    if isinstance(several := at(element, "selected_options"), list):
        return "\n".join(text_at(one, "value") for one in several[:100])
    if isinstance(moment := at(element, "selected_date_time"), int):
        return str(moment)
    return next((found for name in _HELD if (found := text_at(element, name, limit=limit))), None)


def _digest(kind: str, what: Any) -> str:
    text = json.dumps(what, sort_keys=True, default=str)
    return f"{kind}:{hashlib.sha256(text.encode(errors='replace')).hexdigest()}"
