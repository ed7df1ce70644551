"""Our side of the helper that opens files: it is started with the first file, and again when it is gone."""

import atexit
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from struct import Struct

_ENDED = Struct("i")
_HELPER = f"{__package__}.helper"
_START_S = 30.0


class Opener:
    """Opens one file at a time, from whatever thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._helper: tuple[subprocess.Popen[bytes], socket.socket] | None = None

    def open(self, kind: str, content: bytes, seconds: float, most_output: int) -> tuple[int, bytes]:
        """How the child ended (an exit code, or the negative number of a signal), and what it wrote."""
        with self._lock, tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as told:
            file.write(content)
            file.seek(0)
            try:
                code = self._asked(f"{seconds} {kind}".encode(), (file.fileno(), told.fileno()), seconds)
            except OSError:
                self._end()
                code = -1
            told.seek(0)
            return code, told.read(most_output)

    def close(self) -> None:
        with self._lock:
            self._end()

    def _asked(self, message: bytes, files: tuple[int, int], seconds: float) -> int:
        door = self._door()
        door.settimeout(seconds + _START_S)
        socket.send_fds(door, [message], files)
        answer = door.recv(_ENDED.size)
        if len(answer) < _ENDED.size:
            raise ConnectionError("the helper is gone")
        return int(_ENDED.unpack(answer)[0])

    def _door(self) -> socket.socket:
        """Of the helper, which gets neither our environment, where secrets are, nor the folder we are in."""
        if self._helper is None or self._helper[0].poll() is not None:
            self._end()
            ours, theirs = socket.socketpair()
            with theirs:
                command = [sys.executable, "-I", "-m", _HELPER]
                process = subprocess.Popen(
                    command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={}
                )
            self._helper = process, ours
            atexit.register(self.close)
        return self._helper[1]

    def _end(self) -> None:
        if self._helper:
            process, door = self._helper
            self._helper = None
            atexit.unregister(self.close)
            with suppress(OSError):
                door.close()
            process.kill()
            process.wait()
