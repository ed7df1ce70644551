"""The way in for companies whose server cannot be reached from outside: we connect, Slack sends over that connection."""

import asyncio
import logging
from collections.abc import Callable

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from integrations.slack.service import pause

logger = logging.getLogger(__name__)
_LOOK_AT_TOKEN_S = 5.0


class SocketMode:
    """Connected until stopped; with another connection as soon as the token is another one."""

    def __init__(self, app: Callable[[], AsyncApp], app_token: Callable[[], str], api_url: str) -> None:
        """`app` is made here, in the loop that runs it."""
        self._app, self._token, self._api_url = app, app_token, api_url

    async def run(self, stop: asyncio.Event) -> None:
        app = self._app()
        while not stop.is_set():
            token = self._token()
            handler = AsyncSocketModeHandler(app, token, web_client=AsyncWebClient(token=token, base_url=self._api_url))
            try:
                await handler.connect_async()  # type: ignore[no-untyped-call]
                logger.info("connected to Slack by Socket Mode")
                while not stop.is_set() and self._token() == token:
                    await pause(stop, _LOOK_AT_TOKEN_S)
            finally:
                await handler.close_async()  # type: ignore[no-untyped-call]
