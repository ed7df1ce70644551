"""A mailbox that says when a mail comes (IMAP IDLE). It is a hint: whoever looks at regular times misses nothing without it."""

import logging
import random
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from integrations.email.imap import ImapAccount, connected

logger = logging.getLogger(__name__)

#: Servers and what lies between may end a longer silence without a word.
LONGEST_IDLE_S = 240.0
LONGEST_PAUSE_S = 300.0


class MailHint:
    """Calls `wake` in a thread of its own, once after each connection and whenever the folder says that it holds more mails.

    A lost or frozen connection is made anew after a pause that grows; a server that cannot do it is left alone.
    """

    def __init__(self, account: ImapAccount, folder: str, wake: Callable[[], None], first_pause_s: float = 1.0) -> None:
        self._account, self._folder, self._wake, self._first_pause_s = account, folder, wake, first_pause_s
        self._closed = threading.Event()
        self._client: IMAPClient | None = None
        self._thread = threading.Thread(target=self._watch, name=f"hint {account.user}/{folder}", daemon=True)

    def start(self) -> "MailHint":
        self._thread.start()
        return self

    def close(self) -> None:
        """Ends the conversation under the thread, which a look it is busy with may outlive."""
        self._closed.set()
        if client := self._client:
            with suppress(OSError, AttributeError):
                client.socket().shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=5)

    def _watch(self) -> None:
        failures = 0
        while not self._closed.is_set():
            began = time.monotonic()
            try:
                if not self._listen():
                    return
            except Exception as lost:  # noqa: BLE001 - whatever it is, connecting anew is the answer
                failures = 1 if time.monotonic() - began > LONGEST_IDLE_S else failures + 1
                if not self._closed.is_set():
                    logger.info("no hints from %s for a moment: %s", self._account.host, lost)
            pause = min(self._first_pause_s * 2 ** min(failures, 16), LONGEST_PAUSE_S)
            self._closed.wait(pause * random.uniform(0.5, 1))  # noqa: S311 - so that not all come back at once

    def _listen(self) -> bool:
        """Until closed; False where the server cannot give hints."""
        self._client, _ = connected(self._account, self._folder, only_read=True)
        try:
            if not self._client.has_capability("IDLE"):
                return False
            self._wake()
            while not self._closed.is_set():
                self._idle(self._client)
            return True
        finally:
            client, self._client = self._client, None
            with suppress(IMAPClientError, OSError):
                client.shutdown()

    def _idle(self, client: IMAPClient) -> None:
        client.idle()
        until = time.monotonic() + LONGEST_IDLE_S
        while not self._closed.is_set() and (left := until - time.monotonic()) > 0:
            answers = client.idle_check(timeout=left)
            if not answers:
                break  # the time is over, or the connection; what follows tells
            self._heed(answers)
        _, answers = client.idle_done()
        self._heed(answers)

    def _heed(self, answers: Sequence[Any]) -> None:
        if any(len(answer) > 1 and answer[1] == b"EXISTS" for answer in answers):
            self._wake()
