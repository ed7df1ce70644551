"""A shared mailbox of Microsoft 365, over Graph: read, and given a category where one is wanted; nothing is moved or deleted."""

import logging
from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast
from urllib.parse import quote

import httpx

from agent.domain.mailbox import NAMELESS, Copy, Fetched
from agent.errors import MailboxRefused
from integrations.email.by_parts import WHOLE
from integrations.email.by_parts_of_file import by_parts_of_file
from integrations.email.graph_login import GraphLogin
from integrations.email.graph_talk import Forgotten, GraphTalk, OfOneMail

logger = logging.getLogger(__name__)

#: More than Exchange Online lets anybody send or receive (150 MB), as it lies in a mail.
MOST_BYTES = 256 << 20
_RIGHTS = "Mail.Read for this mailbox, and Mail.ReadWrite to set a category"


class GraphMailbox:
    """MailSource on one folder: its name (`inbox`) or its id."""

    def __init__(
        self, login: GraphLogin, user: str, folder: str = "inbox", *, name: str | None = None, category: str | None = None
    ) -> None:
        self._name, self._category = name or f"{user}/{folder}", category
        self._talk = GraphTalk(login, user, self._name, _RIGHTS)
        self._folder = quote(folder, safe="")

    @property
    def name(self) -> str:
        return self._name

    @property
    def authserv(self) -> str | None:
        return NAMELESS

    def changes(self, cursor: str | None) -> tuple[Sequence[Copy], str]:
        """The cursor is the link that Microsoft gave for the next round; one it has forgotten means to begin from nothing."""
        first = f"{self._talk.mailbox}/mailFolders/{self._folder}/messages/delta?$select=receivedDateTime"
        try:
            return self._round(self._talk.own(cursor) if cursor else first)
        except Forgotten:
            return self._round(first)

    def fetch(self, copies: Sequence[Copy]) -> Iterator[Fetched]:
        for copy in copies:
            try:
                with self._talk.asked("GET", f"{self._talk.message(copy.key)}/$value") as answer:
                    raw = _taken(answer) if answer is not None else b""
            except (OfOneMail, _CannotBeTaken) as broken:
                logger.warning("%s", broken)
                yield Fetched(copy, None, self._head(copy))
                continue
            if answer is not None:
                yield Fetched(copy, raw)

    def mark(self, copies: Sequence[Copy]) -> None:
        """By the category, where one is wanted. Categories that others set stay."""
        for copy in copies if self._category else ():
            message = self._talk.message(copy.key)
            with self._talk.asked("GET", f"{message}?$select=categories") as answer:
                row = answer.json() if answer is not None else None
            if row is not None and self._category not in row["categories"]:
                body = {"categories": [*row["categories"], self._category]}
                # What somebody changed since is left as it is, and looked at again.
                with self._talk.asked("PATCH", message, json=body, headers={"If-Match": row["@odata.etag"]}):
                    pass

    def close(self) -> None:
        self._talk.close()

    def _round(self, link: str) -> tuple[Sequence[Copy], str]:
        found: dict[str, str] = {}
        while True:
            with self._talk.asked("GET", link) as answer:
                if answer is None:
                    raise MailboxRefused(f"Microsoft 365 knows no mailbox or folder {self._name}; check user and folder.")
                page = answer.json()
                found |= {row["id"]: row.get("receivedDateTime", "") for row in page["value"] if "@removed" not in row}
                last = "@odata.deltaLink" in page
                link = self._talk.own(page["@odata.deltaLink" if last else "@odata.nextLink"])
            if last:
                return [Copy(key) for key in sorted(found, key=found.__getitem__)], link

    def _head(self, copy: Copy) -> bytes:
        """Nothing where Graph cannot tell even that: the mail is a person's all the same."""
        try:
            with self._talk.asked("GET", f"{self._talk.message(copy.key)}?$select=internetMessageHeaders") as answer:
                rows = answer.json().get("internetMessageHeaders", []) if answer is not None else []
        except OfOneMail:
            rows = []
        return "".join(f"{row['name']}: {row['value']}\r\n" for row in rows).encode("utf-8", "replace")


class _CannotBeTaken(Exception):
    """It is no mail that can be taken apart, or larger than any that Microsoft 365 carries."""


def _taken(answer: httpx.Response) -> bytes:
    """A small mail as it is, a large one by its parts: in memory is never more of it than is kept. Raises _CannotBeTaken."""
    # Once it is larger than that it lies on the disk, without a name.
    with SpooledTemporaryFile(WHOLE) as file:
        for piece in answer.iter_bytes():
            file.write(piece)
            if file.tell() > MOST_BYTES:
                raise _CannotBeTaken(f"A mail has more than {MOST_BYTES >> 20} MiB; its head is taken in.")
        size = file.tell()
        file.seek(0)
        if size <= WHOLE:
            return file.read()
        try:
            return by_parts_of_file(cast(BinaryIO, file))
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as odd:
            raise _CannotBeTaken(f"A large mail cannot be taken apart: {odd}") from odd
