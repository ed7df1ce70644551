"""The client of Slack's Web API: with the token of this moment, time limits, and retries that cannot send twice."""

from collections.abc import Callable

from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from agent.errors import ExpediterError
from integrations.slack.parsing import text_at

PATIENCE_S = 10
#: What a read may take while somebody waits for a click to be answered; Slack gives three seconds for all of it.
QUICK_S = 2
_PASSING = frozenset(
    {"invalid_auth", "not_authed", "token_revoked", "token_expired", "internal_error", "fatal_error", "service_unavailable"}
)


class SlackUnavailable(ExpediterError):
    """Slack did not answer, or not in time."""


class SlackRefused(ExpediterError):
    """Slack said no; `error` is its word for it."""

    def __init__(self, error: str, words: str) -> None:
        super().__init__(words)
        self.error = error


class SlackClients:
    """Makes clients, because the token may change while we run."""

    def __init__(self, token: Callable[[], str], api_url: str) -> None:
        self._token, self._api_url = token, api_url

    def quick(self) -> AsyncWebClient:
        """For reads and modals that somebody waits for: no retries."""
        client = self.plain(QUICK_S)
        client.retry_handlers = []
        return client

    def plain(self, patience_s: int = PATIENCE_S) -> AsyncWebClient:
        """Without retries but for a connection that did not come about."""
        return AsyncWebClient(token=self._token(), base_url=self._api_url, timeout=patience_s, trust_env_in_session=True)

    def patient(self) -> AsyncWebClient:
        """For reads: told to slow down, it waits as long as Slack says."""
        client = self.plain()
        client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
        return client


def refusal(error: SlackApiError) -> SlackRefused:
    word, needed = word_of(error), text_at(_said(error), "needed")
    more = f" (the scope {needed} is missing; `expediter slack selfcheck` lists them)" if needed else ""
    return SlackRefused(word, f"Slack refused: {word.replace('_', ' ')}{more}.")


def word_of(error: SlackApiError) -> str:
    """Slack's own word for what is wrong; the status where a proxy answered in its place."""
    return text_at(_said(error), "error") or f"HTTP {status_of(error)}"


def status_of(error: SlackApiError) -> int:
    return int(getattr(error.response, "status_code", 200))


def too_fast(error: SlackApiError) -> bool:
    return status_of(error) == 429 or word_of(error) in ("ratelimited", "rate_limited")


def passes(error: SlackApiError) -> bool:
    """A fault of Slack's, or of our token."""
    return too_fast(error) or status_of(error) >= 500 or word_of(error) in _PASSING


def retry_after(error: SlackApiError) -> int:
    """Seconds to wait, as Slack says."""
    headers = getattr(error.response, "headers", None) or {}
    said = next((str(value) for name, value in headers.items() if str(name).lower() == "retry-after"), "")
    return min(600, int(said)) if said.isdecimal() else 5


def _said(error: SlackApiError) -> object:
    """The library's own look into an answer that is no JSON raises."""
    return getattr(error.response, "data", error.response)
