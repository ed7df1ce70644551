"""`python -m integrations.email.files.helper`: has the libraries loaded, and reads each file in a child of its own.

Standard input is a socket. Each message names a kind and the seconds it may take, and passes two open files: the one to read and
the one to answer into. What comes back is how the child ended. No content ever enters this process.
"""

import os
import socket
import struct
from collections.abc import Sequence

from integrations.email.files.child import answer
from integrations.email.files.kinds import Kind
from integrations.email.files.mail import READERS

ENDED = struct.Struct("i")


def serve(door: socket.socket) -> None:
    """Until the other side is gone."""
    while True:
        asked, files, _, _ = socket.recv_fds(door, 200, 2)
        if not files:
            return
        ended = _read_in_a_child(asked.decode(), files)
        for file in files:
            os.close(file)
        door.sendall(ENDED.pack(ended))


def _read_in_a_child(asked: str, files: Sequence[int]) -> int:
    """Its exit code, or the negative number of the signal that ended it."""
    child = os.fork()
    if child == 0:
        try:
            seconds, _, kind = asked.partition(" ")
            answer(READERS[Kind(kind)], files[0], files[1], float(seconds))
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    serve(socket.socket(fileno=0))
