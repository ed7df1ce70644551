"""Cutting a stream of text into sentences, each as soon as it is complete."""

import re

_END = re.compile(r"\n|[.!?…]+[\"')\]*_]*(?=\s)")
_LIST_NUMBER = re.compile(r"^\s*(?:[-*•>#]+\s*)?\d{1,2}\.$")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:e\.g|i\.e|approx|no|nr|vs|mr|mrs|ms|dr|inc|ltd|co|corp|st|ca|resp|incl|excl|min|max)\.$", re.I
)


class SentenceStream:
    """Feed text in any pieces, get whole sentences; how the text was cut into pieces makes no difference.

    A line break ends a sentence, and so does closing punctuation followed by white space. Sentences keep their leading
    white space and their line break, so that joining them gives the text back.
    """

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, text: str) -> list[str]:
        self._rest += text
        sentences: list[str] = []
        searched = 0
        while match := _END.search(self._rest, searched):
            head = self._rest[: match.end()]
            if match.group() != "\n" and (_LIST_NUMBER.match(head) or _ABBREVIATION.search(head)):
                searched = match.end()
                continue
            sentences.append(head)
            self._rest, searched = self._rest[match.end() :], 0
        return sentences

    def close(self) -> list[str]:
        """The last sentence, when the text did not end with one."""
        rest, self._rest = self._rest, ""
        return [rest] if rest.strip() else []


def sentences(text: str) -> list[str]:
    stream = SentenceStream()
    return [*stream.feed(text), *stream.close()]
