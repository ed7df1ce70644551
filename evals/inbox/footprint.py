"""`python -m evals.inbox.footprint`: how far a process grows over its usual size while it takes in and reads one large mail.

It is told on standard input where the mailbox and the database are, looks once, says so, waits for a line, looks again, and says
in megabytes what it weighed before and at most. Linux only.
"""

import json
import re
import sys
from contextlib import closing
from pathlib import Path

from agent.jobs.inbox import Inbox, attend
from evals.inbox.judging import judged
from integrations.database.mail_ledger import PostgresMailLedger
from integrations.database.pool import open_pool
from integrations.email import parse_mail, parse_mail_and_files
from integrations.email.imap import ImapAccount, ImapMailbox

FOLDER = "Large"
_OWN = Path("/proc/self/status")


def main() -> None:
    told = json.loads(sys.stdin.readline())
    account = ImapAccount(told["host"], told["port"], told["user"], lambda: str(told["password"]), tls=False)
    with open_pool(told["database"]) as pool, closing(ImapMailbox(account, FOLDER)) as source:
        inbox = Inbox(PostgresMailLedger(pool), parse_mail, judged, parse_mail_and_files)
        _look(source, inbox)
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forgets what it weighed at most
        before = _megabytes("VmRSS")
        _look(source, inbox)
        _say({"before": before, "most": _megabytes("VmHWM")})


def _look(source: ImapMailbox, inbox: Inbox) -> None:
    _say({"read": attend([source], inbox)})
    sys.stdin.readline()


def _megabytes(name: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+) kB", _OWN.read_text(encoding="ascii"), re.MULTILINE)
    assert found
    return int(found[1]) / 1024


def _say(what: object) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main()
