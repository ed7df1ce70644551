"""What is asked of one mailbox of Microsoft 365, and what Graph's refusals mean."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx

from agent.errors import MailboxRefused, MailboxUnavailable
from integrations.email.graph_login import GraphLogin

#: An id that stays when a mail is moved within its mailbox; asked with every request, or other ids come back.
PREFER = 'IdType="ImmutableId", odata.maxpagesize=200'
#: Codes for a link that is too old, whatever the status.
_FORGOTTEN = ("syncstatenotfound", "resyncrequired")
#: What a client may ask again after.
_PASSING = (httpx.codes.REQUEST_TIMEOUT, httpx.codes.LOCKED, httpx.codes.TOO_EARLY, httpx.codes.TOO_MANY_REQUESTS)
_NO_MORE_TRIES = "The mailbox {name} cannot be {used}: Microsoft 365 asks to be left alone for {seconds:.0f} more seconds."


class Forgotten(MailboxUnavailable):
    """The link of an earlier round is too old."""


class OfOneMail(MailboxUnavailable):
    """Graph will say so whenever this is asked: where a mail was asked for, others may be read."""


class GraphTalk:
    """With one mailbox, as one app."""

    def __init__(self, login: GraphLogin, user: str, name: str, rights: str, used: str = "read") -> None:
        """`rights`: what the app needs, and `used` what for, in the words of a refusal."""
        self._login, self._name, self._rights, self._used = login, name, rights, used
        self.mailbox = f"{login.graph_url}/v1.0/users/{quote(user, safe='@')}"
        self._not_before = 0.0

    def own(self, link: str) -> str:
        """Our token goes nowhere else. Raises MailboxUnavailable."""
        if not link.startswith(f"{self._login.graph_url}/"):
            raise MailboxUnavailable(f"The mailbox {self._name} cannot be {self._used}: Microsoft 365 leads elsewhere.")
        return link

    def message(self, key: str) -> str:
        return f"{self.mailbox}/messages/{quote(key, safe='')}"

    def close(self) -> None:
        self._login.client.close()

    @contextmanager
    def asked(self, verb: str, url: str, **more: Any) -> Iterator[httpx.Response | None]:
        """The answer, None for what is not there. Raises MailboxUnavailable and MailboxRefused."""
        with self.sent_off(verb, url, **more) as answer:
            self.checked(answer)
            if "$value" not in url:
                answer.read()
            yield answer if answer.is_success else None

    @contextmanager
    def sent_off(self, verb: str, url: str, **more: Any) -> Iterator[httpx.Response]:
        """The answer, whatever it says."""
        if (wait := self._not_before - time.monotonic()) > 0:
            raise MailboxUnavailable(_NO_MORE_TRIES.format(name=self._name, used=self._used, seconds=wait))
        always = {"Prefer": PREFER, "Authorization": f"Bearer {self._login.token()}"}
        try:
            with self._login.client.stream(verb, url, **more | {"headers": more.get("headers", {}) | always}) as answer:
                yield answer
        except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
            raise MailboxUnavailable(
                f"The mailbox {self._name} cannot be {self._used}: {error or type(error).__name__}"
            ) from error

    def checked(self, answer: httpx.Response) -> None:
        """Raises unless it is a success, or says that something is not there or no longer as it was."""
        if answer.is_success:
            return
        answer.read()
        status, code, said = answer.status_code, _code(answer), f"{answer.status_code} {_reason(answer)}"
        cannot = f"The mailbox {self._name} cannot be {self._used}: Microsoft 365 answers {said}"
        if status == httpx.codes.GONE or code in _FORGOTTEN:
            raise Forgotten(cannot)
        match status:
            case httpx.codes.NOT_FOUND | httpx.codes.PRECONDITION_FAILED:
                return
            case httpx.codes.UNAUTHORIZED:
                self._login.renew()
                raise MailboxUnavailable(f"Microsoft 365 does not accept the token for {self._name} any more: {said}")
            case httpx.codes.FORBIDDEN:
                raise MailboxRefused(f"Microsoft 365 does not let the app into {self._name}; it needs {self._rights}: {said}")
            case httpx.codes.TOO_MANY_REQUESTS | httpx.codes.SERVICE_UNAVAILABLE:
                self._not_before = time.monotonic() + _seconds(answer.headers.get("Retry-After"))
            case _ if "conversion" in code or (answer.is_client_error and status not in _PASSING):
                raise OfOneMail(cannot)
        raise MailboxUnavailable(cannot)


def _code(answer: httpx.Response) -> str:
    """What programs tell errors of Graph apart by, in lower case: it is not always written alike."""
    try:
        return str(answer.json()["error"]["code"]).lower()
    except (ValueError, KeyError, TypeError):
        return ""


def _reason(answer: httpx.Response) -> str:
    try:
        error = answer.json()["error"]
        return f"{error['code']}: {error['message']}"[:300]
    except (ValueError, KeyError, TypeError):
        return answer.reason_phrase


def _seconds(retry_after: str | None) -> float:
    """How long to wait; Graph says it in seconds. A minute where it does not say it, and never more than an hour."""
    return min(float(retry_after), 3600.0) if retry_after and retry_after.isdigit() else 60.0
