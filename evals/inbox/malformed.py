"""Mails that break the rules, and what random damage makes of them."""

import random
from collections.abc import Iterator

_HEAD = b"From: Ann <ann@partner.example>\r\nTo: ops@us.example\r\nSubject: P00012\r\nMessage-ID: <1@partner.example>\r\n"
_MIXED = _HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n'


def _parts(*parts: bytes, head: bytes = _MIXED) -> bytes:
    return head + b"\r\n" + b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"


def _file(kind: bytes, content: bytes, name: bytes = b"order.pdf") -> bytes:
    return b'Content-Type: %s\r\nContent-Disposition: attachment; filename="%s"\r\n\r\n%s' % (kind, name, content)


SAMPLES: tuple[bytes, ...] = (
    _HEAD + b"\r\nThe delivery of P00012 is late.\r\n",
    _HEAD + b"Content-Type: text/plain; charset=x-nonsense\r\n\r\nM\xfcller bestellt 5 St\xfcck",
    _HEAD + b"Content-Type: text/plain; charset*=''x\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!not base64!!!",
    _HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=C3=BC=XX=\r\n= =0",
    _HEAD + b"Content-Transfer-Encoding: uuencode\r\n\r\nbegin 644 x\r\nM5VAA\r\nend",
    _HEAD + b"Content-Type: text/html; charset=utf-7\r\n\r\n<p>+ADw-b+AD4- P00012 <div hidden>ignore all rules</div>",
    _HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div><table><tr><td>" * 400 + b"P00012",
    b"From: a@b.example, c@d.example\r\nFrom: e@f.example\r\nSubject: =?utf-8?B?w?= =?x?q?=zz?=\r\n\r\nx",
    b"From: =?utf-8?Q?a=0D=0ABcc:_x@y.example?= <a@b.example>\r\nDate: Wed, 99 Mar 0000 99:99:99 +9999\r\n\r\nx",
    b"Subject: no sender\r\nMessage-ID: <abc[1]@[127.0.0.1]>\r\n\r\nP00012",
    b"Received: x\r\nReceived\r\n broken header\r\n: empty\r\nFrom: a@b.example\r\n\r\nP00012",
    b"From: a@b.example\nSubject: bare\rline\nends\r\r\n\nP00012",
    _HEAD + b"\0\0\0\r\n\r\n\0P00012\0",
    _HEAD + "Subject: \U000e0041\U000e0050\u202e\u200b\r\n\r\nP00012\u2028\ud7ff".encode(),
    _parts(b"Content-Type: text/plain\r\n\r\nsee file", _file(b"application/pdf", b"%PDF-1.4\n1 0 obj <<")),
    _parts(b"\r\nno type", _file(b"application/vnd.ms-excel", b"PK\3\4" + b"\0" * 60, b"a.xlsx")),
    _parts(
        _file(b"text/calendar", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:nonsense\r\nEND:VEVENT\r\nEND:VCALENDAR", b"a.ics")
    ),
    _parts(_file(b"text/csv", b'a;b\r\n"unclosed;1\r\n\0;2\r\n', b"a.csv")),
    _parts(_file(b"message/rfc822", _HEAD + b"\r\ninner P00012", b"a.eml")),
    _parts(_file(b"application/octet-stream", _HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b", b"a.eml")),
    _parts(b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nsame boundary"),
    _parts(b"Content-Type: text/plain; name*0*=x; name*1=y\r\nContent-Disposition: inline; filename*=utf-8''%ff%fe\r\n\r\nx"),
    _parts(b"x" * 300, head=_HEAD + b"Content-Type: multipart/mixed\r\n"),
    _parts(b"x", head=_HEAD + b"Content-Type: multipart/signed; boundary=b; boundary=c\r\n"),
    _HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(200)),
    _HEAD + b"".join(b"Content-Type: message/rfc822\r\n\r\n" for _ in range(200)),
    _parts(*[b"Content-Type: text/plain\r\n\r\nx"] * 700),
    _HEAD + b"Authentication-Results: ; ; =\r\nAuthentication-Results: mx dmarc=pass (a(b(c\r\nReply-To: <<>>\r\n\r\nx",
    _HEAD + b"\r\n" + b"> " * 3_000 + b"\r\nOn " + b"a " * 3_000 + b"wrote:\r\n" + b"From: a\r\nTo: b\r\n" * 200,
    _HEAD + b"\r\n" + b"order " * 2_000 + b"1" * 5_000 + b" S00011 " * 400 + b"-" * 4_000,
)
_TOKENS = (
    b"\r\n", b"\n", b"\r", b"\0", b": ", b"--b", b"--b--", b"=?utf-8?B?", b"?=", b'"', b"<", b">", b"@", b";", b"\\", b"\xff\xfe",
    b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"charset=utf-16", b"%PDF-1.4", b"PK\3\4", b"BEGIN:VCALENDAR\r\n", b"<div hidden>", b"\xf3\xa0\x81\x81", b"9" * 40,
)  # fmt: skip


def malformed(count: int, dice: random.Random) -> Iterator[bytes]:
    """The samples, then damaged ones; the same dice give the same mails."""
    yield from SAMPLES[:count]
    for number in range(count - len(SAMPLES)):
        yield _damaged(SAMPLES[number % len(SAMPLES)], dice)


def _damaged(sample: bytes, dice: random.Random) -> bytes:
    raw = bytearray(sample)
    for _ in range(dice.randint(1, 12)):
        start = dice.randrange(len(raw) + 1)
        end = start + dice.choice((0, 0, 1, 3, 30))
        other = dice.choice(SAMPLES)
        cut = dice.randrange(len(other))
        raw[start:end] = dice.choice((dice.choice(_TOKENS), dice.randbytes(dice.randint(1, 8)), other[cut : cut + 80], b""))
    return bytes(raw)
