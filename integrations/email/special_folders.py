"""Drafts and Sent of a mailbox, each found by what it is for. Looked into and added to; nothing else is done there."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError
from imapclient.imapclient import DRAFTS, SENT

from agent.errors import MailboxRefused, MailboxUnavailable
from integrations.email.imap import ImapAccount, signed_in, signed_out

_NAMES = {DRAFTS: "Drafts", SENT: "Sent"}
_AT_ONCE = 1_000
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")


class SpecialFolder:
    """A conversation of its own for each call. Raises MailboxUnavailable, and MailboxRefused for login and missing folder."""

    def __init__(self, account: ImapAccount, use: bytes) -> None:
        self._account, self._use = account, use

    def look(self) -> None:
        """That it is there and can be reached."""
        with self._chosen():
            pass

    def holds(self, *wanted: Sequence[str | date]) -> bool:
        """Whether a mail meets one of these criteria, like `("HEADER", "Message-ID", "<…>")`."""
        with self._chosen() as (client, _):
            client.noop()
            return any(client.search(list(criteria)) for criteria in wanted)

    def add(self, raw: bytes, *flags: bytes) -> None:
        with self._chosen() as (client, folder):
            client.append(folder, raw, flags)

    def answers(self, message_ids: Collection[str], since: date, most: int) -> Iterator[tuple[str, bytes]]:
        """To these mails and filed since that day, oldest first: the first `most` bytes of each."""
        with self._chosen() as (client, _):
            client.noop()
            for uid, names in _answered(client, sorted(client.search(["SINCE", since]))):
                if wanted := set(message_ids).intersection(names):
                    # Somebody may have moved it away meanwhile.
                    raw = _body(client.fetch([uid], [f"BODY.PEEK[]<0.{most}>"]).get(uid, {}))
                    yield from ((name, raw) for name in wanted if raw)

    @contextmanager
    def _chosen(self) -> Iterator[tuple[IMAPClient, str]]:
        where = f"{_NAMES[self._use]} of {self._account.user}"
        client: IMAPClient | None = None
        try:
            client = signed_in(self._account)
            folder = client.find_special_folder(self._use)
            if folder is None:
                raise MailboxRefused(f"{self._account.host} has no folder {where}.")
            client.select_folder(folder)
            yield client, folder
        except LoginError as error:
            raise MailboxRefused(f"{self._account.host} does not accept login {self._account.user}: {error}") from error
        except (IMAPClientError, OSError) as error:
            raise MailboxUnavailable(f"{where} cannot be reached: {error or type(error).__name__}") from error
        finally:
            if client is not None:
                signed_out(client)


def _answered(client: IMAPClient, uids: Sequence[int]) -> Iterator[tuple[int, list[str]]]:
    """Each with what it says that it answers."""
    for begin in range(0, len(uids), _AT_ONCE):
        found = client.fetch(uids[begin : begin + _AT_ONCE], ["BODY.PEEK[HEADER.FIELDS (IN-REPLY-TO)]"])
        for uid, told in sorted(found.items()):
            yield uid, _MESSAGE_ID.findall(_body(told).decode("ascii", "replace"))


def _body(found: Mapping[bytes, Any]) -> bytes:
    """Servers write what was asked for in several ways into what they name their answer."""
    return next((value for name, value in found.items() if name.upper().startswith(b"BODY[") and value), b"")
