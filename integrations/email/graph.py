"""A shared mailbox of Microsoft 365, over Graph: read, and given a category where one is wanted; nothing is moved or deleted."""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx

from agent.domain.mailbox import NAMELESS, Copy, Fetched
from agent.errors import MailboxRefused, MailboxUnavailable
from integrations.email.graph_login import GraphLogin
from integrations.email.message import MAX_BYTES

logger = logging.getLogger(__name__)

#: An id that stays when a mail is moved within its mailbox; asked with every request, or other ids come back.
PREFER = 'IdType="ImmutableId", odata.maxpagesize=200'
_RIGHTS = "Mail.Read for this mailbox, and Mail.ReadWrite to set a category"
#: Codes for a link that is too old, whatever the status.
_FORGOTTEN = ("syncstatenotfound", "resyncrequired")
#: What a client may ask again after.
_PASSING = (httpx.codes.REQUEST_TIMEOUT, httpx.codes.LOCKED, httpx.codes.TOO_EARLY, httpx.codes.TOO_MANY_REQUESTS)
_NO_MORE_TRIES = "The mailbox {name} cannot be read: Microsoft 365 asks to be left alone for {seconds:.0f} more seconds."


class GraphMailbox:
    """MailSource on one folder: its name (`inbox`) or its id."""

    def __init__(
        self, login: GraphLogin, user: str, folder: str = "inbox", *, name: str | None = None, category: str | None = None
    ) -> None:
        self._login, self._name, self._category = login, name or f"{user}/{folder}", category
        self._mailbox = f"{login.graph_url}/v1.0/users/{quote(user, safe='@')}"
        self._folder = quote(folder, safe="")
        self._not_before = 0.0

    @property
    def name(self) -> str:
        return self._name

    @property
    def authserv(self) -> str | None:
        return NAMELESS

    def changes(self, cursor: str | None) -> tuple[Sequence[Copy], str]:
        """The cursor is the link that Microsoft gave for the next round; one it has forgotten means to begin from nothing."""
        first = f"{self._mailbox}/mailFolders/{self._folder}/messages/delta?$select=receivedDateTime"
        try:
            return self._round(self._own(cursor) if cursor else first)
        except _Forgotten:
            return self._round(first)

    def fetch(self, copies: Sequence[Copy]) -> Iterator[Fetched]:
        for copy in copies:
            try:
                with self._asked("GET", f"{self._message(copy)}/$value") as answer:
                    raw = _up_to(answer, MAX_BYTES) if answer is not None else b""
            except _OfOneMail as broken:
                logger.warning("%s", broken)
                yield Fetched(copy, None, self._head(copy))
                continue
            if answer is None:
                continue
            yield Fetched(copy, raw) if raw is not None else Fetched(copy, None, self._head(copy))

    def mark(self, copies: Sequence[Copy]) -> None:
        """By the category, where one is wanted. Categories that others set stay."""
        for copy in copies if self._category else ():
            with self._asked("GET", f"{self._message(copy)}?$select=categories") as answer:
                row = answer.json() if answer is not None else None
            if row is not None and self._category not in row["categories"]:
                body = {"categories": [*row["categories"], self._category]}
                # What somebody changed since is left as it is, and looked at again.
                with self._asked("PATCH", self._message(copy), json=body, headers={"If-Match": row["@odata.etag"]}):
                    pass

    def close(self) -> None:
        self._login.client.close()

    def _round(self, link: str) -> tuple[Sequence[Copy], str]:
        found: dict[str, str] = {}
        while True:
            with self._asked("GET", link) as answer:
                if answer is None:
                    raise MailboxRefused(f"Microsoft 365 knows no mailbox or folder {self._name}; check user and folder.")
                page = answer.json()
                found |= {row["id"]: row.get("receivedDateTime", "") for row in page["value"] if "@removed" not in row}
                last = "@odata.deltaLink" in page
                link = self._own(page["@odata.deltaLink" if last else "@odata.nextLink"])
            if last:
                return [Copy(key) for key in sorted(found, key=found.__getitem__)], link

    def _own(self, link: str) -> str:
        """Our token goes nowhere else."""
        if not link.startswith(f"{self._login.graph_url}/"):
            raise MailboxUnavailable(f"The mailbox {self._name} cannot be read: Microsoft 365 leads elsewhere.")
        return link

    def _message(self, copy: Copy) -> str:
        return f"{self._mailbox}/messages/{quote(copy.key, safe='')}"

    def _head(self, copy: Copy) -> bytes:
        """Nothing where Graph cannot tell even that: the mail is a person's all the same."""
        try:
            with self._asked("GET", f"{self._message(copy)}?$select=internetMessageHeaders") as answer:
                rows = answer.json().get("internetMessageHeaders", []) if answer is not None else []
        except _OfOneMail:
            rows = []
        return "".join(f"{row['name']}: {row['value']}\r\n" for row in rows).encode("utf-8", "replace")

    @contextmanager
    def _asked(self, verb: str, url: str, **more: Any) -> Iterator[httpx.Response | None]:
        """The answer, None for what is not there. Raises MailboxUnavailable and MailboxRefused."""
        if (wait := self._not_before - time.monotonic()) > 0:
            raise MailboxUnavailable(_NO_MORE_TRIES.format(name=self._name, seconds=wait))
        always = {"Prefer": PREFER, "Authorization": f"Bearer {self._login.token()}"}
        try:
            with self._login.client.stream(verb, url, **more | {"headers": more.get("headers", {}) | always}) as answer:
                self._checked(answer)
                if "$value" not in url:
                    answer.read()
                yield answer if answer.is_success else None
        except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
            raise MailboxUnavailable(f"The mailbox {self._name} cannot be read: {error or type(error).__name__}") from error

    def _checked(self, answer: httpx.Response) -> None:
        if answer.is_success:
            return
        answer.read()
        status, code, said = answer.status_code, _code(answer), f"{answer.status_code} {_reason(answer)}"
        cannot = f"The mailbox {self._name} cannot be read: Microsoft 365 answers {said}"
        if status == httpx.codes.GONE or code in _FORGOTTEN:
            raise _Forgotten(cannot)
        match status:
            case httpx.codes.NOT_FOUND | httpx.codes.PRECONDITION_FAILED:
                return
            case httpx.codes.UNAUTHORIZED:
                self._login.renew()
                raise MailboxUnavailable(f"Microsoft 365 does not accept the token for {self._name} any more: {said}")
            case httpx.codes.FORBIDDEN:
                raise MailboxRefused(f"Microsoft 365 does not let the app into {self._name}; it needs {_RIGHTS}: {said}")
            case httpx.codes.TOO_MANY_REQUESTS | httpx.codes.SERVICE_UNAVAILABLE:
                self._not_before = time.monotonic() + _seconds(answer.headers.get("Retry-After"))
            case _ if "conversion" in code or (answer.is_client_error and status not in _PASSING):
                raise _OfOneMail(cannot)
        raise MailboxUnavailable(cannot)


class _Forgotten(MailboxUnavailable):
    """The link of an earlier round is too old."""


class _OfOneMail(MailboxUnavailable):
    """Graph will say so whenever this is asked: where a mail was asked for, others may be read."""


def _up_to(answer: httpx.Response, most: int) -> bytes | None:
    """The whole body; None, and no more of it is read, when it is larger."""
    pieces, size = [], 0
    for piece in answer.iter_bytes():
        size += len(piece)
        if size > most:
            return None
        pieces.append(piece)
    return b"".join(pieces)


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
