"""An HTTP client whose answers end: the library's own limit begins anew with every byte, and some servers send blanks."""

import time
from collections.abc import Iterator
from functools import lru_cache

import httpx2
import openai

_ENDS = "ends"


@lru_cache
def bounded_client(seconds: float) -> httpx2.Client:
    """The library's client, shared as the library shares its own; a request and the reading of its answer take `seconds` at most.

    Looked at with every piece that comes: a server that sends nothing is ended by the limit for a piece. What takes longer raises
    httpx2.ReadTimeout, and its connection is closed.
    """

    def begins(request: httpx2.Request) -> None:
        request.extensions[_ENDS] = time.monotonic() + seconds

    def answers(response: httpx2.Response) -> None:
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = _Bounded(response.stream, response.request)

    return openai.DefaultHttpxClient(event_hooks={"request": [begins], "response": [answers]})


class _Bounded(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, request: httpx2.Request) -> None:
        self._stream, self._request = stream, request

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._stream:
            if time.monotonic() > self._request.extensions[_ENDS]:
                raise httpx2.ReadTimeout("the whole answer takes too long", request=self._request)
            yield piece

    def close(self) -> None:
        self._stream.close()
