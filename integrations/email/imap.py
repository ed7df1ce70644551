"""A shared mailbox over IMAP. Only UIDs that are named are touched; nothing is deleted, moved or marked as seen."""

import logging
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError, ProtocolError

from agent.domain.mailbox import Copy, Fetched
from agent.errors import MailboxRefused, MailboxUnavailable
from integrations.email.by_parts import WHOLE, by_parts

logger = logging.getLogger(__name__)

TIMEOUT_S = 60
READ = "$Triaged"
_BUNDLE_BYTES, _BUNDLE_MAILS = 4 << 20, 50
_SIZES_AT_ONCE = 1_000


class LoginWay(StrEnum):
    PASSWORD = "password"  # noqa: S105 - the name of a way, not a password
    XOAUTH2 = "xoauth2"


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """`secret` is asked at each login, so that a new password or token is used without a restart."""

    host: str
    port: int
    user: str
    secret: Callable[[], str] = field(repr=False)
    way: LoginWay = LoginWay.PASSWORD
    tls: bool = True
    ca_file: Path | None = None
    """Who vouches for the server; None: whom this machine trusts."""


def signed_in(account: ImapAccount) -> IMAPClient:
    """A new conversation, of which no folder is selected. Raises what IMAPClient raises, and SettingMissing."""
    context = ssl.create_default_context(cafile=account.ca_file) if account.tls else None
    client = IMAPClient(account.host, account.port, ssl=account.tls, ssl_context=context, timeout=TIMEOUT_S)
    try:
        if account.way is LoginWay.XOAUTH2:
            client.oauth2_login(account.user, account.secret())
        else:
            client.login(account.user, account.secret())
    except BaseException:
        client.shutdown()
        raise
    return client


def signed_out(client: IMAPClient) -> None:
    """Whatever became of the conversation: a server that is gone hears no goodbye, and its socket would stay open."""
    try:
        client.logout()
    except (IMAPClientError, OSError):
        with suppress(OSError):
            client.shutdown()


class ImapMailbox:
    """MailSource on one folder. One conversation is kept open; after any error the next call begins a new one."""

    def __init__(
        self, account: ImapAccount, folder: str = "INBOX", *, name: str | None = None, authserv: str | None = None
    ) -> None:
        self._account, self._folder = account, folder
        self._name, self._authserv = name or f"{account.user}/{folder}", authserv
        self._open: tuple[IMAPClient, int, bool] | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def authserv(self) -> str | None:
        return self._authserv

    def changes(self, cursor: str | None) -> tuple[Sequence[Copy], str]:
        """The cursor is `UIDVALIDITY:next UID`; another UIDVALIDITY means that the mailbox was rebuilt."""
        with self._conversation() as (client, validity, _):
            client.noop()  # SEARCH answers from what this session has seen
            before, _, after = (cursor or "").partition(":")
            first = int(after) if before == str(validity) else 1
            # `n:*` always names the last mail, also when it is older.
            uids = sorted(uid for uid in client.search(["UID", f"{first}:*"]) if uid >= first)
            return [Copy(self._key(validity, uid)) for uid in uids], f"{validity}:{(uids or [first - 1])[-1] + 1}"

    def fetch(self, copies: Sequence[Copy]) -> Iterator[Fetched]:
        for begin in range(0, len(copies), _SIZES_AT_ONCE):
            yield from self._fetch(self._uids(copies[begin : begin + _SIZES_AT_ONCE]))

    def mark(self, copies: Sequence[Copy]) -> None:
        with self._conversation() as (client, _, may_mark):
            client.noop()  # a conversation that ended knows the names of before a rebuild, and would find nothing to mark
            uids = self._uids(copies)
            if may_mark and uids:
                client.add_flags(uids, [READ], silent=True)

    def close(self) -> None:
        if self._open:
            signed_out(self._open[0])
            self._open = None

    def _fetch(self, uids: list[int]) -> Iterator[Fetched]:
        with self._conversation() as (client, validity, _):
            sizes = {uid: found[b"RFC822.SIZE"] for uid, found in client.fetch(uids, ["RFC822.SIZE"]).items()} if uids else {}
        whole = [uid for uid in uids if uid in sizes and sizes[uid] <= WHOLE]
        for bundle in _bundles(whole, sizes):
            with self._conversation() as (client, _, _):
                found = client.fetch(bundle, ["BODY.PEEK[]"])
            for uid in bundle:
                if uid in found and b"BODY[]" in found[uid]:
                    yield Fetched(Copy(self._key(validity, uid)), found.pop(uid)[b"BODY[]"])
        for uid in sorted(sizes.keys() - set(whole)):
            yield from self._fetch_large(Copy(self._key(validity, uid)), uid)

    def _fetch_large(self, copy: Copy, uid: int) -> Iterator[Fetched]:
        """By its parts; where the server describes them in no way that can be followed, its head alone."""

        def ask(items: Sequence[str]) -> Mapping[bytes, Any]:
            found: Mapping[bytes, Any] = client.fetch([uid], items)[uid]
            return found

        with self._conversation() as (client, _, _):
            try:
                fetched = Fetched(copy, by_parts(ask))
            except (ProtocolError, LookupError, TypeError, ValueError, AttributeError, RecursionError) as odd:
                logger.warning("mail %s of %s is not described as it should be: %s", uid, self._name, odd)
                if not (head := client.fetch([uid], ["BODY.PEEK[HEADER]"])):
                    return
                fetched = Fetched(copy, None, head[uid][b"BODY[HEADER]"])
        yield fetched

    def _key(self, validity: int, uid: int) -> str:
        return f"{self._folder}/{validity}/{uid}"

    def _uids(self, copies: Sequence[Copy]) -> list[int]:
        """Of those that this mailbox still calls so."""
        with self._conversation() as (_, validity, _):
            begin = self._key(validity, 0)[:-1]
            return [int(copy.key.removeprefix(begin)) for copy in copies if copy.key.startswith(begin)]

    @contextmanager
    def _conversation(self) -> Iterator[tuple[IMAPClient, int, bool]]:
        try:
            if self._open is None:
                self._open = self._begin()
            yield self._open
        except (IMAPClientError, OSError, KeyError, ValueError) as error:
            self._drop()
            if isinstance(error, LoginError):
                raise MailboxRefused(f"{self._account.host} does not accept login {self._account.user}: {error}") from error
            raise MailboxUnavailable(f"The mailbox {self._name} cannot be read: {error or type(error).__name__}") from error

    def _begin(self) -> tuple[IMAPClient, int, bool]:
        client, chosen = connected(self._account, self._folder)
        return client, int(chosen[b"UIDVALIDITY"]), rb"\*" in chosen.get(b"PERMANENTFLAGS", ())

    def _drop(self) -> None:
        if self._open:
            with suppress(IMAPClientError, OSError):
                self._open[0].shutdown()
            self._open = None


def connected(account: ImapAccount, folder: str, *, only_read: bool = False) -> tuple[IMAPClient, dict[bytes, Any]]:
    """A conversation with that folder chosen, and what the server said of it. Raises what IMAPClient and the secret raise."""
    client = signed_in(account)
    try:
        chosen: dict[bytes, Any] = client.select_folder(folder, readonly=only_read)
    except BaseException:
        client.shutdown()
        raise
    return client, chosen


def _bundles(uids: list[int], sizes: dict[int, int]) -> Iterator[list[int]]:
    """Small mails together, a large one alone."""
    bundle: list[int] = []
    for uid in uids:
        if bundle and (len(bundle) == _BUNDLE_MAILS or sum(sizes[one] for one in bundle) + sizes[uid] > _BUNDLE_BYTES):
            yield bundle
            bundle = []
        bundle.append(uid)
    if bundle:
        yield bundle
