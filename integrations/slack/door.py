"""The HTTP way in: nothing is looked at that is not signed, and nothing hostile gets past as more than a refusal."""

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

logger = logging.getLogger(__name__)

LARGEST_BODY = 512 * 1024
_STAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
_TYPES = ("application/json", "application/x-www-form-urlencoded")


class Door:
    """Checks the raw request, then hands it to Bolt."""

    def __init__(self, app: AsyncApp, secrets: Callable[[], Sequence[str]]) -> None:
        """`secrets`: the signing secrets that hold now, two while one is changed."""
        self._app, self._secrets = app, secrets

    async def handle(self, body: bytes, headers: Mapping[str, str]) -> BoltResponse:
        """401 without a signature of the last five minutes, 400 for what is no request of Slack's."""
        given = {name.lower(): value for name, value in headers.items()}
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return BoltResponse(status=400, body="")
        if not self._is_signed(text, given):
            logger.warning("a request without Slack's signature was refused")
            return BoltResponse(status=401, body="")
        if given.get("content-type", "").partition(";")[0].strip().lower() not in _TYPES:
            return BoltResponse(status=400, body="")
        try:
            request = AsyncBoltRequest(body=text, headers={**given})
        except Exception:  # noqa: BLE001 - whatever Bolt makes of a body that is not what Slack sends
            return BoltResponse(status=400, body="")
        if not isinstance(request.body, dict) or not request.body:
            return BoltResponse(status=400, body="")
        return await self._app.async_dispatch(request)

    def _is_signed(self, body: str, headers: Mapping[str, str]) -> bool:
        stamp, signature = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
        # The library's verifier raises on what is no number, not ASCII or not UTF-8.
        if not _STAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(signature):
            return False
        if abs(time.time() - int(stamp)) > 300:
            return False
        return any(SignatureVerifier(secret).is_valid(body, stamp, signature) for secret in self._secrets())
