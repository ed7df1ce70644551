"""Answers of ours in a mailbox of Microsoft 365: drafted in their thread or sent, found again by a mark in Drafts or in Sent."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import httpx

from agent.domain.letters import Outgoing
from agent.errors import MailboxRefused
from integrations.email.composing import ACTION, Sender, compose, message_id_of
from integrations.email.graph_talk import GraphTalk, OfOneMail

logger = logging.getLogger(__name__)

#: A property in the set of Internet headers: it can be searched for, and goes out as the header `ACTION`.
_MARK = f"String {{00020386-0000-0000-C000-000000000046}} Name {ACTION}"
#: What a mail answers, and what stands before that in its thread (PidTagInReplyToId, PidTagInternetReferences).
_IN_REPLY_TO, _REFERENCES = "String 0x1042", "String 0x1039"
DRAFTS, SENT = "drafts", "sentitems"


class GraphReplies:
    """What of ours lies in Drafts and Sent of one mailbox. Raises MailboxUnavailable and MailboxRefused."""

    def __init__(self, talk: GraphTalk, sender: Sender, now: Callable[[], datetime]) -> None:
        self._talk, self._sender, self._now = talk, sender, now

    def look(self) -> None:
        """That Sent is there and can be read."""
        if self._answer("GET", f"{self._talk.mailbox}/mailFolders/{SENT}?$select=id") is None:
            raise MailboxRefused(f"Microsoft 365 knows no mailbox {self._sender.address}, or no folder {SENT} in it.")

    def drafted(self, mail: Outgoing) -> bool:
        """By us and under this mark; what people wrote since does not matter here."""
        return bool(self._found(DRAFTS, _with(_MARK, mail.marker)))

    def sent(self, mail: Outgoing) -> bool:
        """By our mark, and by the Message-ID."""
        own = f"internetMessageId eq {_quoted(message_id_of(mail, self._sender))}"
        return bool(self._found(SENT, _with(_MARK, mail.marker)) or self._found(SENT, own))

    def answered(self, message_id: str) -> bool:
        return bool(self._found(SENT, _with(_IN_REPLY_TO, message_id)))

    def answers_to(self, message_id: str, most: int) -> Iterator[bytes]:
        """In Sent, first ones first: the first `most` bytes of each that Graph can hand out."""
        for answer in self._found(SENT, _with(_IN_REPLY_TO, message_id)):
            try:
                with self._talk.asked("GET", f"{answer}/$value") as whole:
                    raw = beginning(whole.iter_bytes(), most) if whole else b""
            except OfOneMail as refused:
                logger.warning("what was sent in answer to %s cannot be read: %s", message_id, refused)
            else:
                yield from (raw,) if raw else ()

    def draft(self, mail: Outgoing) -> None:
        """A new draft for nobody but its addressee, made in one step: whoever dies leaves all of it, or none.

        Graph itself makes it an answer to the mail, in its thread; where that mail lies no more, its names are entered.
        Raises MailNotSafe too, for what would not be written over IMAP either.
        """
        compose(mail, self._sender, self._now(), draft=True)
        for original in self._originals(mail.in_reply_to) if mail.in_reply_to else ():
            if self._answer("POST", f"{original}/createReply", json={"message": self._words(mail)}):
                return
        if self._answer("POST", f"{self._talk.mailbox}/messages", json=self._whole(mail)) is None:
            raise MailboxRefused(f"Microsoft 365 knows no mailbox {self._sender.address}.")

    def send(self, mail: Outgoing) -> AbstractContextManager[httpx.Response]:
        """One request that says all of it, and Graph's answer, whatever it is. In no folder of the mailbox does it lie before,
        so nobody can change what is sent. Raises MailNotSafe and MailboxUnavailable.
        """
        compose(mail, self._sender, self._now())
        return self._talk.sent_off("POST", f"{self._talk.mailbox}/sendMail", json={"message": self._whole(mail)})

    def _whole(self, mail: Outgoing) -> dict[str, Any]:
        """In its thread by the names of the mails before it."""
        thread = {_IN_REPLY_TO: mail.in_reply_to, _REFERENCES: " ".join(mail.references)}
        words = self._words(mail)
        words["singleValueExtendedProperties"] += [{"id": name, "value": value} for name, value in thread.items() if value]
        return words

    def _words(self, mail: Outgoing) -> dict[str, Any]:
        return {
            "subject": mail.subject,
            "body": {"contentType": "text", "content": mail.text},
            "toRecipients": [{"emailAddress": {"address": mail.to}}],
            "ccRecipients": [],
            "bccRecipients": [],
            "replyTo": [],
            "internetMessageId": message_id_of(mail, self._sender),
            "singleValueExtendedProperties": [{"id": _MARK, "value": mail.marker}],
        }

    def _originals(self, message_id: str) -> list[str]:
        """The mail that is answered, wherever in the mailbox it lies now; copies of ours in Drafts are none."""
        wanted = f"internetMessageId eq {_quoted(message_id)} and isDraft eq false"
        return list(self._listed(f"{self._talk.mailbox}/messages", wanted))

    def _found(self, folder: str, wanted: str) -> list[str]:
        return list(self._listed(f"{self._talk.mailbox}/mailFolders/{folder}/messages", wanted))

    def _listed(self, messages: str, wanted: str) -> Iterator[str]:
        """Those sent first come first: Graph itself does not sort what it was given a property for."""
        page = self._answer("GET", messages, params={"$filter": wanted, "$select": "id,sentDateTime", "$top": "20"})
        if page is None:
            raise MailboxRefused(f"Microsoft 365 knows no mailbox {self._sender.address}, or a folder in it is missing.")
        rows = sorted(page["value"], key=lambda row: row.get("sentDateTime") or "")
        yield from (self._talk.message(row["id"]) for row in rows)

    def _answer(self, verb: str, url: str, **more: Any) -> dict[str, Any] | None:
        try:
            with self._talk.asked(verb, url, **more) as answer:
                found: dict[str, Any] | None = answer.json() if answer is not None else None
                return found
        except OfOneMail as refused:
            raise MailboxRefused(str(refused)) from refused


def beginning(chunks: Iterable[bytes], most: int) -> bytes:
    """No more is read than that needs."""
    read = bytearray()
    for chunk in chunks:
        read += chunk
        if len(read) >= most:
            break
    return bytes(read[:most])


def _with(name: str, value: str) -> str:
    return f"singleValueExtendedProperties/any(ep: ep/id eq {_quoted(name)} and ep/value eq {_quoted(value)})"


def _quoted(text: str) -> str:
    """A text within a filter: OData doubles what would end it."""
    return "'{}'".format(text.replace("'", "''"))
