"""The Bolt application: it parses, answers Slack's own checks, and hands everything else to the intake."""

import logging
from collections.abc import Awaitable, Callable

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware.async_middleware import AsyncMiddleware

from integrations.slack.intake import Intake


class _First(AsyncMiddleware):
    """An object and no function: for a function Bolt first looks for arguments in the body, and raises where a key is missing."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse | None:
        if req.body.get("type") == "url_verification" or req.body.get("ssl_check"):
            return await next()
        return await self._intake.take(req.body, req.mode)


def bolt_app(intake: Intake) -> AsyncApp:
    """One for a way in, with its own intake; HTTP and Socket Mode have loops of their own.

    The intake is a middleware and no listener: a listener of Bolt's that acknowledges and then raises has its acknowledgement
    thrown away, and one that takes three seconds goes on while Slack hears 404.
    """
    quiet_bolt()

    async def nobody() -> AuthorizeResult | None:
        return None

    return AsyncApp(
        before_authorize=_First(intake),
        authorize=nobody,  # type: ignore[arg-type]
        request_verification_enabled=False,  # the door did, on the bytes, with the secrets of this moment
    )


def quiet_bolt() -> None:
    """Bolt logs whole bodies at INFO; nothing that people wrote belongs into a log."""
    for name in ("slack_bolt", "slack_sdk"):
        logging.getLogger(name).setLevel(logging.WARNING)
