"""Drafts and Sent of a mailbox, each found by what it is for. Looked into and added to; nothing else is done there."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError
from imapclient.imapclient import DRAFTS, SENT

from agent.errors import MailboxRefused, MailboxUnavailable
from integrations.email.imap import ImapAccount, signed_in

_NAMES = {DRAFTS: "Drafts", SENT: "Sent"}


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
                with suppress(IMAPClientError, OSError):
                    client.logout()
